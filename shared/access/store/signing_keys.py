"""The keys that tokens are signed with: the newest signs, older ones verify until the last token
that they signed has ended. Documents outlive tokens: of a key that ended its public part is kept.

The private part of a key is wrapped by a key of the installation: who has the database alone can
verify tokens and make none.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy import Column, DateTime, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.access.store.clients import count_change
from shared.access.tokens import LEEWAY_SECONDS, TOKEN_SECONDS, new_key, read_key
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.kernel.sealing import Keyring, Wrapped

SIGNING_KEYS = Table(
    "signing_keys",
    METADATA,
    Column("kid", Text, primary_key=True),
    # What everybody may know; releases before 0.3 kept the private part here too.
    Column("document", JSONB, nullable=False),
    Column("key_id", Text),
    Column("wrapped", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True)),
)
# What verifies documents for as long as they are shown; it verifies no token and can sign nothing.
ENDED_KEYS = Table(
    "ended_keys",
    METADATA,
    Column("kid", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True), nullable=False),
)
# A key signs for so long after another one has taken its place: no token may be signed with a key
# that the process it is shown to has not seen yet.
_SIGNS_ON = timedelta(seconds=10)
_VERIFIES_ON = timedelta(seconds=TOKEN_SECONDS + LEEWAY_SECONDS) + 2 * _SIGNS_ON


_PRIVATE = "d"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key as it is stored; `retired_at` is when the next one took its place.

    `wrapped` is None of a key of an older release that nobody has sealed yet.
    """

    kid: str
    document: dict[str, Any]
    wrapped: Wrapped | None
    created_at: datetime
    retired_at: datetime | None

    @property
    def key(self) -> OKPKey:
        """Return the key to verify with."""
        return read_key(self.published)

    def private(self, ring: Keyring) -> OKPKey:
        """Return the key to sign with; SealBroken where the installation's key is another one."""
        if self.wrapped is None:
            return read_key(self.document)
        secret = ring.unwrap(self.wrapped, self.kid.encode())
        text = urlsafe_b64encode(secret).rstrip(b"=").decode()
        return read_key({**self.document, _PRIVATE: text})

    @property
    def published(self) -> dict[str, Any]:
        """Return what everybody may know of it."""
        return _public(self.document)

    def verifies(self, now: datetime) -> bool:
        """Say whether a token that it signed may still hold."""
        return self.retired_at is None or now < self.retired_at + _VERIFIES_ON


async def list_keys(snapshot: Snapshot) -> list[SigningKey]:
    """Return every key that is kept, newest first."""
    rows = await snapshot.fetch(
        "SELECT kid, document, key_id, wrapped, created_at, retired_at FROM signing_keys "
        "ORDER BY created_at DESC, kid"
    )
    return [SigningKey(row[0], row[1], _wrapped(row[2], row[3]), *row[4:]) for row in rows]


async def list_ended(snapshot: Snapshot) -> list[SigningKey]:
    """Return the public parts of keys whose last token has ended."""
    rows = await snapshot.fetch("SELECT kid, document, created_at, retired_at FROM ended_keys")
    return [SigningKey(row[0], row[1], None, *row[2:]) for row in rows]


def _wrapped(key_id: str | None, content: bytes | None) -> Wrapped | None:
    return None if key_id is None or content is None else Wrapped(key_id, content)


def _public(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != _PRIVATE}


def _seal(ring: Keyring, kid: str, document: Mapping[str, Any]) -> Wrapped:
    """Wrap the private part of a key, bound to its id."""
    text = str(document[_PRIVATE])
    return ring.wrap(urlsafe_b64decode(text + "=" * (-len(text) % 4)), kid.encode())


def signer(keys: Sequence[SigningKey], now: datetime) -> SigningKey | None:
    """Return the key that signs: a new one once every process has had the time to see it."""
    usable = [k for k in keys if k.retired_at is None or now < k.retired_at + _SIGNS_ON]
    seen = [key for key in usable if key.created_at <= now - _SIGNS_ON]
    return next(iter(seen or usable), None)


async def rotate(tx: Transaction, ring: Keyring, now: datetime) -> SigningKey:
    """Sign with a new key from now on; keys whose last token has ended can sign nothing more."""
    await count_change(tx)
    await tx.execute("UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL", now)
    await tx.execute(
        "WITH ended AS (DELETE FROM signing_keys WHERE retired_at < $1 RETURNING *) "
        "INSERT INTO ended_keys (kid, document, created_at, retired_at) "
        f"SELECT kid, document - '{_PRIVATE}', created_at, retired_at FROM ended",
        now - _VERIFIES_ON,
    )
    made = new_key()
    kid, document = str(made.kid), dict(made.as_dict(private=True))
    wrapped = _seal(ring, kid, document)
    key = SigningKey(kid, _public(document), wrapped, now, None)
    await tx.execute(
        "INSERT INTO signing_keys (kid, document, key_id, wrapped, created_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        kid,
        key.document,
        wrapped.key_id,
        wrapped.content,
        now,
    )
    return key


async def ensure(tx: Transaction, ring: Keyring, now: datetime) -> None:
    """Make the first key, unless there is one."""
    await count_change(tx)
    if not any(key.retired_at is None for key in await list_keys(tx)):
        await rotate(tx, ring, now)


async def unsealed(snapshot: Snapshot) -> bool:
    """Say whether a key is stored as releases before 0.3 stored it."""
    return any(key.wrapped is None for key in await list_keys(snapshot))


async def wrapped_by_others(snapshot: Snapshot, current: str) -> bool:
    """Say whether some key is wrapped by another key than the current one."""
    stored = await list_keys(snapshot)
    return any(key.wrapped is not None and key.wrapped.key_id != current for key in stored)


async def wrap_anew(tx: Transaction, ring: Keyring) -> int:
    """Wrap by the current key what another one wraps, and what none does; return how many."""
    await count_change(tx)
    stored = await list_keys(tx)
    others = [k for k in stored if k.wrapped is None or k.wrapped.key_id != ring.current]
    for each in others:
        wrapped = _seal(ring, each.kid, each.private(ring).as_dict(private=True))
        await tx.execute(
            "UPDATE signing_keys SET document = $2, key_id = $3, wrapped = $4 WHERE kid = $1",
            each.kid,
            each.published,
            wrapped.key_id,
            wrapped.content,
        )
    return len(others)
