"""What was refused, as rows: with the reason, to be listed, replayed, or healed by a success.

One row for each (route, message, item); item '' is a message that could not be read at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from shared.kernel import retention
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.kernel.retention import Removed
from shared.messaging import outbox
from shared.messaging.message import FutureMessage, MalformedMessage, decode, encode, narrow

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("quarantine_id", BigInteger, Identity(always=True), primary_key=True),
    Column("route", Text, nullable=False),
    Column("message_id", Uuid, nullable=False),
    Column("item", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("sqlstate", Text),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False, server_default="open"),
    Column("discarded_by", Text),
    Column("discarded_because", Text),
    CheckConstraint("state IN ('open', 'replayed', 'resolved', 'discarded')", name="state"),
    UniqueConstraint("route", "message_id", "item"),
    Index(None, "route", "item", postgresql_where=text("state <> 'resolved'")),
    Index("ix_quarantine_open", "quarantine_id", postgresql_where=text("state = 'open'")),
)


# $1: before when.
_SETTLED = "state IN ('resolved', 'discarded') AND last_seen_at < $1"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item to put aside, and why."""

    route: str
    message_id: UUID
    item: str
    type: str
    payload: str
    reason: str
    detail: str
    sqlstate: str | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that was put aside."""

    quarantine_id: int
    route: str
    message_id: UUID
    item: str
    type: str
    payload: str
    reason: str
    detail: str
    sqlstate: str | None
    attempts: int
    first_seen_at: datetime
    last_seen_at: datetime
    state: str
    discarded_by: str | None
    discarded_because: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something could be done with a row, and if not, why."""

    quarantine_id: int
    refused: str | None = None


_COLUMNS = ", ".join(Quarantined.__dataclass_fields__)


async def put(tx: Transaction, refusals: Sequence[Refusal]) -> None:
    """Put items aside; one that is there already is opened again with the new reason."""
    await tx.executemany(
        """INSERT INTO quarantine
                  (route, message_id, item, type, payload, reason, detail, sqlstate)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (route, message_id, item) DO UPDATE
              SET reason = excluded.reason, detail = excluded.detail,
                  sqlstate = excluded.sqlstate, payload = excluded.payload,
                  attempts = quarantine.attempts + 1, last_seen_at = now(), state = 'open'""",
        [
            (r.route, r.message_id, r.item, r.type, r.payload, r.reason, r.detail, r.sqlstate)
            for r in refusals
        ],
    )


async def list_open(snapshot: Snapshot, limit: int, cursor: int | None = None) -> list[Quarantined]:
    """Return open rows, oldest first, after the row numbered `cursor`."""
    rows = await snapshot.fetch(
        f"""SELECT {_COLUMNS} FROM quarantine WHERE state = 'open' AND quarantine_id > $2
            ORDER BY quarantine_id LIMIT $1""",
        limit,
        cursor or 0,
    )
    return [Quarantined(*row) for row in rows]


async def count_open(snapshot: Snapshot) -> int:
    """Return how many items wait in quarantine."""
    number: int = await snapshot.fetchval("SELECT count(*) FROM quarantine WHERE state = 'open'")
    return number


async def show(snapshot: Snapshot, quarantine_id: int) -> Quarantined | None:
    """Return one row, or None."""
    row = await snapshot.fetchrow(
        f"SELECT {_COLUMNS} FROM quarantine WHERE quarantine_id = $1", quarantine_id
    )
    return Quarantined(*row) if row else None


async def replay(tx: Transaction, ids: Sequence[int]) -> list[Verdict]:
    """Send these items once more, each once, in order of their numbers.

    A message carries only the item that was put aside. One that nobody can read stays open.
    """
    rows = await _locked(tx, ids)
    verdicts = [
        Verdict(number, await _send(tx, rows[number]) if number in rows else _UNKNOWN)
        for number in sorted(set(ids))
    ]
    await tx.execute(
        "UPDATE quarantine SET state = 'replayed' WHERE quarantine_id = ANY($1::bigint[])",
        [verdict.quarantine_id for verdict in verdicts if verdict.refused is None],
    )
    return verdicts


async def discard(tx: Transaction, quarantine_id: int, by: str, because: str) -> Verdict:
    """Give up a message that nobody can read; who did and why is kept, `last_seen_at` says when.

    An item is not given up: what is due of it is read from its facts, and would be ordered anew.
    """
    row = (await _locked(tx, [quarantine_id])).get(quarantine_id)
    if row is None:
        return Verdict(quarantine_id, _UNKNOWN)
    if row.state in ("resolved", "discarded"):
        return Verdict(quarantine_id, f"it is {row.state} already")
    if row.item:
        return Verdict(
            quarantine_id,
            f"{row.item} is due as long as its facts are: mend the cause or correct the facts, "
            "then replay",
        )
    await tx.execute(
        """UPDATE quarantine SET state = 'discarded', last_seen_at = now(), discarded_by = $2,
                  discarded_because = $3
            WHERE quarantine_id = $1""",
        quarantine_id,
        by,
        because,
    )
    return Verdict(quarantine_id)


_UNKNOWN = "nothing is quarantined under this number"


async def _locked(tx: Transaction, ids: Sequence[int]) -> dict[int, Quarantined]:
    rows = await tx.fetch(
        f"""SELECT {_COLUMNS} FROM quarantine WHERE quarantine_id = ANY($1::bigint[])
             ORDER BY quarantine_id FOR UPDATE""",
        ids,
    )
    return {row[0]: Quarantined(*row) for row in rows}


async def _send(tx: Transaction, row: Quarantined) -> str | None:
    """Send a row once more, or return why not."""
    if row.state in ("resolved", "discarded"):
        return f"it is {row.state} already"
    try:
        message = decode(row.payload.encode())
    except MalformedMessage as error:
        return f"nobody can read the message ({error}): discard it with a reason"
    except FutureMessage as future:
        return f"{future.type} needs a newer release"
    narrowed = narrow(message, [row.item] if row.item else [])
    await outbox.resend(tx, narrowed.type, encode(narrowed))
    return None


async def resolve(tx: Transaction, route: str, items: Sequence[str]) -> None:
    """Close the rows of items that have now been handled: a recompute heals what failed before."""
    await tx.execute(
        """UPDATE quarantine SET state = 'resolved'
            WHERE route = $1 AND item = ANY($2::text[]) AND state <> 'resolved'""",
        route,
        items,
    )


async def count_settled(snapshot: Snapshot, before: datetime) -> Removed:
    """Return what of the settled rows is older, by when it was last seen."""
    return await retention.measure(snapshot, QUARANTINE.name, _SETTLED, before)


async def remove_settled(tx: Transaction, before: datetime) -> Removed:
    """Remove the settled rows that are older."""
    return await retention.remove(tx, QUARANTINE.name, _SETTLED, before)
