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
    return (
        await _of_household(snapshot, event_id)
        or await _of_money(snapshot, event_id)
        or await _of_other_doors(snapshot, event_id)
    )


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
    return _state(event_id, "household-events", row["recorded_at"], done, row["reason"])


# What the workers review because of a fact: of every revision of it that was stored by then.
_CONCERNED = """
    SELECT 'fund:' || f.fund_id AS subject
    FROM asked JOIN funds f USING (source, external_id) JOIN recordings r USING (recording_id)
    WHERE asked.door = 'funds' AND f.fund_id IS NOT NULL AND r.recorded_at <= asked.recorded_at
    UNION SELECT 'fund:' || s.fund_id
    FROM asked JOIN support_records s USING (source, external_id)
    JOIN recordings r USING (recording_id)
    WHERE asked.door = 'support-records' AND s.fund_id IS NOT NULL
        AND r.recorded_at <= asked.recorded_at
    UNION SELECT unnest(ARRAY['fund:' || a.fund_id, 'household:' || l.line])
    FROM asked JOIN disbursements d USING (source, external_id)
    JOIN recordings r USING (recording_id) JOIN allocation_runs a ON a.run_id = d.run_id
    LEFT JOIN allocation_lines l
        ON l.run_id = d.run_id AND l.line = d.line AND l.content IS NOT NULL
    WHERE asked.door = 'disbursements' AND r.recorded_at <= asked.recorded_at
"""


async def _of_money(snapshot: Snapshot, event_id: UUID) -> EventState | None:
    """A fact about money is processed when the findings of all it concerns take it in."""
    row = await snapshot.fetchrow(
        f"""
        WITH asked AS (
            SELECT e.door, e.source, e.external_id, r.recorded_at FROM (
                SELECT 'funds' AS door, source, external_id, recording_id
                FROM funds WHERE event_id = $1
                UNION ALL SELECT 'disbursements', source, external_id, recording_id
                FROM disbursements WHERE event_id = $1
                UNION ALL SELECT 'support-records', source, external_id, recording_id
                FROM support_records WHERE event_id = $1) e
            JOIN recordings r USING (recording_id)),
        concerned AS (SELECT subject FROM ({_CONCERNED}) c WHERE subject IS NOT NULL)
        SELECT asked.door, asked.recorded_at,
            (SELECT bool_and(coalesce(v.reviewed_through, '-infinity') >= asked.recorded_at)
             FROM concerned LEFT JOIN reviewed_subjects v USING (subject)) AS reviewed,
            (SELECT min(q.reason) FROM concerned JOIN quarantine q ON q.item = subject
             WHERE q.state = 'open') AS reason
        FROM asked
        """,
        event_id,
    )
    if row is None:
        return None
    # Support without a fund, and a withdrawal of something never seen, concern nobody.
    done = row["reviewed"] is None or row["reviewed"]
    return _state(event_id, row["door"], row["recorded_at"], done, row["reason"])


def _state(
    event_id: UUID, door: str, recorded_at: datetime, done: bool, reason: str | None
) -> EventState:
    state: State = "processed" if done else "quarantined" if reason else "accepted"
    return EventState(
        event_id, door, state, recorded_at, reason if state == "quarantined" else None
    )


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
