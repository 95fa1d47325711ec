"""What became of an event: accepted, processed (every effect committed), or quarantined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.store.database import Snapshot

State = Literal["accepted", "processed", "quarantined"]


@dataclass(frozen=True, slots=True)
class EventState:
    """The receipt of a stored revision."""

    event_id: UUID
    door: str
    state: State
    recorded_at: datetime
    reason: str | None = None


async def find(snapshot: Snapshot, event_id: UUID) -> EventState | None:
    """Return the state of a revision of any door, None if it was never accepted."""
    return await _of_household(snapshot, event_id) or await _of_other_doors(snapshot, event_id)


async def _of_household(snapshot: Snapshot, event_id: UUID) -> EventState | None:
    """A household event is processed when every household it ever concerned has folded it in."""
    row = await snapshot.fetchrow(
        """
        WITH asked AS (
            SELECT e.source, e.external_id, r.recorded_at
            FROM household_events e JOIN recordings r USING (recording_id)
            WHERE e.event_id = $1),
        concerned AS (
            SELECT DISTINCT e.household_id FROM asked JOIN household_events e
                USING (source, external_id)
            JOIN recordings r ON r.recording_id = e.recording_id
            WHERE e.household_id IS NOT NULL AND r.recorded_at <= asked.recorded_at)
        SELECT (SELECT recorded_at FROM asked) AS recorded_at,
            (SELECT bool_and(coalesce(h.folded_through, '-infinity') >= asked.recorded_at)
             FROM asked, concerned LEFT JOIN households h USING (household_id)) AS folded,
            (SELECT min(q.reason) FROM concerned JOIN quarantine q ON q.item = household_id
             WHERE q.state = 'open') AS reason
        """,
        event_id,
    )
    if row is None or row["recorded_at"] is None:
        return None
    # A withdrawal of something never seen concerns no household: nothing is left to do.
    done = row["folded"] is None or row["folded"]
    state: State = "processed" if done else "quarantined" if row["reason"] else "accepted"
    reason = row["reason"] if state == "quarantined" else None
    return EventState(event_id, "household-events", state, row["recorded_at"], reason)


async def _of_other_doors(snapshot: Snapshot, event_id: UUID) -> EventState | None:
    """Area facts and articles have their whole effect when they are stored."""
    row = await snapshot.fetchrow(
        """
        SELECT f.door, r.recorded_at FROM (
            SELECT 'area-facts' AS door, recording_id FROM area_facts WHERE event_id = $1
            UNION ALL
            SELECT 'articles', recording_id FROM articles WHERE event_id = $1) f
        JOIN recordings r USING (recording_id)
        """,
        event_id,
    )
    return None if row is None else EventState(event_id, row[0], "processed", row[1])
