"""Feeds that are polled: what the last poll of each found, and when the next one is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

FEEDS = Table(
    "feeds",
    METADATA,
    Column("url", Text, primary_key=True),
    # What the server called the document that `seen` was made of.
    Column("etag", Text),
    Column("last_modified", Text),
    Column("polled_at", DateTime(timezone=True)),
    # `ok`, `not_modified`, or the code of what went wrong.
    Column("status", Text),
    Column("http_status", Integer),
    Column("entries", Integer, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    # Failed polls since the last good one.
    Column("failures", Integer, nullable=False),
    Column("next_poll_at", DateTime(timezone=True), nullable=False),
    # The digest of each entry of that document that is recorded, by its external id.
    Column("seen", JSONB, nullable=False),
)


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is remembered of one feed."""

    url: str
    etag: str | None
    last_modified: str | None
    polled_at: datetime | None
    status: str | None
    http_status: int | None
    entries: int
    recorded: int
    refused: int
    failures: int
    next_poll_at: datetime
    seen: dict[str, str]


_NAMES = ", ".join(FeedState.__slots__)


async def begin(tx: Transaction, urls: Sequence[str], now: datetime) -> None:
    """Remember feeds that are polled for the first time; they are due at once."""
    await tx.execute(
        "INSERT INTO feeds (url, entries, recorded, refused, failures, next_poll_at, seen) "
        "SELECT url, 0, 0, 0, 0, $2, '{}'::jsonb FROM unnest($1::text[]) AS u (url) "
        "ON CONFLICT DO NOTHING",
        list(urls),
        now,
    )


async def claim(tx: Transaction, url: str, now: datetime, until: datetime) -> FeedState | None:
    """Take a feed that is due, so that no other process polls it before `until`."""
    row = await tx.fetchrow(
        f"UPDATE feeds SET next_poll_at = $3 WHERE url = $1 AND next_poll_at <= $2 "
        f"RETURNING {_NAMES}",
        url,
        now,
        until,
    )
    return None if row is None else FeedState(**dict(row))


async def due_at(snapshot: Snapshot, url: str) -> datetime | None:
    """Return when a feed is due, None if it has never been begun."""
    found: datetime | None = await snapshot.fetchval(
        "SELECT next_poll_at FROM feeds WHERE url = $1", url
    )
    return found


async def save(tx: Transaction, state: FeedState) -> None:
    """Remember what a poll found."""
    await tx.execute(
        """UPDATE feeds SET etag = $2, last_modified = $3, polled_at = $4, status = $5,
               http_status = $6, entries = $7, recorded = $8, refused = $9, failures = $10,
               next_poll_at = $11, seen = $12
           WHERE url = $1""",
        *(getattr(state, name) for name in FeedState.__slots__),
    )


class PollState(NamedTuple):
    """What is remembered of a feed's polls, without what was in the feed."""

    url: str
    polled_at: datetime | None
    status: str | None
    http_status: int | None
    entries: int
    recorded: int
    refused: int
    failures: int
    next_poll_at: datetime


async def list_states(snapshot: Snapshot, urls: Sequence[str]) -> dict[str, PollState]:
    """Return what the last polls left, by address."""
    rows = await snapshot.fetch(
        f"SELECT {', '.join(PollState._fields)} FROM feeds WHERE url = ANY($1::text[])", list(urls)
    )
    return {row["url"]: PollState(*row) for row in rows}
