"""Ids that follow from content (UUID version 5, RFC 9562): the same fact, the same id."""

from __future__ import annotations

from hashlib import sha1
from uuid import NAMESPACE_URL, UUID

# The driver's own UUID is a `uuid.UUID` that is built in C: every event and transition needs one.
from asyncpg.pgproto.pgproto import UUID as DRIVER_UUID

# Asked for once, for `bytes` is computed every time.
_URL = NAMESPACE_URL.bytes


def content_id(name: str, namespace: UUID = NAMESPACE_URL) -> UUID:
    """Return the UUID version 5 of a name; equal to `uuid.uuid5(namespace, name)`."""
    space = _URL if namespace is NAMESPACE_URL else namespace.bytes
    digest = bytearray(sha1(space + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    made: UUID = DRIVER_UUID(bytes(digest))
    return made
