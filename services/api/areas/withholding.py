"""What statistics keep back from callers who may not read households: small cells, companions."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from shared.areas.reach import summed_units
from shared.areas.tree import AreaTree, Unit
from shared.households.small_cells import is_small, withheld, withheld_statuses
from shared.households.statistics import MAJORITY, STATUSES, summed
from shared.households.store.list_counts import listed
from shared.households.store.statistics import counts
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS

if TYPE_CHECKING:
    from services.api.areas.statistics import AreaStatistics, Counts, IndicatorCounts, Rates

Cell = tuple[Hashable, ...]
Hidden = Collection[Cell]
Counted = TypeVar("Counted", bound=Struct)


class Beside:
    """Tells of units which of their counts are withheld, looking at those beside them once."""

    def __init__(self, units: AreaTree, snapshot: Snapshot, known_at: datetime | None) -> None:
        """All on one snapshot and as known at one instant."""
        self._units = units
        self._snapshot = snapshot
        self._known_at = known_at
        self._counted: dict[tuple[int, date], dict[str, dict[str, int]]] = {}

    async def statuses(self, unit: Unit, own: Counts, day: date) -> Collection[str]:
        """Return the statuses whose count is withheld of a unit that counts `own`."""
        parent = self._units.parent(unit)
        if parent is None:
            return [status for status in STATUSES if is_small(own.of_status(status))]
        key = parent.area_id, day
        if key not in self._counted:
            self._counted[key] = await self._count(parent, day)
        counted = self._counted[key]
        return withheld_statuses(summed_statuses(counted.values()), counted, unit.code)

    async def _count(self, parent: Unit, day: date) -> dict[str, dict[str, int]]:
        """Return what the units below a parent count, by code."""
        tree = self._units
        below = {unit.code: tree.members(unit, day) for unit in tree.children(parent, day)}
        units = {code: summed_units(tree, communes) for code, communes in below.items()}
        # What the ledger sums up is asked of it; the others are counted together.
        others = [below[code] for code, summed_up in units.items() if summed_up is None]
        reported: Mapping[int, Mapping[str, int]] = {}
        if others:
            communes = sorted(frozenset().union(*others))
            reported = await listed(self._snapshot, day, self._known_at, communes, STATUSES)
        counted: dict[str, dict[str, int]] = {}
        for code, members in below.items():
            if units[code] is None:
                counted[code] = summed(reported, members)
            else:
                counted[code] = await self._summed_up(sorted(members), units[code], day)
        return counted

    async def _summed_up(
        self, communes: Sequence[int], units: Sequence[int] | None, day: date
    ) -> dict[str, int]:
        counted = await counts(self._snapshot, communes, units, day, self._known_at)
        return dict(counted.by_status)


def summed_statuses(units: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sums per status of units that make up another one."""
    numbered = dict(enumerate(units))
    return summed(numbered, numbered)


def withhold(statistics: AreaStatistics, statuses: Collection[str]) -> AreaStatistics:
    """Return the statistics without small cells; `statuses` are withheld of the unit as a whole."""
    hidden = _hidden(statistics, statuses)
    counts = _counts(statistics.counts, hidden, ("all",))
    bare = {"registered": None, "unregistered": None} if counts.withheld else {}
    minority = _counts(statistics.minority.counts, hidden, ("minority",))
    return replace(
        statistics,
        counts=counts,
        rates=_rates(statistics.rates, counts),
        minority=replace(
            statistics.minority,
            counts=minority,
            rates=_rates(statistics.minority.rates, minority),
        ),
        by_ethnicity=[
            replace(each, counts=_counts(each.counts, hidden, ("ethnic", each.ethnic_group)))
            for each in statistics.by_ethnicity
        ],
        by_area_type=[
            replace(each, counts=_counts(each.counts, hidden, ("type", each.area_type)))
            for each in statistics.by_area_type
        ],
        by_indicator=_indicators(statistics.by_indicator),
        **bare,
    )


def _hidden(statistics: AreaStatistics, statuses: Collection[str]) -> frozenset[Cell]:
    """Return the cells by group and status that are withheld."""
    groups = _groups(statistics)
    cells = {
        (*group, status): counts.of_status(status)
        for group, counts in groups.items()
        for status in STATUSES
    }
    totals = _totals(groups)
    sums = [[(*group, status) for group in parts] for status in STATUSES for parts in totals]
    return withheld(cells, sums, {("all", status): status in statuses for status in STATUSES})


def _groups(statistics: AreaStatistics) -> dict[Cell, Counts]:
    groups: dict[Cell, Counts] = {("all",): statistics.counts}
    groups[("minority",)] = statistics.minority.counts
    groups |= {("ethnic", each.ethnic_group): each.counts for each in statistics.by_ethnicity}
    return groups | {("type", each.area_type): each.counts for each in statistics.by_area_type}


def _totals(groups: Collection[Cell]) -> list[list[Cell]]:
    """Return groups that a reader can work out from one another: a total and its parts."""
    ethnic = [group for group in groups if group[0] == "ethnic"]
    others = [group for group in ethnic if group[1] in (None, MAJORITY)]
    types = [group for group in groups if group[0] == "type"]
    minorities = [group for group in ethnic if group not in others]
    return [
        [("all",), ("minority",), *others],
        [("minority",), *minorities],
        [("all",), *types],
    ]


def _counts(counts: Counts, hidden: Hidden, group: Cell) -> Counts:
    return without(counts, [status for status in STATUSES if (*group, status) in hidden])


def without(counted: Counted, names: Iterable[str]) -> Counted:
    """Return counts with these ones withheld."""
    nothing: dict[str, Any] = dict.fromkeys(names)
    return replace(counted, **nothing, withheld=True) if nothing else counted


def _rates(rates: Rates, counts: Counts) -> Rates:
    """Return the rates without those whose numerator is withheld, or would give it back."""
    missing = [name for name in LISTS if getattr(counts, name) is None]
    return without(rates, [*missing, "multidimensional"] if missing else [])


def _indicators(rows: list[IndicatorCounts]) -> list[IndicatorCounts]:
    """Return the indicators without small cells; a list's lone one has a companion as well."""
    cells: dict[Cell, int] = {
        (row.standard, row.code, name): getattr(row, name) or 0 for row in rows for name in LISTS
    }
    columns: dict[Cell, list[Cell]] = {}
    for standard, code, name in cells:
        columns.setdefault((standard, name), []).append((standard, code, name))
    hidden = withheld(cells, columns.values())
    return [
        without(row, [name for name in LISTS if (row.standard, row.code, name) in hidden])
        for row in rows
    ]
