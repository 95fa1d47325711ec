"""Households: the row that serialises their recomputation, how far it has got, and the
events that count, as events of a timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Table

from shared.households.events import Assessed, Closed, HouseholdEvent, Moved, Registered
from shared.households.facts import FAMILY_MAX, HOUSEHOLD_EVENTS
from shared.households.families import Link
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.locks import Lock
from shared.kernel.metadata import METADATA, Key
from shared.kernel.revisions import FactKey, counting, of_keys, superseded
from shared.law.store.seeds import JUDGING

HOUSEHOLDS = Table(
    "households",
    METADATA,
    Column("household_id", Key, primary_key=True),
    # Every event recorded at or before this instant is folded into the household's timeline.
    Column("folded_through", DateTime(timezone=True), nullable=False),
)


# When what timelines depend on beside their events was last loaded.
LAW_LOADED = f"""
SELECT max(recorded_at) AS at FROM seed_versions
WHERE kind IN ({", ".join(f"'{kind}'" for kind in JUDGING)})"""


async def list_ids(snapshot: Snapshot) -> list[str]:
    """Return the id of every household, in order."""
    rows = await snapshot.fetch("SELECT household_id FROM households ORDER BY household_id")
    return [row[0] for row in rows]


async def lock(tx: Transaction, household_ids: Sequence[str]) -> datetime:
    """Lock households until commit, in id order so that two workers cannot deadlock.

    Returns the instant up to which the events that are read next are certain to be complete.
    """
    ids = sorted(household_ids)
    await tx.execute(
        """
        INSERT INTO households (household_id, folded_through)
        SELECT i, '-infinity' FROM unnest($1::text[]) AS u (i)
        WHERE NOT EXISTS (SELECT 1 FROM households h WHERE h.household_id = i)
        ORDER BY i ON CONFLICT DO NOTHING
        """,
        ids,
    )
    await tx.execute(
        "SELECT 1 FROM households WHERE household_id = ANY($1::text[]) "
        "ORDER BY household_id FOR NO KEY UPDATE",
        ids,
    )
    at: datetime = await tx.fetchval("SELECT at FROM knowledge_clock")
    return at


async def folded(tx: Transaction, household_ids: Sequence[str], through: datetime) -> None:
    """Remember that every event recorded up to `through` is in these households' timelines."""
    await tx.execute(
        "UPDATE households SET folded_through = $2 "
        "WHERE household_id = ANY($1::text[]) AND folded_through < $2",
        household_ids,
        through,
    )


# Processed when every household that it ever concerned has folded it in. A withdrawal of something
# never seen concerns no household: nothing is left to do.
CONCERNED = """
    SELECT h.folded_through AS through, c.household_id AS item
    FROM (SELECT DISTINCT household_id FROM revised WHERE household_id IS NOT NULL) c
    LEFT JOIN households h USING (household_id)
"""


# Whom a household `h` is joined with directly.
_NEXT_OF_KIN = """LATERAL (
    SELECT e.continues FROM household_events e
    WHERE e.household_id = h.household_id AND e.continues IS NOT NULL
    UNION ALL
    SELECT e.household_id FROM household_events e
    WHERE e.continues = h.household_id AND e.household_id IS NOT NULL) AS k (id)"""


async def relatives(tx: Snapshot, household_ids: Sequence[str]) -> set[str]:
    """Return all that any revision joined these with by `continues`, in either direction."""
    rows = await tx.fetch(
        f"""
        WITH RECURSIVE joined (household_id) AS (
            SELECT k.id FROM unnest($1::text[]) AS h (household_id), {_NEXT_OF_KIN}
            UNION
            SELECT k.id FROM joined h, {_NEXT_OF_KIN})
        SELECT household_id FROM joined
        """,
        household_ids,
    )
    return {row[0] for row in rows}


async def hold_families(tx: Transaction) -> None:
    """Let no other transaction join households until this one ends: families grow one by one."""
    await tx.execute(f"SELECT pg_advisory_xact_lock({Lock.FAMILIES})")


