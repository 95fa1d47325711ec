"""An issuer of tokens for tests: keys, good claims, and tokens made of both, right or wrong."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Any

import orjson
from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.access.tokens import EDDSA, Issuer

NAME, AUDIENCE = "urn:poverty-registry", "poverty-registry"
NOW = 1_800_000_000


def issuer(key: OKPKey, **changes: Any) -> Issuer:
    """Return an issuer with one key."""
    fields: dict[str, Any] = {"name": NAME, "audience": AUDIENCE, "keys": {str(key.kid): key}}
    return Issuer(**(fields | changes))


def claims(**changes: Any) -> dict[str, Any]:
    """Return good claims with changes; None takes a claim out."""
    good: dict[str, Any] = {
        "iss": NAME,
        "aud": AUDIENCE,
        "sub": "c-1",
        "client_id": "c-1",
        "scope": "households:read statistics:read",
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 900,
        "jti": "1",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(key: OKPKey, said: dict[str, Any], **header: Any) -> str:
    """Return a token signed by a key."""
    head = {"alg": EDDSA, "kid": key.kid, "typ": "at+jwt"} | header
    return jwt.encode(head, said, key, algorithms=[EDDSA])


def signed_as_is(key: OKPKey, header: dict[str, Any], said: Any) -> str:
    """Return a token with a good signature over whatever it says."""
    body = f"{part(header)}.{part(said)}"
    digest = key.private_key.sign(body.encode())
    return f"{body}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def part(value: Any) -> str:
    """Return a part of a token."""
    return urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


def unsigned(key: OKPKey, said: dict[str, Any], algorithm: str = "none") -> str:
    """Return a token that says it needs no signature."""
    return f"{part({'alg': algorithm, 'kid': key.kid})}.{part(said)}."


def confused(key: OKPKey, said: dict[str, Any], secret: bytes) -> str:
    """Return a token signed by HMAC with what everybody knows: the public key."""
    body = f"{part({'alg': 'HS256', 'kid': key.kid})}.{part(said)}"
    digest = hmac.new(secret, body.encode(), hashlib.sha256).digest()
    return f"{body}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"
