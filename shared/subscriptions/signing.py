"""Signatures of webhooks by the convention Standard Webhooks 1.0 (standardwebhooks.com).

What is signed is `id.timestamp.body`. `v1` is HMAC-SHA256 with a secret that both sides hold, `v1a`
is Ed25519: whoever has the public key can verify, and nobody but the registry can sign. While a
secret is exchanged for another one there are two signatures, and either may be verified.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.kernel.errors import DomainError
from shared.subscriptions.subscription import Signature

SECRET_BYTES, SECRET_BYTES_MIN, SECRET_BYTES_MAX = 32, 24, 64
SECRET_PREFIX, PUBLIC_PREFIX = "whsec_", "whpk_"


@dataclass(frozen=True)
class Secret:
    """What signs the webhooks of a subscription, until it ends; `content`: the key itself."""

    signature: Signature
    # No trace and no log may show it.
    content: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.content)

    def sign(self, message: bytes) -> str:
        """Return the signature of a message as the header has it."""
        if self.signature == "v1":
            return f"v1,{_text(hmac.digest(self.content, message, sha256))}"
        return f"v1a,{_text(self._key.sign(message))}"

    @property
    def shown(self) -> str | None:
        """Return what the subscriber verifies with and must keep; None: only `public` is needed."""
        return f"{SECRET_PREFIX}{_text(self.content)}" if self.signature == "v1" else None

    @property
    def public(self) -> str | None:
        """Return the public key; None: the secret is one that both sides hold."""
        if self.signature == "v1":
            return None
        return f"{PUBLIC_PREFIX}{_text(self._key.public_key().public_bytes_raw())}"


def new_secret(signature: Signature, at: datetime, shared: str | None = None) -> Secret:
    """Return a secret: the one that the subscriber chose, or a new one."""
    if shared is None:
        return Secret(signature, token_bytes(SECRET_BYTES), at)
    if signature == "v1a":
        raise DomainError("secret_not_taken", "for v1a the registry draws the key itself")
    return Secret(signature, _read(shared), at)


def _read(shared: str) -> bytes:
    """Return the key in a secret as the convention writes it: base64, perhaps behind `whsec_`."""
    try:
        content = b64decode(shared.removeprefix(SECRET_PREFIX), validate=True)
    except (Error, ValueError):
        content = b""
    if not SECRET_BYTES_MIN <= len(content) <= SECRET_BYTES_MAX:
        detail = f"must be base64 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes"
        raise DomainError("invalid_secret", detail)
    return content


def headers(
    webhook_id: str, timestamp: int, body: bytes, secrets: Sequence[Secret]
) -> dict[str, str]:
    """Return the headers of a webhook, signed by every secret that is valid."""
    message = f"{webhook_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(secret.sign(message) for secret in secrets),
    }


def _text(content: bytes) -> str:
    return b64encode(content).decode()
