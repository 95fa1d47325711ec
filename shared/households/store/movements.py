"""Flows of one list over a period: of what the ledger sums up, else from episodes in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from shared.households.store import tallies
from shared.households.store.reads import known
from shared.households.tallies import Flows, flows_of
from shared.kernel.database import Snapshot

# A day's move comes before its change of status: what happens on the day happens where the
# household lives at its end. A closure is told where it lived before.
_FLOWS = """
WITH near AS MATERIALIZED (
    SELECT household_id, valid_from, valid_to, status, entry, {inside} AS inside
    FROM ({held}) s),
days AS (
    SELECT valid_from, valid_to, status, entry, inside, lag(status) OVER own AS was,
        coalesce(lag(inside) OVER own, false) AS was_inside
    FROM near WINDOW own AS (PARTITION BY household_id ORDER BY valid_from)),
flows AS (
    SELECT *, valid_from > $1 AS new, was IS NOT DISTINCT FROM $3 AS listed,
        status IS NOT DISTINCT FROM $3 AS lists, status IS NOT DISTINCT FROM 'closed' AS ends
    FROM days)
SELECT
    (SELECT at FROM knowledge_clock),
    count(*) FILTER (WHERE valid_from <= $1 AND inside AND lists),
    count(*) FILTER (WHERE new AND inside AND listed AND NOT lists AND NOT ends),
    count(*) FILTER (WHERE new AND inside AND NOT listed AND lists AND entry = 'relapsed'),
    count(*) FILTER (WHERE new AND inside AND NOT listed AND lists AND entry = 'newly_arisen'),
    count(*) FILTER (WHERE new AND inside AND NOT was_inside AND listed AND NOT ends),
    count(*) FILTER (WHERE new AND NOT inside AND was_inside AND listed AND NOT ends),
    count(*) FILTER (WHERE new AND was_inside AND listed AND ends),
    count(*) FILTER (
        WHERE (valid_to IS NULL OR valid_to > $2) AND inside AND lists)
FROM flows
"""
_PERIOD = "valid_from <= $2 AND (valid_to IS NULL OR valid_to > $1)"


class Moved(NamedTuple):
    """The flows of some communes, and the instant of the last commit that they were made of."""

    flows: Flows
    at: datetime


async def summed(
    snapshot: Snapshot,
    communes: Sequence[int] | None,
    units: Sequence[int] | None,
    listed: str,
    period: tuple[date, date],
    known_at: datetime | None,
) -> Moved | None:
    """Return the flows of a list with period[0] < day <= period[1] in some communes (None: all).

    From the ledger, by the summed `units` that the communes make up, if they do. None: it cannot
    tell them, or a scan is quicker.
    """
    if units is None:
        return None
    end = await tallies.totals(snapshot, units, communes, period[1], known_at)
    if end is None:
        return None
    # As known at the end's instant: both are of one moment even without a common snapshot.
    start = await tallies.totals(snapshot, units, communes, period[0], known_at or end.at)
    if start is None:
        return None
    return Moved(flows_of(start.amounts, end.amounts, listed, communes), end.at)


async def scan(
    snapshot: Snapshot,
    communes: Sequence[int] | None,
    listed: str,
    period: tuple[date, date],
    known_at: datetime | None,
) -> Moved:
    """Return the same from every household's episodes in the period."""
    parameters: list[Any] = [period[0], period[1], listed]
    where, inside = _PERIOD, "true"
    at = None
    if known_at is not None:
        parameters.append(known_at)
        at = f"${len(parameters)}"
    if communes is not None:
        parameters.append(communes)
        inside = f"coalesce(area_id = ANY(${len(parameters)}::int[]), false)"
        touched = known(f"area_id = ANY(${len(parameters)}::int[])", at)
        where += f" AND household_id IN (SELECT household_id FROM ({touched}) t)"
    sql = _FLOWS.format(held=known(where, at), inside=inside)
    [(at, *numbers)] = await snapshot.fetch(sql, *parameters)
    return Moved(Flows(*numbers), at)
