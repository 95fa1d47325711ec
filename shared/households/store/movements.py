"""Flows of one list over a period: of what the ledger sums up, else from episodes in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from shared.households.recognised import corrected_flows
from shared.households.store import tallies
from shared.households.store.reads import differing, known
from shared.households.store.statistics import Source
from shared.households.tallies import ByStandardChange, Flows, flows_of
from shared.kernel.database import Snapshot

# A day's move comes before its change of status: what happens on the day happens where the
# household lives at its end. A closure is told where it lived before.
_FLOWS = """
WITH near AS MATERIALIZED (
    SELECT household_id, valid_from, valid_to, status, standard, entry,
        {area} AS inside, renumbered_area IS NOT NULL AS renumbered, {other} AS other_inside
    FROM ({held}) s),
days AS (
    SELECT *, lag(status) OVER own AS was, lag(standard) OVER own <> standard AS standard_changed,
        coalesce(lag(inside) OVER own, false) AS was_inside
    FROM near WINDOW own AS (PARTITION BY household_id ORDER BY valid_from)),
flows AS (
    SELECT *, valid_from > $1 AS new, was IS NOT DISTINCT FROM $3 AS listed,
        status IS NOT DISTINCT FROM $3 AS lists, status IS NOT DISTINCT FROM 'closed' AS ends
    FROM days),
kinds AS (
    SELECT *, new AND inside AND listed AND NOT lists AND NOT ends AS leaves,
        new AND inside AND NOT listed AND lists AS enters, new AND was_inside AND listed AND ends
        AS ended, new AND NOT ends AND listed AS moves
    FROM flows)
SELECT
    (SELECT at FROM knowledge_clock),
    count(*) FILTER (WHERE valid_from <= $1 AND inside AND lists),
    count(*) FILTER (WHERE leaves),
    count(*) FILTER (WHERE enters AND entry = 'relapsed'),
    count(*) FILTER (WHERE enters AND entry = 'newly_arisen'),
    count(*) FILTER (WHERE moves AND inside AND NOT was_inside
        OR enters AND renumbered AND NOT other_inside),
    count(*) FILTER (WHERE moves AND NOT inside AND was_inside
        OR ended AND renumbered AND NOT other_inside),
    count(*) FILTER (WHERE ended AND NOT renumbered),
    count(*) FILTER (
        WHERE (valid_to IS NULL OR valid_to > $2) AND inside AND lists),
    count(*) FILTER (WHERE enters AND renumbered AND other_inside),
    count(*) FILTER (WHERE leaves AND standard_changed),
    count(*) FILTER (WHERE enters AND entry = 'relapsed' AND standard_changed),
    count(*) FILTER (WHERE enters AND entry = 'newly_arisen' AND standard_changed)
FROM kinds
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
    source: Source = known,
) -> Moved:
    """Return the same from every household's episodes in the period."""
    parameters: list[Any] = [period[0], period[1], listed]
    where, inside = _PERIOD, dict.fromkeys(("area", "other"), "true")
    at = None
    if known_at is not None:
        parameters.append(known_at)
        at = f"${len(parameters)}"
    if communes is not None:
        parameters.append(communes)
        column = f"coalesce(%s = ANY(${len(parameters)}::int[]), false)"
        inside = {"area": column % "area_id", "other": column % "renumbered_area"}
        touched = source(f"area_id = ANY(${len(parameters)}::int[])", at)
        where += f" AND household_id IN (SELECT household_id FROM ({touched}) t)"
    sql = _FLOWS.format(held=source(where, at), **inside)
    [(at, *numbers)] = await snapshot.fetch(sql, *parameters)
    start, left, relapsed, newly_arisen, moved_in, moved_out, closed, end = numbers[:8]
    flows = Flows(start, left, relapsed, newly_arisen, moved_in, moved_out, closed, end)
    changed = ByStandardChange(*numbers[9:])
    return Moved(replace(flows, renumbered=numbers[8], by_standard_change=changed), at)


async def recognised(
    snapshot: Snapshot,
    moved: Moved,
    communes: Sequence[int] | None,
    listed: str,
    period: tuple[date, date],
    known_at: datetime | None,
) -> Flows:
    """Return the flows by what was recognised: corrected by the few households that differ."""
    asked = snapshot, communes, listed, period, known_at or moved.at
    by_figures = await scan(*asked, partial(differing, basis="computed"))
    by_decision = await scan(*asked, partial(differing, basis="recognised"))
    return corrected_flows(moved.flows, by_figures.flows, by_decision.flows)
