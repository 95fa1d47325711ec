"""Webhooks of the registry, checked before they are believed (Standard Webhooks).

A receiver answers 2xx within some seconds and works afterwards; a delivery comes again until it is
answered so, with the same `webhook-id`.
"""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

# Older or newer than this, and somebody may have kept it to send it again.
TOLERANCE_SECONDS = 300
SECRET, PUBLIC_KEY = "whsec_", "whpk_"
HMAC, ED25519 = "v1", "v1a"


class WrongSignature(Exception):
    """A delivery that is not the registry's, was changed, or is too old; the message says which."""


def verify(
    headers: Mapping[str, str],
    body: bytes,
    secrets: str | Iterable[str],
    *,
    tolerance_seconds: int = TOLERANCE_SECONDS,
    now: float | None = None,
) -> Any:
    """Return what a delivery says; raise `WrongSignature` unless one of the secrets signed it.

    `secrets` are `whsec_…` (HMAC) or `whpk_…` (Ed25519); two while one is being replaced. `body` is
    the very bytes that came: JSON that was read and written again has another signature.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        delivery, sent_at = given["webhook-id"], int(given["webhook-timestamp"])
        signatures = given["webhook-signature"].split()
    except (KeyError, ValueError):
        raise WrongSignature("webhook-id, -timestamp or -signature is missing") from None
    if abs((time.time() if now is None else now) - sent_at) > tolerance_seconds:
        raise WrongSignature("it was sent too long ago, or this clock is wrong")
    signed = f"{delivery}.{sent_at}.".encode() + body
    keys = [secrets] if isinstance(secrets, str) else list(secrets)
    if not any(_signed_by(key, signed, signature) for key in keys for signature in signatures):
        raise WrongSignature("none of its signatures is by a key that is known here")
    return json.loads(body)


def _signed_by(key: str, signed: bytes, signature: str) -> bool:
    kind, _, encoded = signature.partition(",")
    try:
        given = b64decode(encoded, validate=True)
        if kind == HMAC and key.startswith(SECRET):
            secret = b64decode(key.removeprefix(SECRET), validate=True)
            return hmac.compare_digest(hmac.digest(secret, signed, sha256), given)
        if kind == ED25519 and key.startswith(PUBLIC_KEY):
            return _by_ed25519(
                b64decode(key.removeprefix(PUBLIC_KEY), validate=True), signed, given
            )
    except (Error, ValueError):
        return False
    return False


def _by_ed25519(key: bytes, signed: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PublicKey,
    )

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True
