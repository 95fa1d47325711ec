"""What a rebuild reads: ranges of households, and what is stored of each to compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from shared.households.store.rows import EpisodeRow, TransitionRow
from shared.kernel.database import Snapshot

# When a change waits for its day is no part of what is known.
_EPISODE = [name for name in EpisodeRow._fields if name != "due_on"]
_TRANSITION = TransitionRow._fields
# Results without events are looked for too.
_KNOWN = """
SELECT household_id FROM household_events WHERE household_id > $1 AND household_id <= $2
UNION SELECT household_id FROM episodes
WHERE household_id > $1 AND household_id <= $2 AND known_to IS NULL
UNION SELECT household_id FROM transitions WHERE household_id > $1 AND household_id <= $2
"""
# Not yet worked off: their stored timeline is rightly behind their events.
_PENDING = """
SELECT DISTINCT e.household_id FROM household_events e
JOIN recordings r USING (recording_id) LEFT JOIN households h USING (household_id)
WHERE e.household_id > $1 AND e.household_id <= $2
    AND r.recorded_at > coalesce(h.folded_through, '-infinity')
"""
# Behind every id that a door takes.
END = "\x7f"


async def share(snapshot: Snapshot) -> str:
    """Return the name by which other connections read the very same snapshot."""
    await snapshot.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    name: str = await snapshot.fetchval("SELECT pg_export_snapshot()")
    return name


async def take(snapshot: Snapshot, name: str) -> None:
    """Read from now on what the connection reads that shared its snapshot."""
    await snapshot.execute(f"SET TRANSACTION SNAPSHOT '{name}'")
    await snapshot.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")


async def ranges(snapshot: Snapshot, size: int, after: str) -> list[tuple[str, str]]:
    """Return ranges (after, through] of so many households each that cover all behind `after`."""
    rows = await snapshot.fetch(
        "SELECT household_id FROM (SELECT household_id, row_number() OVER (ORDER BY household_id) "
        "AS number FROM households WHERE household_id > $1) n WHERE number % $2 = 0 ORDER BY 1",
        after,
        size,
    )
    bounds = [after, *(row[0] for row in rows), END]
    return list(pairwise(bounds))


async def households(snapshot: Snapshot, after: str, through: str) -> tuple[list[str], int]:
    """Return the households of a range that are worked off, and how many are not yet."""
    known = [row[0] for row in await snapshot.fetch(f"{_KNOWN} ORDER BY 1", after, through)]
    pending = {row[0] for row in await snapshot.fetch(_PENDING, after, through)}
    return [household for household in known if household not in pending], len(pending)


async def standing(snapshot: Snapshot, household_ids: Sequence[str]) -> list[TransitionRow]:
    """Return the transitions of these households that stand published, each as often as stored."""
    rows = await snapshot.fetch(
        f"SELECT {', '.join(_TRANSITION)} FROM transitions "
        "WHERE household_id = ANY($1::text[]) AND retracts IS NULL AND retracted_at IS NULL",
        household_ids,
    )
    return [
        TransitionRow._make(tuple(v) if isinstance(v, list) else v for v in values)
        for values in rows
    ]


def differing_episodes(
    stored: Sequence[EpisodeRow], rebuilt: Sequence[EpisodeRow], table: str = "episodes"
) -> list[str]:
    """Return, as sentences, the episodes that stand on one side only."""
    without_due = [[row[:-1] for row in side] for side in (stored, rebuilt)]
    return _differing(table, _EPISODE, *without_due)


def differing_transitions(
    stored: Sequence[TransitionRow], rebuilt: Sequence[TransitionRow]
) -> list[str]:
    """Return the same of transitions."""
    return _differing("transitions", _TRANSITION, stored, rebuilt)


def _differing(
    table: str, names: Sequence[str], stored: Sequence[Any], rebuilt: Sequence[Any]
) -> list[str]:
    if list(stored) == list(rebuilt):
        return []
    one, other = Counter(stored), Counter(rebuilt)
    sides = (("stored but not rebuilt", one - other), ("rebuilt but not stored", other - one))
    lines = [
        (row[0], row[1:4], f"{table}: {side}: {_readable(names, row)}")
        for side, rows in sides
        for row in rows.elements()
    ]
    return [line for _, _, line in sorted(lines, key=repr)]


def _readable(names: Sequence[str], values: Sequence[object]) -> str:
    pairs = zip(names, values, strict=True)
    return ", ".join(f"{name}={value}" for name, value in pairs if value is not None)
