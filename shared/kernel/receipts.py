"""What became of an event: accepted, processed (every effect committed), or quarantined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.kernel.database import Snapshot

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
        or await _of_article(snapshot, event_id)
        or await _of_reference_figure(snapshot, event_id)
        or await _of_area_fact(snapshot, event_id)
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


async def _of_article(snapshot: Snapshot, event_id: UUID) -> EventState | None:
    """An article is processed when it has been read since, as far as it was revised by then."""
    row = await snapshot.fetchrow(
        """
        SELECT r.recorded_at,
            coalesce((SELECT reviewed_through >= r.recorded_at FROM reviewed_subjects
                      WHERE subject = 'article:' || a.article_id), false) AS read,
            (SELECT min(reason) FROM quarantine
             WHERE item = a.article_id::text AND state = 'open') AS reason
        FROM articles a JOIN recordings r USING (recording_id) WHERE a.event_id = $1
        """,
        event_id,
    )
    if row is None:
        return None
    return _state(event_id, "articles", row["recorded_at"], row["read"], row["reason"])


async def _of_reference_figure(snapshot: Snapshot, event_id: UUID) -> EventState | None:
    """An official figure is processed when every article about its areas has been read since.

    Articles that are read later for the first time see it anyway.
    """
    row = await snapshot.fetchrow(
        """
        WITH asked AS (
            SELECT e.event_id, e.source, e.external_id, r.recorded_at
            FROM reference_figures e JOIN recordings r USING (recording_id)
            WHERE e.event_id = $1),
        concerned AS (
            SELECT DISTINCT f.article_id FROM asked
            JOIN reference_figures e USING (source, external_id)
            JOIN recordings r ON r.recording_id = e.recording_id
            JOIN figures f ON f.area_id = e.area_id AND f.known_to IS NULL
            WHERE r.recorded_at <= asked.recorded_at)
        SELECT asked.recorded_at,
            (SELECT bool_and(coalesce(v.reviewed_through, '-infinity') >= asked.recorded_at)
             FROM concerned c
             LEFT JOIN reviewed_subjects v ON v.subject = 'article:' || c.article_id) AS read,
            (SELECT min(reason) FROM quarantine WHERE state = 'open' AND (
                item = asked.event_id::text
                OR item IN (SELECT article_id::text FROM concerned))) AS reason
        FROM asked
        """,
        event_id,
    )
    if row is None:
        return None
    done = row["read"] is None or row["read"]
    return _state(event_id, "reference-figures", row["recorded_at"], done, row["reason"])


async def _of_area_fact(snapshot: Snapshot, event_id: UUID) -> EventState | None:
    """Area facts have their whole effect when they are stored."""
    at = await snapshot.fetchval(
        "SELECT r.recorded_at FROM area_facts f JOIN recordings r USING (recording_id) "
        "WHERE f.event_id = $1",
        event_id,
    )
    return None if at is None else EventState(event_id, "area-facts", "processed", at)
