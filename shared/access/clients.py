"""A client: another system that was let in, with the grants that count while it is not revoked."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ssl import PEM_cert_to_DER_cert
from urllib.parse import unquote

import msgspec

from shared.access.caller import SCOPES, Caller
from shared.kernel.errors import DomainError
from shared.kernel.fields import Source

ANY_SOURCE = "*"


@dataclass(frozen=True, slots=True)
class Client:
    """A client as it stands registered.

    `sources` None: any. `certificate`: the thumbprint of the only certificate that it may come
    with, if it is bound to one. A client of an outside issuer has no `secret_hash`.
    """

    client_id: str
    name: str
    secret_hash: str | None
    scopes: frozenset[str]
    area: str
    sources: frozenset[str] | None
    purpose: str
    certificate: str | None
    created_at: datetime
    revoked_at: datetime | None = None

    def caller(self, scopes: frozenset[str]) -> Caller:
        """Return who calls with a token for `scopes`: what was taken away since is gone."""
        return Caller(
            self.name,
            scopes & self.scopes,
            self.area,
            self.sources,
            client_id=self.client_id,
            purpose=self.purpose,
        )


def read_scopes(names: Iterable[str]) -> frozenset[str]:
    """Return the scopes; one that does not exist is refused, not left out."""
    scopes = frozenset(names)
    if strange := sorted(scopes - SCOPES):
        detail = f"no scope is called {', '.join(strange)}; there are {', '.join(sorted(SCOPES))}"
        raise DomainError("unknown_scope", detail)
    return scopes


def read_sources(names: Iterable[str]) -> frozenset[str] | None:
    """Return the sources that a client may speak for; `*` alone means any (None)."""
    sources = frozenset(names)
    if sources == {ANY_SOURCE}:
        return None
    try:
        return frozenset(msgspec.convert(name, Source) for name in sorted(sources))
    except msgspec.ValidationError as error:
        raise DomainError("invalid_source", f"a name of a source is wrong: {error}") from None


_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
_HEX = re.compile(r"[0-9A-Fa-f]{64}")
_PEM_START = "-----BEGIN CERTIFICATE-----"


def thumbprint(certificate: str) -> str | None:
    """Return the `x5t#S256` (RFC 8705) of a certificate as gateways hand it on; None: not read.

    That is the thumbprint itself, the SHA-256 in hexadecimal digits, or PEM with escapes.
    """
    text = certificate.strip()
    if _THUMBPRINT.fullmatch(text):
        return text
    if _HEX.fullmatch(text.replace(":", "")):
        return _encoded(bytes.fromhex(text.replace(":", "")))
    pem = unquote(text)
    if not pem.startswith(_PEM_START):
        return None
    try:
        return _encoded(sha256(PEM_cert_to_DER_cert(pem)).digest())
    except (ValueError, Error):
        return None


def _encoded(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
