"""Signatures of messages: made, read and verified; Ed25519 and RS256.

The standard names the fields of a signature and not how header and message become bytes. Here, as
in the one other open implementation: three lines `(created): n`, `(expires): n`, `digest: d`, where
d is the base64 of the SHA-256 of the JSON `{"header": …, "message": …}` with sorted keys, without
blanks, in UTF-8. Law: none.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey, RSAKey
from msgspec import Struct

from shared.kernel.errors import DomainError
from shared.spdci.reasons import MessageRefused

Algorithm = Literal["ed25519", "rs256"]
NAMESPACE = "spdci"
VALID_SECONDS, SKEW_SECONDS = 300, 60
RSA_BITS_MIN = 2048
KEYS_MAX = 10
_PART = re.compile(r'([A-Za-z]+)="([^"]*)"')
_HEADERS = "(created) (expires) digest"

VerifyingKey = OKPKey | RSAKey


class MessageSignature(Struct, frozen=True):
    """A signature as it is written in an envelope."""

    sender_id: str
    key_id: str
    algorithm: str
    created: int
    expires: int
    content: bytes


def canonical(header: Any, message: Any, *, ascii_only: bool = False) -> bytes:
    """Return the bytes that a signature is about; `ascii_only`: other signs are escaped."""
    envelope = {"header": header, "message": message}
    text = json.dumps(
        envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=ascii_only, allow_nan=False
    )
    return text.encode("utf-8", "surrogatepass")


def signing_text(created: int, expires: int, content: bytes) -> bytes:
    """Return the lines that are signed."""
    digest = b64encode(sha256(content).digest()).decode()
    return f"(created): {created}\n(expires): {expires}\ndigest: {digest}".encode()


def written(signature: MessageSignature) -> str:
    """Return a signature as envelopes carry it."""
    key = f"{signature.sender_id}|{signature.key_id}|{signature.algorithm}"
    parts = {
        "namespace": NAMESPACE,
        "kidId": key,
        "algorithm": signature.algorithm,
        "created": str(signature.created),
        "expires": str(signature.expires),
        "headers": _HEADERS,
        "signature": b64encode(signature.content).decode(),
    }
    return "Signature: " + ", ".join(f'{name}="{value}"' for name, value in parts.items())


def read_signature(text: str) -> MessageSignature:
    """Return a signature as it was sent; the namespace is not looked at, for senders differ."""
    parts = dict(_PART.findall(text))
    try:
        sender_id, key_id, algorithm = parts["kidId"].split("|")
        if parts.get("headers", _HEADERS) != _HEADERS:
            raise _invalid("it must be over (created) (expires) digest")
        return MessageSignature(
            sender_id,
            key_id,
            parts.get("algorithm", algorithm).lower(),
            int(parts["created"]),
            int(parts["expires"]),
            b64decode(parts["signature"], validate=True),
        )
    except (KeyError, ValueError, Error):
        raise _invalid("it has not the form that the standard gives it") from None


def _invalid(why: str) -> MessageRefused:
    return MessageRefused("err.signature.invalid", f"the signature is wrong: {why}", "/signature")


def verify(
    text: str, content: bytes, sender_id: str, keys: Mapping[str, VerifyingKey], now: float
) -> None:
    """Refuse a signature that is not the sender's, not over this content, or not of this time."""
    signature = read_signature(text)
    if signature.sender_id != sender_id:
        raise _invalid("it names another sender")
    key = keys.get(signature.key_id)
    if key is None:
        raise _invalid("its sender has no such key here")
    if signature.created > now + SKEW_SECONDS or signature.expires < now - SKEW_SECONDS:
        raise _invalid("it is not of this time")
    header, message = _parts(content)
    contents = [canonical(header, message, ascii_only=escaped) for escaped in (False, True)]
    lines = [signing_text(signature.created, signature.expires, each) for each in contents]
    if not any(_holds(key, signature, line) for line in lines):
        raise _invalid("it does not hold for header and message")


def _parts(content: bytes) -> tuple[Any, Any]:
    """Return header and message as sent; a name twice could mean two things to two readers."""
    envelope = json.loads(content, object_pairs_hook=_once)
    return envelope["header"], envelope["message"]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise MessageRefused("err.request.bad", "a name stands twice in an object")
    return members


def _holds(key: VerifyingKey, signature: MessageSignature, lines: bytes) -> bool:
    """Say whether a signature holds; a key of one kind verifies nothing of the other."""
    public = key.get_op_key("verify")
    try:
        if signature.algorithm == "ed25519" and isinstance(public, Ed25519PublicKey):
            public.verify(signature.content, lines)
            return True
        if signature.algorithm == "rs256" and isinstance(public, RSAPublicKey):
            public.verify(signature.content, lines, PKCS1v15(), SHA256())
            return True
    except InvalidSignature:
        pass
    return False


def sign(
    header: Any, message: Any, sender_id: str, key_id: str, key: VerifyingKey, now: int
) -> str:
    """Return the signature of a message of ours, good for five minutes."""
    expires = now + VALID_SECONDS
    lines = signing_text(now, expires, canonical(header, message))
    private = key.get_op_key("sign")
    algorithm: Algorithm = "ed25519"
    if isinstance(private, Ed25519PrivateKey):
        content = private.sign(lines)
    elif isinstance(private, RSAPrivateKey):
        content, algorithm = private.sign(lines, PKCS1v15(), SHA256()), "rs256"
    else:
        raise TypeError("no key that signs messages")
    return written(MessageSignature(sender_id, key_id, algorithm, now, expires, content))


def read_sender_keys(documents: Any) -> list[dict[str, Any]]:
    """Return the public keys in a JWK set, each with an id; `invalid_keys` for any other."""
    keys = documents.get("keys") if isinstance(documents, dict) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= KEYS_MAX:
        raise DomainError("invalid_keys", f"a JWK set has 1 to {KEYS_MAX} keys")
    return [dict(_key(each).as_dict(private=False)) for each in keys]


def _key(document: Any) -> VerifyingKey:
    kinds: dict[str, type[VerifyingKey]] = {"OKP": OKPKey, "RSA": RSAKey}
    kind = kinds.get(document.get("kty", "")) if isinstance(document, dict) else None
    if kind is None:
        raise DomainError("invalid_keys", "keys are of Ed25519 (OKP) or RSA")
    try:
        key = kind.import_key(document)
        public = key.get_op_key("verify")
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise DomainError("invalid_keys", f"a key cannot be read: {error}") from None
    if isinstance(public, RSAPublicKey) and public.key_size < RSA_BITS_MIN:
        raise DomainError("invalid_keys", f"an RSA key has at least {RSA_BITS_MIN} bits")
    if not isinstance(public, RSAPublicKey | Ed25519PublicKey):
        raise DomainError("invalid_keys", "keys are of Ed25519 (OKP) or RSA")
    if not key.kid:
        key.ensure_kid()
    return key


def verifying_keys(documents: list[dict[str, Any]]) -> dict[str, VerifyingKey]:
    """Return the keys of a sender by their ids."""
    return {str(key.kid): key for key in map(_key, documents)}
