"""What became of a fact: accepted, processed (every effect committed), or quarantined.

Each kind of fact says in SQL what it concerns: the rows (through, item) of everything that has to
take it in, how far that has got, and what it is called in quarantine. It reads `asked` (the
revision) and `revised` (every revision of that fact stored by then). A kind that concerns nothing
has its whole effect when it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.kernel.database import Snapshot
from shared.kernel.facts import FactKind
from shared.kernel.reconciliation import Late, not_aside
from shared.kernel.revisions import FactKey

State = Literal["accepted", "processed", "quarantined"]


@dataclass(frozen=True, slots=True)
class EventState:
    """The receipt of a stored revision."""

    event_id: UUID
    door: str
    state: State
    recorded_at: datetime
    key: FactKey
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
    recorded_at, done, reason, *key = row
    state: State = "processed" if done else "quarantined" if reason else "accepted"
    shown = reason if state == "quarantined" else None
    return EventState(event_id, kind.name, state, recorded_at, (key[0], key[1]), shown)


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


async def late(
    snapshot: Snapshot,
    kind: FactKind,
    concerned: str,
    since: datetime | None,
    until: datetime,
    limit: int,
) -> list[Late]:
    """Return what has not taken in a fact recorded after `since` up to `until`, oldest first.

    What is in quarantine waits for a decision and is not late.
    """
    rows = await snapshot.fetch(
        f"""
        SELECT c.item, min(f.recorded_at)
        FROM (SELECT e.event_id, e.source, e.external_id, r.recorded_at
              FROM recordings r JOIN {kind.table} e USING (recording_id)
              WHERE r.recorded_at > coalesce($1, '-infinity'::timestamptz) AND r.recorded_at <= $2
                  AND '{kind.name}' = ANY(string_to_array(r.door, ','))) f
        CROSS JOIN LATERAL ({_behind(kind, concerned)}) c
        WHERE {not_aside("c.item")}
        GROUP BY c.item ORDER BY min(f.recorded_at), c.item LIMIT $3
        """,
        since,
        until,
        limit,
    )
    return [Late(*row) for row in rows]


async def processed(
    snapshot: Snapshot, kind: FactKind, concerned: str, event_ids: Sequence[UUID]
) -> bool:
    """Say whether every effect of these stored revisions is committed."""
    behind: bool = await snapshot.fetchval(
        f"""
        SELECT EXISTS (
            SELECT 1
            FROM (SELECT e.event_id, e.source, e.external_id, r.recorded_at
                  FROM {kind.table} e JOIN recordings r USING (recording_id)
                  WHERE e.event_id = ANY($1::uuid[])) f
            CROSS JOIN LATERAL ({_behind(kind, concerned)}) c)
        """,
        event_ids,
    )
    return not behind


def _behind(kind: FactKind, concerned: str) -> str:
    """Return the SQL of the items that have not taken in the revision `f`."""
    return f"""
        WITH asked AS (SELECT f.event_id, f.source, f.external_id, f.recorded_at),
        {_revised(kind)},
        concerned AS ({concerned})
        SELECT item FROM concerned WHERE coalesce(through, '-infinity') < f.recorded_at
    """


def _revised(kind: FactKind) -> str:
    return f"""
        revised AS (
            SELECT e.* FROM asked a JOIN {kind.table} e USING (source, external_id)
            JOIN recordings r ON r.recording_id = e.recording_id
            WHERE r.recorded_at <= a.recorded_at)
    """


def _state(kind: FactKind, concerned: str | None) -> str:
    """Return the SQL of a receipt and of its fact's key; what concerns nobody is done."""
    nothing = "SELECT NULL::timestamptz AS through, NULL::text AS item WHERE false"
    return f"""
        WITH asked AS (
            SELECT e.event_id, e.source, e.external_id, r.recorded_at
            FROM {kind.table} e JOIN recordings r USING (recording_id) WHERE e.event_id = $1),
        {_revised(kind)},
        concerned AS ({concerned or nothing})
        SELECT recorded_at,
            (SELECT coalesce(bool_and(coalesce(through, '-infinity') >= recorded_at), true)
             FROM concerned),
            (SELECT min(q.reason) FROM concerned JOIN quarantine q USING (item)
             WHERE q.state = 'open'), source, external_id
        FROM asked
    """
