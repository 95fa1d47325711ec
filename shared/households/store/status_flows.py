"""Where the households of a place went between two days: as the ledger sums up, else counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from shared.households.status_flows import StatusFlow, corrected, flows, flows_of, period_summed
from shared.households.store import tallies
from shared.households.store.year_end import Register
from shared.kernel.database import Snapshot


class Went(NamedTuple):
    """The flows of a place, and the instant of the last commit that they were made of."""

    flows: Sequence[StatusFlow]
    at: datetime


async def summed(
    snapshot: Snapshot,
    communes: Sequence[int] | None,
    units: Sequence[int] | None,
    period: tuple[date, date],
    known_at: datetime | None,
) -> Went | None:
    """Return the flows by figures in some communes (None: all), by the summed `units` they make up.

    None: they make up none, the period does not begin with a year, or a scan is quicker.
    """
    if units is None or not period_summed(*period):
        return None
    totals = await tallies.totals_since(snapshot, units, communes, period, known_at)
    return None if totals is None else Went(flows_of(totals.amounts, communes), totals.at)


def _on(day: str) -> str:
    return f"valid_from <= {day} AND (valid_to IS NULL OR valid_to > {day})"


async def scan(snapshot: Snapshot, register: Register, period: tuple[date, date]) -> Went:
    """Return the same from every household's episodes on both days, by either basis.

    A household that stood `elsewhere` on both days is in none.

    What has ended is told by its place before: the end itself lies nowhere.
    """
    given: list[Any] = [*period]
    first = register.held(f"status IS DISTINCT FROM 'closed' AND {_on('$1')}", given)
    last = register.held(f"status IS DISTINCT FROM 'closed' AND {_on('$2')}", given)
    ended = register.of_households(f"status = 'closed' AND {_on('$2')}", given)
    rows = await snapshot.fetch(
        f"""
        WITH before AS MATERIALIZED ({first}), after AS MATERIALIZED ({last}),
        ended AS MATERIALIZED ({ended}),
        ways AS (
        SELECT CASE WHEN b.household_id IS NULL THEN 'elsewhere'
                ELSE coalesce(b.status, 'unclassed') END,
            CASE WHEN a.household_id IS NOT NULL THEN coalesce(a.status, 'unclassed')
                WHEN e.household_id IS NOT NULL THEN 'closed' ELSE 'elsewhere' END,
            count(*)::int
        FROM before b FULL JOIN after a USING (household_id)
            LEFT JOIN ended e USING (household_id)
        GROUP BY 1, 2)
        SELECT k.at, w.* FROM knowledge_clock k LEFT JOIN ways w ON true
        """,
        *given,
    )
    ways = {(before, after): number for _, before, after, number in rows if number}
    return Went(flows(ways), rows[0][0])


async def recognised(
    snapshot: Snapshot, went: Went, register: Register, period: tuple[date, date]
) -> list[StatusFlow]:
    """Return the flows by what was recognised: corrected by the few households that differ."""
    few = replace(register, known_at=register.known_at or went.at, differing=True)
    by_figures = await scan(snapshot, replace(few, basis="computed"), period)
    by_decision = await scan(snapshot, replace(few, basis="recognised"), period)
    return corrected(went.flows, by_figures.flows, by_decision.flows)
