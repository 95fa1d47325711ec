"""What is known of households: status on a day, timelines, events and lists, on both clocks.

Each read asks the current episodes, and for an instant of the past also those closed since: two
halves of one `UNION ALL`, because each half has a partial index of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from shared.kernel.database import Snapshot

_HELD = (
    "household_id, valid_from, valid_to, status, living_standard, standard, spell_from, spell_to, "
    "spell_event, assessment, area_id, area_type, ethnic_group, deprived, entry"
)


def known(where: str, at: str | None) -> str:
    """Return the SQL of the episodes that meet `where`, as known at the parameter `at` (None: now).

    Both are text of this package, never of a caller.
    """
    current = f"SELECT {_HELD} FROM episodes WHERE known_to IS NULL AND {where}"
    if at is None:
        return current
    return (
        f"{current} AND known_from <= {at} UNION ALL SELECT {_HELD} FROM episodes "
        f"WHERE known_to IS NOT NULL AND known_to > {at} AND known_from <= {at} AND {where}"
    )


_ON_DAY = "household_id = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)"
_RECEIVED = "SELECT 1 FROM household_events v WHERE v.household_id = $1"
_STATUS = """
SELECT s.status, s.living_standard, s.standard, s.valid_from, s.spell_from, s.spell_to,
    s.spell_event, s.area_id, s.area_type, s.ethnic_group, e.payload, e.event_id, e.source,
    e.external_id, e.effective_from, k.at,
    CASE WHEN s.household_id IS NULL THEN EXISTS ({received}) ELSE true END AS exists
FROM knowledge_clock k
LEFT JOIN ({held}) s ON true
LEFT JOIN household_events e ON e.event_id = s.assessment
"""
_STATUS_NOW = _STATUS.format(received=_RECEIVED, held=known(_ON_DAY, None))
_STATUS_AT = _STATUS.format(
    received=_RECEIVED.replace("WHERE", "JOIN recordings r USING (recording_id) WHERE")
    + " AND r.recorded_at <= $3",
    held=known(_ON_DAY, "$3"),
)


async def status(
    snapshot: Snapshot, household_id: str, as_of: date, known_at: datetime | None
) -> Record | None:
    """Return what holds of a household on a day, with the instant of the last commit visible.

    One statement, so one snapshot. None: no event of the household was ever received. The status
    is None before its first assessment, the area before its first placing.
    """
    if known_at is None:
        row = await snapshot.fetchrow(_STATUS_NOW, household_id, as_of)
    else:
        row = await snapshot.fetchrow(_STATUS_AT, household_id, as_of, known_at)
    return row if row is not None and row["exists"] else None


async def spells(snapshot: Snapshot, household_id: str, known_at: datetime | None) -> list[Record]:
    """Return a household's spells in order, rebuilt from its episodes."""
    where = "household_id = $1 AND spell_from IS NOT NULL AND status <> 'closed'"
    held = known(where, _at(known_at, 2))
    rows: list[Record] = await snapshot.fetch(
        "SELECT DISTINCT ON (spell_from) spell_from, spell_to, status, living_standard, standard, "
        f"spell_event FROM ({held}) s ORDER BY spell_from",
        *_given(household_id, known_at),
    )
    return rows


async def closed_on(
    snapshot: Snapshot, household_id: str, known_at: datetime | None
) -> date | None:
    """Return the day a household ended, None while it exists."""
    held = known("household_id = $1 AND status = 'closed'", _at(known_at, 2))
    day: date | None = await snapshot.fetchval(
        f"SELECT min(valid_from) FROM ({held}) s",
        *_given(household_id, known_at),
    )
    return day


def _at(known_at: datetime | None, position: int) -> str | None:
    return None if known_at is None else f"${position}"


def _given(household_id: str, known_at: datetime | None) -> tuple[Any, ...]:
    return (household_id,) if known_at is None else (household_id, known_at)