async def families(tx: Snapshot, household_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return whom each of these is joined with by `continues`, in either direction and itself too.

    A family that is larger than a door admits is cut off behind that size.
    """
    rows = await tx.fetch(
        f"""
        WITH RECURSIVE kin (of, household_id) AS (
            SELECT id, id FROM (
                SELECT unnest($1::text[]) COLLATE "C" AS id) AS ids
            UNION
            SELECT h.of, k.id FROM kin h, {_NEXT_OF_KIN})
        SELECT of, household_id FROM kin LIMIT $2
        """,
        household_ids,
        len(household_ids) * (FAMILY_MAX + 1),
    )
    kin: dict[str, set[str]] = {}
    for row in rows:
        kin.setdefault(row[0], set()).add(row[1])
    return {household: frozenset(others) for household, others in kin.items()}


async def links(
    tx: Snapshot, household_ids: Sequence[str]
) -> dict[FactKey, tuple[int, Link | None]]:
    """Return the joins of these households that count, by registration, with its revision."""
    rows = await tx.fetch(
        "SELECT source, external_id, revision, household_id, continues "
        f"FROM ({counting(HOUSEHOLD_EVENTS)}) e "
        "WHERE household_id = ANY($1::text[]) AND continues IS NOT NULL",
        household_ids,
    )
    return {(row[0], row[1]): (row[2], (row[3], row[4])) for row in rows}


async def latest_revisions(
    tx: Transaction, keys: Iterable[FactKey]
) -> dict[FactKey, tuple[int, Link | None]]:
    """Return the highest stored revision of each of these events."""
    latest: dict[FactKey, tuple[int, Link | None]] = {}
    rows = await of_keys(tx, HOUSEHOLD_EVENTS, "e.revision", keys)
    for source, external_id, revision in rows:
        before, _ = latest.get((source, external_id), (0, None))
        latest[source, external_id] = max(revision, before), None
    return latest


async def list_counting(
    tx: Snapshot, household_ids: Sequence[str]
) -> dict[str, list[HouseholdEvent]]:
    """Return, per household, its events that count: highest revisions, withdrawn ones out."""
    rows = await tx.fetch(
        "SELECT event_id, source, external_id, type, household_id, effective_from, payload "
        f"FROM ({counting(HOUSEHOLD_EVENTS)}) e WHERE household_id = ANY($1::text[])",
        household_ids,
    )
    events: dict[str, list[HouseholdEvent]] = {}
    for row in rows:
        events.setdefault(row[4], []).append(_READERS[row[3]](row[:6], row[6]))
    return events


# Nothing but reviews is new of these households, all of them behind every day that was folded, and
# law and areas are those by which it was. Whatever has another revision, before or behind, is left
# to the whole fold, and so is a household of which nothing new is known: it is due for another
# reason. Looked up by key in this order, whatever is known of the tables (OFFSET 0).
_LATER_REVIEWS = f"""
WITH law AS ({LAW_LOADED}),
own AS MATERIALIZED (
    SELECT array_agg(e.event_id) FILTER (WHERE e.new) AS new
    FROM law CROSS JOIN LATERAL (
        SELECT household_id, folded_through FROM households
        WHERE household_id = ANY($1::text[]) AND folded_through >= law.at OFFSET 0) h
    CROSS JOIN LATERAL (
        SELECT event_id, source, external_id, revision, type, withdrawn, effective_from, (
            SELECT r.recorded_at FROM recordings r WHERE r.recording_id = o.recording_id
            ) > h.folded_through AS new
        FROM household_events o WHERE o.household_id = h.household_id OFFSET 0) e
    GROUP BY h.household_id
    HAVING bool_and(NOT e.withdrawn AND e.type <> 'closed' AND (e.type = 'assessed' OR NOT e.new)
            AND NOT {superseded(HOUSEHOLD_EVENTS)})
        AND min(e.effective_from) FILTER (WHERE e.new)
            > max(e.effective_from) FILTER (WHERE NOT e.new))
SELECT e.event_id, e.source, e.external_id, e.type, e.household_id, e.effective_from, e.payload
FROM own CROSS JOIN unnest(own.new) AS n (event_id) CROSS JOIN LATERAL (
    SELECT * FROM household_events WHERE event_id = n.event_id OFFSET 0) e
"""


async def later_reviews(tx: Snapshot, household_ids: Sequence[str]) -> dict[str, list[Assessed]]:
    """Return what is new of those households of which only later reviews are.

    They must be locked, and have no relatives.
    """
    reviews: dict[str, list[Assessed]] = {}
    for row in await tx.fetch(_LATER_REVIEWS, household_ids):
        reviews.setdefault(row[4], []).append(_assessed(row[:6], row[6]))
    return reviews


async def load_events(
    snapshot: Snapshot, household_ids: Sequence[str]
) -> dict[str, list[HouseholdEvent]]:
    """Return the events of these households and of their families."""
    ids = {*household_ids, *await relatives(snapshot, household_ids)}
    return await list_counting(snapshot, sorted(ids))


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
        review=payload.get("review"),
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
    ids = row[0], row[1], row[2], row[4]
    return Closed(*ids, row[5], payload["reason"], payload.get("into"))


_READERS: dict[str, Callable[[Sequence[Any], dict[str, Any]], HouseholdEvent]] = {
    "assessed": _assessed,
    "registered": _registered,
    "moved": _moved,
    "closed": _closed,
}
