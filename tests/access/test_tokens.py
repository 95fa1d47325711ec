"""Signed tokens: what is right is read, and each thing that can be wrong lets nobody in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from shared.access.tokens import (
    OUTSIDE_ALGORITHMS,
    Claims,
    UnknownKey,
    WrongToken,
    new_key,
    read_outside_keys,
    read_token,
    sign_token,
)
from tests.access.issuing import (
    AUDIENCE,
    NAME,
    NOW,
    claims,
    confused,
    issuer,
    part,
    signed,
    signed_as_is,
    unsigned,
)

KEY, OTHER = new_key(), new_key()
Make = Callable[[], str]


def test_what_is_signed_is_read_as_it_was_meant() -> None:
    meant = Claims("c-1", frozenset({"households:read"}), NOW, NOW + 900, "A" * 43, subject="c-1")
    token = sign_token(meant, NAME, AUDIENCE, KEY, "1")
    assert read_token(token, issuer(KEY)) == meant


def test_scopes_that_are_not_ours_say_nothing() -> None:
    token = signed(KEY, claims(scope="openid households:read admin"))
    assert read_token(token, issuer(KEY)).scopes == {"households:read"}


def _stolen_kid() -> str:
    return signed(OTHER, claims(), kid=KEY.kid)


def _critical() -> str:
    return signed_as_is(KEY, {"alg": "EdDSA", "kid": KEY.kid, "crit": ["x"], "x": 1}, claims())


def _tampered() -> str:
    head, _, signature = signed(KEY, claims()).split(".")
    return f"{head}.{part(claims(scope='operations'))}.{signature}"


def _wrong_kind() -> str:
    key = RSAKey.generate_key(2048, {"kid": KEY.kid})
    return jwt.encode({"alg": "RS256", "kid": KEY.kid}, claims(), key, algorithms=["RS256"])


WRONG: dict[str, Make] = {
    "another issuer": lambda: signed(KEY, claims(iss="urn:else")),
    "no issuer": lambda: signed(KEY, claims(iss=None)),
    "another audience": lambda: signed(KEY, claims(aud="else")),
    "no audience": lambda: signed(KEY, claims(aud=None)),
    "no end": lambda: signed(KEY, claims(exp=None)),
    "an end that is no number": lambda: signed(KEY, claims(exp="tomorrow")),
    "an end that is true": lambda: signed(KEY, claims(exp=True)),
    "an end beyond all days": lambda: signed(KEY, claims(exp=1e300)),
    "nobody": lambda: signed(KEY, claims(sub=None, client_id=None)),
    "a client that is a list": lambda: signed(KEY, claims(client_id=["c-1"])),
    "alg none": lambda: unsigned(KEY, claims()),
    "alg None": lambda: unsigned(KEY, claims(), "None"),
    "alg of a secret": lambda: confused(KEY, claims(), KEY.as_pem(private=False)),
    "alg of a secret, by x": lambda: confused(KEY, claims(), str(KEY.as_dict()["x"]).encode()),
    "alg of another key": _wrong_kind,
    "no kid": lambda: signed(KEY, claims(), kid=""),
    "another kid": lambda: signed(OTHER, claims()),
    "a key that is not the kid's": _stolen_kid,
    "changed claims": _tampered,
    "no signature": lambda: signed(KEY, claims()).rpartition(".")[0] + ".",
    "bound to what we cannot check": lambda: signed(KEY, claims(cnf={"jkt": "x"})),
    "a header that must be understood": _critical,
    "no token": lambda: "a.b.c",
    "nothing": lambda: "..",
    "claims that are a list": lambda: signed_as_is(KEY, {"alg": "EdDSA", "kid": KEY.kid}, []),
    "letters that are none": lambda: "ệ.ệ.ệ",
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
def test_what_is_wrong_lets_nobody_in(make: Make) -> None:
    with pytest.raises(WrongToken):
        read_token(make(), issuer(KEY))


def test_an_unknown_key_is_told_from_what_is_wrong() -> None:
    with pytest.raises(UnknownKey):
        read_token(signed(OTHER, claims()), issuer(KEY))


@pytest.mark.parametrize(
    ("now", "reason"),
    [(NOW - 6, "not_yet"), (NOW + 905, "expired"), (NOW - 5, None), (NOW + 904, None)],
)
def test_a_token_holds_from_its_beginning_to_its_end(now: int, reason: str | None) -> None:
    read = read_token(signed(KEY, claims()), issuer(KEY))
    if reason is None:
        read.check_time(now)
    else:
        with pytest.raises(WrongToken, match=reason):
            read.check_time(now)


def _outside(*keys: Any) -> dict[str, Any]:
    documents = [key.as_dict(private=False) for key in keys]
    return {"keys": read_outside_keys(documents), "algorithms": OUTSIDE_ALGORITHMS}


def test_an_outside_issuer_may_sign_by_other_kinds_of_keys() -> None:
    curve = ECKey.generate_key("P-256", {"kid": "e"})
    rsa = RSAKey.generate_key(2048, {"kid": "r"})
    for key, algorithm in ((curve, "ES256"), (rsa, "RS256"), (rsa, "PS256")):
        said = claims(registry_area="20", registry_sources=["s"])
        token = jwt.encode({"alg": algorithm, "kid": key.kid}, said, key, algorithms=[algorithm])
        read = read_token(token, issuer(KEY, **_outside(curve, rsa)))
        assert (read.area, read.sources) == ("20", {"s"})


def test_a_public_key_of_an_outside_issuer_is_no_secret() -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "r"})
    body = f"{part({'alg': 'HS256', 'kid': 'r'})}.{part(claims())}"
    for secret in (rsa.as_pem(private=False), rsa.as_der(private=False)):
        token = confused(OKPKey.generate_key("Ed25519", {"kid": "r"}), claims(), secret)
        assert token.startswith(body.partition(".")[0])
        with pytest.raises(WrongToken):
            read_token(token, issuer(KEY, **_outside(rsa)))


def test_of_an_outside_issuer_s_keys_only_those_that_verify_are_taken() -> None:
    secret = {"kty": "oct", "kid": "s", "k": "c2VjcmV0"}
    packing = RSAKey.generate_key(2048, {"kid": "p", "use": "enc"}).as_dict(private=False)
    nameless = OKPKey.generate_key("Ed25519").as_dict(private=False)
    broken = {"kty": "RSA", "kid": "b", "n": "!", "e": "AQAB"}
    good = OKPKey.generate_key("Ed25519", {"kid": "g"}).as_dict(private=False)
    documents = [secret, packing, nameless, broken, good, "x", None]
    assert set(read_outside_keys(documents)) == {"g"}
