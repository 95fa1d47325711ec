"""Requests for moves, as they stand: where the household was, whether it moved or was refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from shared.households.move_facts import MOVE_REFUSALS, MOVE_REQUESTS
from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting


class Wanted(Struct, frozen=True):
    """Which household is asked for, and the day on which it is said to have arrived."""

    household_id: str
    day: date


async def of_ids(snapshot: Snapshot, request_ids: Iterable[UUID]) -> dict[UUID, Wanted]:
    """Return what these requests ask for; withdrawn ones ask for nothing."""
    rows = await snapshot.fetch(
        f"SELECT request_id, household_id, effective_from FROM ({counting(MOVE_REQUESTS)}) r "
        "WHERE request_id = ANY($1::uuid[])",
        list(request_ids),
    )
    return {row[0]: Wanted(row[1], row[2]) for row in rows}


class StoredRequest(Struct, frozen=True):
    """A request that counts; `place` is where the household was before, None: nobody knows."""

    event_id: UUID
    request_id: UUID
    source: str
    external_id: str
    revision: int
    household_id: str
    area_id: int
    effective_from: date
    remark: str | None
    recorded_at: datetime
    place: int | None
    moved: bool
    refused_on: date | None
    reason: str | None
    answer: str | None


# Where the household was before the day; before its first fact it is taken to have been where that
# one finds it, as `lived_before` has it.
_PLACE = """
    SELECT e.area_id FROM episodes e
    WHERE e.household_id = r.household_id AND e.known_to IS NULL AND e.area_id IS NOT NULL
    ORDER BY e.valid_from < r.effective_from DESC,
        CASE WHEN e.valid_from < r.effective_from THEN e.valid_from END DESC, e.valid_from
    LIMIT 1
"""
# A commune and the one that it was merged into whole are one place: nobody moves between them.
_MERGED = """
    SELECT old.area_id, heir.area_id AS heir_id FROM areas old
    JOIN area_successions s ON s.old_code = old.code AND s.on_date = old.valid_to AND s.whole
    JOIN areas heir ON heir.code = s.new_code AND heir.valid_from = s.on_date
"""
_MOVED = f"""
    EXISTS (SELECT 1 FROM episodes e
        WHERE e.household_id = r.household_id AND e.known_to IS NULL
            AND (e.valid_to IS NULL OR e.valid_to > r.effective_from)
            AND (e.area_id = r.area_id OR EXISTS (SELECT 1 FROM ({_MERGED}) m
                WHERE (m.area_id, m.heir_id) IN (
                    (e.area_id, r.area_id), (r.area_id, e.area_id)))))
"""
_LISTED = f"""
WITH asked AS (
    SELECT r.event_id, r.request_id, r.source, r.external_id, r.revision, r.household_id,
        r.area_id, r.effective_from, r.payload->>'remark' AS remark, r.recorded_at,
        ({_PLACE}) AS place, {_MOVED} AS moved
    FROM ({counting(MOVE_REQUESTS, "$1")}) r)
SELECT a.*, f.refused_on, f.reason, f.remark
FROM asked a
LEFT JOIN LATERAL (
    SELECT d.refused_on, d.reason, d.payload->>'remark' AS remark
    FROM ({counting(MOVE_REFUSALS)}) d WHERE d.request_id = a.request_id
    ORDER BY d.refused_on DESC, d.external_id DESC, d.source DESC LIMIT 1) f ON true
WHERE ($2::int[] IS NULL OR a.area_id = ANY($2) OR a.place = ANY($2))
    AND ($3::text IS NULL
        OR $3 = CASE WHEN a.moved THEN 'moved' WHEN f.reason IS NULL THEN 'open' ELSE 'refused' END)
    AND ($4::date IS NULL OR (a.effective_from, a.request_id) > ($4, $5::uuid))
ORDER BY a.effective_from, a.request_id LIMIT $6
"""


async def list_requests(
    snapshot: Snapshot,
    communes: Sequence[int] | None,
    state: str | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[StoredRequest]:
    """Return requests to or of these communes (None: all), by day."""
    rows = await snapshot.fetch(_LISTED, None, communes, state, *(after or (None, None)), limit)
    return [StoredRequest(*row) for row in rows]
