"""Near-poor and recently exited households of a place on a day, what was before and what came."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.households.relapse_watch import Watched
from shared.households.store.reads import known
from shared.households.store.year_end import Register
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS

_LISTS = ", ".join(f"'{name}'" for name in LISTS)
_ON_DAY = (
    "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) "
    "AND status IN ('near_poor', 'recently_exited') AND spell_from IS NOT NULL"
)
_BEFORE = f"household_id = h.household_id AND status IN ({_LISTS}) AND valid_from < h.spell_from"
# Back is who is poor again, or on any list again after having left both.
_AFTER = (
    "household_id = h.household_id AND valid_from > $1 AND valid_from <= $2 "
    f"AND (status = 'poor' OR h.status = 'recently_exited' AND status IN ({_LISTS}))"
)


async def watched(snapshot: Snapshot, register: Register, day: date, until: date) -> list[Watched]:
    """Return who is watched on a day; whether one came back is looked at up to another one."""
    given: list[Any] = [day, until]
    held = register.held(_ON_DAY, given)
    at = None if register.known_at is None else "$3"
    rows = await snapshot.fetch(
        f"""
        SELECT h.household_id, h.area_id, h.status, h.spell_from, h.area_type,
            (e.payload ->> 'income_vnd')::bigint, cardinality(h.deprived),
            (e.payload ->> 'no_labour_capacity')::bool, (e.payload ->> 'household_size')::int,
            coalesce(b.times, 0), b.ended, EXISTS ({known(_AFTER, at, basis=register.basis)})
        FROM ({held}) h
        LEFT JOIN household_events e ON e.event_id = h.assessment
        LEFT JOIN LATERAL (
            SELECT count(*)::int AS times, max(spell_to) AS ended FROM (
                SELECT DISTINCT spell_from, spell_to
                FROM ({known(_BEFORE, at, basis=register.basis)}) o) s) b ON true
        ORDER BY h.household_id COLLATE "C"
        """,
        *given,
    )
    return [Watched(*row) for row in rows]
