"""Counts of an area's households on a day: of what the ledger sums up, else from episodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple, get_args

from shared.households.recognised import Basis, Recognition, corrected
from shared.households.store import tallies
from shared.households.store.reads import differing, known
from shared.households.tallies import Counts, counts_of
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS, Recognised

_LISTS = ", ".join(f"'{name}'" for name in LISTS)
_COUNTS = """
WITH held AS MATERIALIZED (
    SELECT status, standard, ethnic_group, area_type, deprived
    FROM ({held}) s WHERE status IS NOT NULL AND status <> 'closed'),
counted AS (
    SELECT CASE grouping(ethnic_group, area_type) WHEN 3 THEN 0 WHEN 1 THEN 1 ELSE 2 END,
        coalesce(ethnic_group, area_type), NULL, status, count(*)
    FROM held GROUP BY GROUPING SETS ((status), (status, ethnic_group), (status, area_type))
    UNION ALL
    SELECT 3, code, standard, status, count(*)
    FROM held, unnest(deprived) AS d (code)
    WHERE status IN ({lists}) GROUP BY code, standard, status)
SELECT k.at, c.* FROM knowledge_clock k LEFT JOIN counted c ON true
"""


class Counted(NamedTuple):
    """The counts of some communes, and the instant of the last commit that they were made of."""

    counts: Counts
    at: datetime


async def counts(
    snapshot: Snapshot,
    communes: Sequence[int] | None,
    units: Sequence[int] | None,
    as_of: date,
    known_at: datetime | None,
) -> Counts:
    """Return the counts of the registered households of some communes (None: all).

    `units`: the summed ones that the communes make up, if they do.
    """
    return (await counted(snapshot, communes, units, as_of, known_at)).counts


async def counted(
    snapshot: Snapshot,
    communes: Sequence[int] | None,
    units: Sequence[int] | None,
    as_of: date,
    known_at: datetime | None,
) -> Counted:
    """Return the same with the instant of the last commit seen."""
    by_ledger = await summed(snapshot, communes, units, as_of, known_at)
    return by_ledger or await scan(snapshot, communes, as_of, known_at)


async def summed(
    snapshot: Snapshot,
    communes: Sequence[int] | None,
    units: Sequence[int] | None,
    as_of: date,
    known_at: datetime | None,
) -> Counted | None:
    """Return them from the ledger; None: it cannot tell them, or a scan is quicker."""
    if units is None:
        return None
    totals = await tallies.totals(snapshot, units, communes, as_of, known_at)
    return None if totals is None else Counted(counts_of(totals.amounts), totals.at)


Source = Callable[[str, str | None], str]


async def scan(
    snapshot: Snapshot,
    communes: Sequence[int] | None,
    as_of: date,
    known_at: datetime | None,
    source: Source = known,
) -> Counted:
    """Return the same in one pass over the episodes."""
    parameters: list[Any] = [as_of]
    where = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"
    at = None
    if communes is not None:
        parameters.append(communes)
        where += f" AND area_id = ANY(${len(parameters)}::int[])"
    if known_at is not None:
        parameters.append(known_at)
        at = f"${len(parameters)}"
    rows = await snapshot.fetch(_COUNTS.format(held=source(where, at), lists=_LISTS), *parameters)
    counts = Counts()
    for _, kind, group, standard, status, number in rows:
        if kind == 0:
            counts.by_status.append((status, number))
        elif kind == 3:
            counts.by_indicator.append((standard, group, status, number))
        elif kind is not None:
            groups = counts.by_ethnicity if kind == 1 else counts.by_area_type
            groups.append((group, status, number))
    return Counted(counts, rows[0][0])


# Class by class: a household in its exit window is a non-poor one.
_CLASS = "CASE WHEN status IN ({lists}) THEN status ELSE 'non_poor' END"
_DECIDED = """
SELECT c.class, r.class, count(*)::int FROM
    (SELECT household_id, {cls} AS class FROM ({computed}) s WHERE status <> 'closed') c
JOIN (SELECT household_id, {cls} AS class FROM ({recognised}) s WHERE status <> 'closed') r
    USING (household_id)
WHERE c.class <> r.class GROUP BY 1, 2 ORDER BY 1, 2
"""


async def recognised(
    snapshot: Snapshot,
    counted: Counted,
    communes: Sequence[int] | None,
    as_of: date,
    known_at: datetime | None,
) -> Recognition:
    """Return the counts by what was recognised, and how many households were decided otherwise.

    What was counted is corrected by the few households in which both differ.
    """
    at = known_at or counted.at
    by_figures = await scan(snapshot, communes, as_of, at, partial(differing, basis="computed"))
    by_decision = await scan(snapshot, communes, as_of, at, partial(differing, basis="recognised"))
    counts = corrected(counted.counts, by_figures.counts, by_decision.counts)
    return Recognition(counts, await _decided(snapshot, communes, as_of, at))


async def _decided(
    snapshot: Snapshot, communes: Sequence[int] | None, as_of: date, at: datetime
) -> list[tuple[Recognised, Recognised, int]]:
    where = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"
    parameters: list[Any] = [as_of, at]
    if communes is not None:
        where += " AND area_id = ANY($3::int[])"
        parameters.append(communes)
    held = {basis: differing(where, "$2", basis) for basis in get_args(Basis)}
    sql = _DECIDED.format(cls=_CLASS.format(lists=_LISTS), **held)
    return [(row[0], row[1], row[2]) for row in await snapshot.fetch(sql, *parameters)]
