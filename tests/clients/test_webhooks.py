"""A receiver believes what was signed for it, lately, and nothing else (Standard Webhooks)."""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import sha256
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

BODY, SENT = b'{"type":"household-status.changed"}', 1_800_000_000
KEY = b"k" * 32
SECRET = "whsec_" + b64encode(KEY).decode()


def headers(*signatures: str, **changes: str) -> dict[str, str]:
    good = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(SENT),
        "Webhook-Signature": " ".join(signatures),
    }
    return good | {name.replace("_", "-"): value for name, value in changes.items()}


def signature(key: bytes = KEY, body: bytes = BODY) -> str:
    signed = f"msg_1.{SENT}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, sha256)).decode()


def test_what_was_signed_is_read(client: ModuleType) -> None:
    other = "whsec_" + b64encode(b"o" * 32).decode()
    for secrets in (SECRET, [other, SECRET]):
        told = client.verify(headers("v2,eA==", signature()), BODY, secrets, now=SENT + 10)
        assert told == {"type": "household-status.changed"}


def test_the_example_of_the_standard(client: ModuleType) -> None:
    """The test vector of the convention's own text."""
    told = client.verify(
        {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        now=1614265330,
    )
    assert told == {"test": 2432232314}


def test_a_public_key_checks_what_the_private_one_signed(client: ModuleType) -> None:
    private = Ed25519PrivateKey.generate()
    signed = private.sign(f"msg_1.{SENT}.".encode() + BODY)
    public = "whpk_" + b64encode(private.public_key().public_bytes_raw()).decode()
    given = headers("v1a," + b64encode(signed).decode())
    assert client.verify(given, BODY, public, now=SENT)
    with pytest.raises(client.WrongSignature):
        client.verify(given, BODY + b" ", public, now=SENT)


@pytest.mark.parametrize(
    ("given", "body", "now"),
    [
        (headers(signature()), BODY + b" ", SENT),
        (headers(signature(b"x" * 32)), BODY, SENT),
        (headers(signature(), Webhook_Id="msg_2"), BODY, SENT),
        (headers(signature()), BODY, SENT + 301),
        (headers(signature()), BODY, SENT - 301),
        (headers("v1,###"), BODY, SENT),
        (headers("v1"), BODY, SENT),
        (headers(""), BODY, SENT),
        (headers(signature(), Webhook_Timestamp="soon"), BODY, SENT),
        ({}, BODY, SENT),
    ],
)
def test_all_else_is_refused(
    client: ModuleType, given: dict[str, str], body: bytes, now: int
) -> None:
    with pytest.raises(client.WrongSignature):
        client.verify(given, body, SECRET, now=now)


def test_a_key_of_one_kind_checks_nothing_of_another(client: ModuleType) -> None:
    """An HMAC over what everybody knows, the public key, is worth nothing."""
    public: Any = "whpk_" + b64encode(KEY).decode()
    with pytest.raises(client.WrongSignature):
        client.verify(headers(signature()), BODY, public, now=SENT)