async def exists(snapshot: Snapshot, household_id: str, known_at: datetime | None) -> bool:
    """Say whether any event of the household had been received."""
    found: bool = await snapshot.fetchval(
        "SELECT EXISTS (SELECT 1 FROM household_events e JOIN recordings r USING (recording_id) "
        "WHERE e.household_id = $1 AND ($2::timestamptz IS NULL OR r.recorded_at <= $2))",
        household_id,
        known_at,
    )
    return found


async def area_on(snapshot: Snapshot, household_id: str, day: date) -> int | None:
    """Return the unit where the household is now known to live on a day."""
    area: int | None = await snapshot.fetchval(
        "SELECT area_id FROM episodes WHERE known_to IS NULL AND household_id = $1 "
        "AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)",
        household_id,
        day,
    )
    return area


async def events(
    snapshot: Snapshot,
    household_id: str,
    known_at: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Record]:
    """Return every revision received about a household, in the order of system time.

    A withdrawal may name no household: it belongs to that of the revisions it withdraws.
    """
    rows: list[Record] = await snapshot.fetch(
        """
        WITH keys AS (
            SELECT DISTINCT k.source, k.external_id
            FROM household_events k JOIN recordings s USING (recording_id)
            WHERE k.household_id = $1 AND ($2::timestamptz IS NULL OR s.recorded_at <= $2))
        SELECT e.event_id, e.source, e.external_id, e.revision, e.type, e.withdrawn, e.payload,
            r.recorded_at
        FROM keys JOIN household_events e USING (source, external_id)
        JOIN recordings r USING (recording_id)
        WHERE (e.household_id = $1 OR e.household_id IS NULL)
            AND ($2::timestamptz IS NULL OR r.recorded_at <= $2)
            AND ($3::timestamptz IS NULL OR (r.recorded_at, e.event_id) > ($3, $4::uuid))
        ORDER BY r.recorded_at, e.event_id LIMIT $5
        """,
        household_id,
        known_at,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return rows


async def members(
    snapshot: Snapshot, event_ids: Sequence[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """Return the personal parts of registrations, in the order they were sent."""
    rows = await snapshot.fetch(
        "SELECT event_id, member FROM household_members WHERE event_id = ANY($1::uuid[]) "
        "ORDER BY event_id, position",
        event_ids,
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for event_id, member in rows:
        found.setdefault(event_id, []).append(member)
    return found


async def page(
    snapshot: Snapshot,
    as_of: date,
    known_at: datetime | None,
    *,
    area_ids: Sequence[int] | None,
    status: str | None,
    not_reviewed_since: date | None,
    after: str | None,
    limit: int,
) -> list[Record]:
    """Return households as they stand on a day, in the byte order of their ids.

    Of those asked for by `not_reviewed_since` closed ones are left out: nobody can review them.
    """
    given: list[Any] = [as_of, limit]
    where = ["valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"]

    def also(condition: str, value: Any) -> None:
        given.append(value)
        where.append(condition.format(f"${len(given)}"))

    if area_ids is not None:
        also("area_id = ANY({}::int[])", area_ids)
    if status is not None:
        also("status = {}", status)
    if after is not None:
        also('household_id COLLATE "C" > {}', after)
    reviewed = ""
    if not_reviewed_since is not None:
        given.append(not_reviewed_since)
        where.append("status IS DISTINCT FROM 'closed'")
        reviewed = f"WHERE e.effective_from IS NULL OR e.effective_from < ${len(given)}"
    at = None
    if known_at is not None:
        given.append(known_at)
        at = f"${len(given)}"
    rows: list[Record] = await snapshot.fetch(
        f"""
        SELECT s.household_id, s.status, s.living_standard, s.standard, s.valid_from, s.spell_from,
            s.area_id, s.area_type, e.effective_from
        FROM ({known(" AND ".join(where), at)}) s
        LEFT JOIN household_events e ON e.event_id = s.assessment
        {reviewed}
        ORDER BY s.household_id COLLATE "C" LIMIT $2
        """,
        *given,
    )
    return rows
