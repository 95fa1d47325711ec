"""What became of a fact: accepted, processed (every effect committed), or quarantined.

Each kind of fact says in SQL what it concerns: the rows (through, item) of everything that has to
take it in, how far that has got, and what it is called in quarantine. It reads `asked` (the
revision) and `revised` (every revision of that fact stored by then). A kind that concerns nothing
has its whole effect when it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.kernel.database import Snapshot
from shared.kernel.facts import FactKind

State = Literal["accepted", "processed", "quarantined"]


@dataclass(frozen=True, slots=True)
class EventState:
    """The receipt of a stored revision."""

    event_id: UUID
    door: str
    state: State
    recorded_at: datetime
    reason: str | None = None


def reviewed(items: str, subject: str = "item") -> str:
    """Return the SQL of what items concern that workers review; `subject` is what they review."""
    return f"""
        SELECT v.reviewed_through AS through, c.item
        FROM ({items}) c LEFT JOIN reviewed_subjects v ON v.subject = c.{subject}
    """


async def find(
    snapshot: Snapshot, concerned: Mapping[FactKind, str | None], event_id: UUID
) -> EventState | None:
    """Return the state of a revision of any of these kinds, None if it was never accepted."""
    kind = await _kind(snapshot, concerned, event_id)
    if kind is None:
        return None
    row = await snapshot.fetchrow(_state(kind, concerned[kind]), event_id)
    if row is None:
        return None
    recorded_at, done, reason = row
    state: State = "processed" if done else "quarantined" if reason else "accepted"
    shown = reason if state == "quarantined" else None
    return EventState(event_id, kind.name, state, recorded_at, shown)


async def _kind(
    snapshot: Snapshot, kinds: Mapping[FactKind, str | None], event_id: UUID
) -> FactKind | None:
    by_name = {kind.name: kind for kind in kinds}
    tables = (
        f"SELECT '{kind.name}' FROM {kind.table} JOIN recordings USING (recording_id) "
        "WHERE event_id = $1"
        for kind in kinds
    )
    name = await snapshot.fetchval(" UNION ALL ".join(tables), event_id)
    return None if name is None else by_name[name]


def _state(kind: FactKind, concerned: str | None) -> str:
    """Return the SQL of (recorded_at, done, reason); what concerns nobody is done."""
    nothing = "SELECT NULL::timestamptz AS through, NULL::text AS item WHERE false"
    return f"""
        WITH asked AS (
            SELECT e.event_id, e.source, e.external_id, r.recorded_at
            FROM {kind.table} e JOIN recordings r USING (recording_id) WHERE e.event_id = $1),
        revised AS (
            SELECT e.* FROM asked a JOIN {kind.table} e USING (source, external_id)
            JOIN recordings r ON r.recording_id = e.recording_id
            WHERE r.recorded_at <= a.recorded_at),
        concerned AS ({concerned or nothing})
        SELECT recorded_at,
            (SELECT coalesce(bool_and(coalesce(through, '-infinity') >= recorded_at), true)
             FROM concerned),
            (SELECT min(q.reason) FROM concerned JOIN quarantine q USING (item)
             WHERE q.state = 'open')
        FROM asked
    """
