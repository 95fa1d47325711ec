"""Signed tokens: made for a client, and read with nothing taken on trust.

The key is chosen by `kid` among those of the issuer, the algorithm must be one that this issuer
signs with, and a key of one kind verifies nothing of another: a token that names its own algorithm
(`none`, or HS256 over a public key) is wrong like any forged one. Law of the matter: RFC 7519,
RFC 8725, RFC 9068.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from shared.access.caller import SCOPES

# The name of all Edwards curves in JOSE. RFC 9864 prefers a name for each; what checks our tokens
# in other systems is older than that.
EDDSA = "EdDSA"
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)

ALGORITHMS = (EDDSA,)
# What an outside issuer may sign with: no algorithm with a secret that both sides hold.
OUTSIDE_ALGORITHMS = (EDDSA, "ES256", "ES384", "PS256", "RS256")
TOKEN_SECONDS = 900
# Two machines' clocks differ by so much; a token is that much younger or older to the other one.
LEEWAY_SECONDS = 5
AREA, SOURCES, PURPOSE = "registry_area", "registry_sources", "registry_purpose"

Key = OKPKey | ECKey | RSAKey


class WrongToken(Exception):
    """A token that lets nobody in; `reason` is for the metric, callers are told nothing of it."""

    def __init__(self, reason: str) -> None:
        """Remember what is wrong, in one word."""
        super().__init__(reason)
        self.reason = reason


class UnknownKey(WrongToken):
    """A token signed with a key that is not among those at hand: it may be a new one."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("key")


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens are taken, for whom they must be meant, and the keys that verify them."""

    name: str
    audience: str
    keys: Mapping[str, Key]
    algorithms: Sequence[str] = ALGORITHMS


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says whose signature, issuer and audience are right.

    `begins` and `ends` are seconds since 1970. What an outside issuer grants stands in `area`,
    `sources` and `purpose`; in our own tokens they are left out, for the registered client counts.
    """

    client_id: str
    scopes: frozenset[str]
    begins: float
    ends: float
    certificate: str | None = None
    area: str | None = None
    sources: frozenset[str] = frozenset()
    purpose: str = ""
    # Who signed in, where a token was given to a program on a person's behalf.
    subject: str = ""

    def check_time(self, now: float) -> None:
        """Refuse a token that has ended or has not begun."""
        if now >= self.ends + LEEWAY_SECONDS:
            raise WrongToken("expired")
        if now < self.begins - LEEWAY_SECONDS:
            raise WrongToken("not_yet")


def read_token(text: str, issuer: Issuer) -> Claims:
    """Return what a token says; whoever uses that checks its time."""

    def choose(token: Any) -> Key:
        key = issuer.keys.get(token.headers().get("kid", ""))
        if key is None:
            raise UnknownKey
        return key

    try:
        token = jwt.decode(text, choose, algorithms=list(issuer.algorithms))
        return _claims(token.claims, issuer)
    except WrongToken:
        raise
    except (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise WrongToken(_reason(error)) from None


def _reason(error: Exception) -> str:
    return error.error if isinstance(error, JoseError) else "malformed"


def _claims(claims: Mapping[str, Any], issuer: Issuer) -> Claims:
    if claims.get("iss") != issuer.name:
        raise WrongToken("issuer")
    audience = claims.get("aud")
    if issuer.audience not in (audience if isinstance(audience, list) else [audience]):
        raise WrongToken("audience")
    confirmed = claims.get("cnf", {})
    if not isinstance(confirmed, dict) or set(confirmed) - {"x5t#S256"}:
        # Bound to something that we cannot check.
        raise WrongToken("certificate")
    return Claims(
        client_id=_text(claims.get("client_id") or claims.get("azp") or claims.get("sub")),
        scopes=frozenset(_text(claims.get("scope", "")).split()) & SCOPES,
        begins=_instant(claims.get("nbf", 0)),
        ends=_instant(claims.get("exp")),
        certificate=confirmed.get("x5t#S256"),
        area=claims.get(AREA),
        sources=frozenset(map(_text, claims.get(SOURCES, []))),
        purpose=_text(claims.get(PURPOSE, "")),
        subject=_text(claims.get("sub", "")),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongToken("malformed")
    return value


def _instant(value: Any) -> float:
    """Return an instant; `True` is a number to Python and to nobody else."""
    if type(value) not in (int, float) or not 0 <= value < 2**53:
        raise WrongToken("malformed")
    return float(value)


def sign_token(claims: Claims, issuer: str, audience: str, key: OKPKey, token_id: str) -> str:
    """Return the token of a client; only what the registered client does not say stands in it."""
    content: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "sub": claims.client_id,
        "client_id": claims.client_id,
        "scope": " ".join(sorted(claims.scopes)),
        "iat": int(claims.begins),
        "nbf": int(claims.begins),
        "exp": int(claims.ends),
        "jti": token_id,
    }
    if claims.certificate is not None:
        content["cnf"] = {"x5t#S256": claims.certificate}
    header = {"alg": EDDSA, "kid": key.kid, "typ": "at+jwt"}
    return jwt.encode(header, content, key, algorithms=list(ALGORITHMS))


def new_key() -> OKPKey:
    """Return a new key to sign with; its id is its thumbprint (RFC 7638)."""
    return OKPKey.generate_key("Ed25519", {"use": "sig", "alg": EDDSA}, auto_kid=True)


def read_key(document: Mapping[str, Any]) -> OKPKey:
    """Return one of our keys as it is stored."""
    return OKPKey.import_key(dict(document))


def read_outside_keys(documents: Sequence[Any]) -> dict[str, Key]:
    """Return the keys of an outside issuer that can verify, by id; secret and strange ones out."""
    kinds: dict[str, type[Key]] = {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}
    keys: dict[str, Key] = {}
    for document in documents:
        kind = kinds.get(str(document.get("kty"))) if isinstance(document, dict) else None
        if kind is None or not document.get("kid") or document.get("use", "sig") != "sig":
            continue
        try:
            keys[document["kid"]] = kind.import_key(document)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return keys
