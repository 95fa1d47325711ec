"""Household events as received, every revision; personal parts in a table of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.households.events import Assessed, Closed, HouseholdEvent, Moved, Registered
from shared.households.timelines import continued
from shared.kernel import revisions
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key

HOUSEHOLD_EVENTS = Table(
    "household_events",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("recording_id", BigInteger, nullable=False),
    Column("source", Key, nullable=False),
    Column("external_id", Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("household_id", Key),
    Column("effective_from", Date),
    Column("withdrawn", Boolean, nullable=False),
    Column("continues", Key),
    Column("payload", JSONB, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    UniqueConstraint("source", "external_id", "revision"),
)
Index("ix_household_events_household", HOUSEHOLD_EVENTS.c.household_id)
Index(
    "ix_household_events_continues",
    HOUSEHOLD_EVENTS.c.continues,
    postgresql_where=HOUSEHOLD_EVENTS.c.continues.is_not(None),
)

HOUSEHOLD_MEMBERS = Table(
    "household_members",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("household_id", Key, nullable=False, index=True),
    Column("member", JSONB, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is already stored of one revision: enough to tell a repeat from a conflict."""

    revision: int
    type: str
    household_id: str | None
    content_hash: bytes


class NewEvent(NamedTuple):
    """One revision to be stored."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    type: str
    household_id: str | None
    effective_from: date | None
    withdrawn: bool
    continues: str | None
    payload: bytes
    content_hash: bytes
    members: Sequence[dict[str, Any]] = ()


async def stored_revisions(
    tx: Transaction, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[Stored]]:
    """Return, per (source, external_id), the revisions already stored."""
    rows = await tx.fetch(
        """
        SELECT e.source, e.external_id, e.revision, e.type, e.household_id, e.content_hash
        FROM unnest($1::text[], $2::text[]) AS k (source, external_id)
        JOIN household_events e USING (source, external_id)
        """,
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    found: dict[tuple[str, str], list[Stored]] = {}
    for source, external_id, revision, kind, household, digest in rows:
        stored = Stored(revision, kind, household, digest)
        found.setdefault((source, external_id), []).append(stored)
    return found


async def insert(tx: Transaction, recording_id: int, events: Sequence[NewEvent]) -> int:
    """Insert new revisions; return how many were new (another process may have been first)."""
    inserted = await tx.fetchval(
        """
        WITH made AS (
            INSERT INTO household_events (event_id, recording_id, source, external_id, revision,
                type, household_id, effective_from, withdrawn, continues, payload, content_hash)
            SELECT i, $2, s, x, r, t, h, d, w, c, p::jsonb, z
            FROM unnest($1::uuid[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[],
                $8::date[], $9::bool[], $10::text[], $11::text[], $12::bytea[])
                AS e (i, s, x, r, t, h, d, w, c, p, z)
            ON CONFLICT DO NOTHING RETURNING 1)
        SELECT count(*) FROM made
        """,
        [e.event_id for e in events],
        recording_id,
        [e.source for e in events],
        [e.external_id for e in events],
        [e.revision for e in events],
        [e.type for e in events],
        [e.household_id for e in events],
        [e.effective_from for e in events],
        [e.withdrawn for e in events],
        [e.continues for e in events],
        [e.payload.decode() for e in events],
        [e.content_hash for e in events],
    )
    await _insert_members(tx, [e for e in events if e.members])
    return int(inserted)


async def _insert_members(tx: Transaction, events: Sequence[NewEvent]) -> None:
    rows = [
        (e.event_id, position, e.household_id, member)
        for e in events
        for position, member in enumerate(e.members)
    ]
    if rows:
        await tx.executemany(
            "INSERT INTO household_members (event_id, position, household_id, member) "
            "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            rows,
        )


async def descendants(tx: Snapshot, household_ids: Sequence[str]) -> set[str]:
    """Return the households that continue any of these, directly or through others."""
    rows = await tx.fetch(
        """
        WITH RECURSIVE heirs (household_id) AS (
            SELECT e.household_id FROM household_events e WHERE e.continues = ANY($1::text[])
            UNION
            SELECT e.household_id FROM heirs h JOIN household_events e
                ON e.continues = h.household_id)
        SELECT household_id FROM heirs WHERE household_id IS NOT NULL
        """,
        household_ids,
    )
    return {row[0] for row in rows}


async def counting(tx: Snapshot, household_ids: Sequence[str]) -> dict[str, list[HouseholdEvent]]:
    """Return, per household, its events that count: highest revisions, withdrawn ones out."""
    rows = await tx.fetch(
        "SELECT event_id, source, external_id, type, household_id, effective_from, payload "
        f"FROM ({revisions.counting('household_events')}) e WHERE household_id = ANY($1::text[])",
        household_ids,
    )
    found: dict[str, list[HouseholdEvent]] = {}
    for row in rows:
        found.setdefault(row[4], []).append(_READERS[row[3]](row[:6], row[6]))
    return found


async def load(snapshot: Snapshot, household_ids: Sequence[str]) -> dict[str, list[HouseholdEvent]]:
    """Return the events of these households, and of the older ones that they continue."""
    events = await counting(snapshot, household_ids)
    missing = _continued(events) - events.keys()
    while missing:
        older = await counting(snapshot, sorted(missing))
        events.update({household: older.get(household, []) for household in missing})
        missing = _continued(older) - events.keys()
    return events


def _continued(events: Mapping[str, Sequence[HouseholdEvent]]) -> set[str]:
    return {older for own in events.values() for older in continued(own)}


def read_event(row: Sequence[Any]) -> HouseholdEvent:
    """Build the event of (event_id, source, external_id, type, household, day, payload)."""
    return _READERS[row[3]](row[:6], row[6])


def _assessed(row: Sequence[Any], payload: dict[str, Any]) -> Assessed:
    by_income = payload.get("income_vnd") is not None
    deprived = tuple(payload.get("deprived") or ())
    return Assessed(
        event_id=row[0],
        source=row[1],
        external_id=row[2],
        household_id=row[4],
        effective_from=row[5],
        assessed_on=date.fromisoformat(payload["assessed_on"]),
        area_code=payload["area_code"],
        area_type=payload["area_type"],
        standard=payload.get("standard"),
        measure="income" if by_income else "score",
        value=payload["income_vnd"] if by_income else payload["b1"],
        lacking=len(deprived) if by_income else payload["b2"],
        deprived=deprived,
        recognised=payload.get("recognised"),
        ethnic_group=payload.get("ethnic_group"),
    )


def _registered(row: Sequence[Any], payload: dict[str, Any]) -> Registered:
    return Registered(
        event_id=row[0],
        source=row[1],
        external_id=row[2],
        household_id=row[4],
        effective_from=row[5],
        area_code=payload["area_code"],
        area_type=payload["area_type"],
        ethnic_group=payload.get("ethnic_group"),
        continues=payload.get("continues"),
    )


def _moved(row: Sequence[Any], payload: dict[str, Any]) -> Moved:
    return Moved(row[0], row[1], row[2], row[4], row[5], payload["area_code"], payload["area_type"])


def _closed(row: Sequence[Any], payload: dict[str, Any]) -> Closed:
    return Closed(row[0], row[1], row[2], row[4], row[5], payload["reason"])


_READERS: dict[str, Callable[[Sequence[Any], dict[str, Any]], HouseholdEvent]] = {
    "assessed": _assessed,
    "registered": _registered,
    "moved": _moved,
    "closed": _closed,
}
