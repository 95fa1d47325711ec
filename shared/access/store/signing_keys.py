"""The keys that tokens are signed with: the newest signs, older ones verify until the last token
that they signed has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy import Column, DateTime, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.access.store.clients import count_change
from shared.access.tokens import LEEWAY_SECONDS, TOKEN_SECONDS, new_key, read_key
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

SIGNING_KEYS = Table(
    "signing_keys",
    METADATA,
    Column("kid", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True)),
)
# A key signs for so long after another one has taken its place: no token may be signed with a key
# that the process it is shown to has not seen yet.
_SIGNS_ON = timedelta(seconds=10)
_VERIFIES_ON = timedelta(seconds=TOKEN_SECONDS + LEEWAY_SECONDS) + 2 * _SIGNS_ON


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key with its private part; `retired_at` is when the next one took its place."""

    kid: str
    document: dict[str, Any]
    created_at: datetime
    retired_at: datetime | None

    @property
    def key(self) -> OKPKey:
        """Return the key to sign and verify with."""
        return read_key(self.document)

    @property
    def published(self) -> dict[str, Any]:
        """Return what everybody may know of it."""
        return dict(self.key.as_dict(private=False))

    def verifies(self, now: datetime) -> bool:
        """Say whether a token that it signed may still hold."""
        return self.retired_at is None or now < self.retired_at + _VERIFIES_ON


async def list_keys(snapshot: Snapshot) -> list[SigningKey]:
    """Return every key that is kept, newest first."""
    rows = await snapshot.fetch(
        "SELECT kid, document, created_at, retired_at FROM signing_keys "
        "ORDER BY created_at DESC, kid"
    )
    return [SigningKey(*row) for row in rows]


def signer(keys: Sequence[SigningKey], now: datetime) -> SigningKey | None:
    """Return the key that signs: a new one once every process has had the time to see it."""
    usable = [k for k in keys if k.retired_at is None or now < k.retired_at + _SIGNS_ON]
    seen = [key for key in usable if key.created_at <= now - _SIGNS_ON]
    return next(iter(seen or usable), None)


async def rotate(tx: Transaction, now: datetime) -> SigningKey:
    """Sign with a new key from now on; forget keys whose last token has ended."""
    await count_change(tx)
    await tx.execute("UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL", now)
    await tx.execute("DELETE FROM signing_keys WHERE retired_at < $1", now - _VERIFIES_ON)
    made = new_key()
    key = SigningKey(str(made.kid), dict(made.as_dict(private=True)), now, None)
    await tx.execute(
        "INSERT INTO signing_keys (kid, document, created_at) VALUES ($1, $2, $3)",
        key.kid,
        key.document,
        now,
    )
    return key


async def ensure(tx: Transaction, now: datetime) -> None:
    """Make the first key, unless there is one."""
    await count_change(tx)
    if not any(key.retired_at is None for key in await list_keys(tx)):
        await rotate(tx, now)
