"""Sealing what is personal: a key for each person, wrapped by a key of the installation.

AES-256-GCM throughout. What is sealed is bound to whom and where it belongs, so that a sealed text
put in another one's place does not open. Destroying a person's key erases the person in every row.
Look-up goes by a keyed digest: without the key of look-ups, trying out numbers leads nowhere.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from secrets import token_bytes

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed text that its key does not open: another key, or changed bytes."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A person's key as it is stored, and which key of the installation wraps it."""

    key_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of an installation: one that wraps from now on, older ones, and that of look-ups."""

    current: str
    # No trace and no log may show them.
    wrapping: Mapping[str, bytes] = field(repr=False)
    lookups: bytes = field(repr=False)

    def wrap(self, key: bytes, owner: bytes) -> Wrapped:
        """Wrap a person's key for storing."""
        return Wrapped(self.current, seal(self.wrapping[self.current], key, owner))

    def unwrap(self, wrapped: Wrapped, owner: bytes) -> bytes:
        """Return a person's key; SealBroken where it was wrapped by a key that is not here."""
        if wrapped.key_id not in self.wrapping:
            raise SealBroken
        return unseal(self.wrapping[wrapped.key_id], wrapped.content, owner)

    def digest(self, use: str, content: bytes) -> bytes:
        """Return the keyed digest of a content; of two uses the same content differs."""
        return hmac.digest(self.lookups, use.encode() + b"\0" + content, "sha256")

    def rotated(self) -> Keyring:
        """Return the ring with a new key that wraps from now on."""
        key = new_key()
        name = sha256(key).hexdigest()[:12]
        return replace(self, current=name, wrapping={**self.wrapping, name: key})

    def without_old(self) -> Keyring:
        """Return the ring without the keys that wrap nothing any more."""
        return replace(self, wrapping={self.current: self.wrapping[self.current]})


def new_key() -> bytes:
    """Draw a key."""
    return token_bytes(_KEY_BYTES)


def new_ring() -> Keyring:
    """Draw the keys of an installation."""
    return Keyring("", {}, new_key()).rotated()


def seal(key: bytes, content: bytes, bound: bytes) -> bytes:
    """Encrypt a content; it opens only beside the same `bound`."""
    nonce = token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, bound)


def unseal(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Decrypt a content."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except InvalidTag:
        raise SealBroken from None


def read_ring(text: bytes) -> Keyring:
    """Read the keys as a file holds them; ValueError for what is no such file."""
    try:
        held = orjson.loads(text)
        wrapping = {name: b64decode(key, validate=True) for name, key in held["wrapping"].items()}
        ring = Keyring(held["current"], wrapping, b64decode(held["lookups"], validate=True))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("it is no file of keys of this registry") from error
    if ring.current not in wrapping or any(
        len(key) != _KEY_BYTES for key in (*wrapping.values(), ring.lookups)
    ):
        raise ValueError("a key is missing in it, or has another length than 32 bytes")
    return ring


def written_ring(ring: Keyring) -> bytes:
    """Return the keys as a file holds them."""
    held = {
        "current": ring.current,
        "wrapping": {name: b64encode(key).decode() for name, key in ring.wrapping.items()},
        "lookups": b64encode(ring.lookups).decode(),
    }
    return orjson.dumps(held, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
