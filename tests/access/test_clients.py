"""Clients: their scopes and sources as people write them, and certificates as gateways do."""

from __future__ import annotations

import hashlib
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from shared.access.clients import read_scopes, read_sources, thumbprint
from shared.access.store import clients
from shared.kernel.errors import DomainError

DER = b"not really a certificate"
DIGEST = hashlib.sha256(DER).digest()
THUMBPRINT = urlsafe_b64encode(DIGEST).rstrip(b"=").decode()
PEM = f"-----BEGIN CERTIFICATE-----\n{b64encode(DER).decode()}\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    "text", [THUMBPRINT, DIGEST.hex(), DIGEST.hex(":").upper(), PEM, quote(PEM)]
)
def test_a_certificate_is_known_however_it_is_handed_on(text: str) -> None:
    assert thumbprint(text) == THUMBPRINT


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN CERTIFICATE-----", quote(PEM)[:-30]])
def test_what_is_no_certificate_is_none(text: str) -> None:
    assert thumbprint(text) is None


def test_scopes_and_sources_are_those_that_there_are() -> None:
    assert read_scopes(["households:read"]) == {"households:read"}
    assert read_sources(["langson", "a/b"]) == {"langson", "a/b"}
    assert read_sources([]) == frozenset()
    assert read_sources(["*"]) is None
    for wrong in (["*", "langson"], ["a b"], [""]):
        with pytest.raises(DomainError, match="source"):
            read_sources(wrong)
    with pytest.raises(DomainError, match="everything"):
        read_scopes(["households:read", "everything"])


def test_a_secret_is_kept_as_a_digest_that_only_it_fits() -> None:
    secret, digest = clients.new_secret()
    assert digest.startswith("$argon2id$") and secret not in digest
    assert not clients.check_secret(None, secret)
