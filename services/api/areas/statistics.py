"""Statistics of an area: counts and rates on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from services.api.areas.areas import Code
from services.api.areas.basis import STATISTICS_BASIS, StatisticsBasis, check_basis
from services.api.areas.withholding import Beside, withhold
from shared.access.caller import HOUSEHOLDS_READ, STATISTICS_READ
from shared.areas import tree
from shared.areas.reach import summed_units, within
from shared.areas.tree import Level
from shared.households import statistics
from shared.households.statistics import MAJORITY, STATUSES
from shared.households.store import statistics as store
from shared.households.tallies import Count
from shared.households.tallies import Counts as Counted
from shared.http.ask import Ask, OnDay, from_row
from shared.http.heavy import TOO_MANY
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA
from shared.kernel.database import Snapshot
from shared.law.percent import Rate, rate
from shared.law.standards import LISTS, AreaType, Policy, Recognised

routes = Routes("areas")

Total = Annotated[
    int | None, Meta(description="All households, registered or not; null where not known.")
]


class AreaName(Struct, frozen=True):
    """The unit that was counted."""

    code: Annotated[str, Meta(description="Its code.")]
    name: Annotated[str, Meta(description="Its name in Vietnamese.")]
    level: Annotated[Level, Meta(description="Its level.")]

    @classmethod
    def of(cls, unit: tree.Unit) -> AreaName:
        """Return the name of a unit."""
        return cls(unit.code, unit.name, unit.level)


Withheld = Annotated[
    Literal[True] | UnsetType,
    Meta(
        description="There where a value is null because it is a small cell (1 to 4 households) or "
        "would give one back: the caller may not read households."
    ),
]


class Counts(Struct, frozen=True):
    """Registered households by status."""

    poor: Annotated[int | None, Meta(description="Poor households.")]
    near_poor: Annotated[int | None, Meta(description="Near-poor households.")]
    recently_exited: Annotated[
        int | None, Meta(description="Households recently exited from the lists.")
    ]
    non_poor: Annotated[int | None, Meta(description="All other households with a class.")]
    withheld: Withheld = UNSET

    @classmethod
    def of(cls, rows: Iterable[Count]) -> Counts:
        """Add up rows of (group, status, households)."""
        counts = dict.fromkeys(STATUSES, 0)
        for _, status, households in rows:
            counts[status] += households
        poor, near_poor, recently_exited, non_poor = (counts[status] for status in STATUSES)
        return cls(poor, near_poor, recently_exited, non_poor)

    @property
    def registered(self) -> int:
        """Return how many households are counted."""
        return sum(map(self.of_status, STATUSES))

    def of_status(self, status: str) -> int:
        """Return how many are counted in a status."""
        return getattr(self, status) or 0


class Rates(Struct, frozen=True):
    """Rates over all households; null where the base is not known."""

    poor: Annotated[Rate | None, Meta(description="Poor households.")]
    near_poor: Annotated[Rate | None, Meta(description="Near-poor households.")]
    multidimensional: Annotated[Rate | None, Meta(description="Poor and near-poor together.")]
    withheld: Withheld = UNSET

    @classmethod
    def of(cls, counts: Counts, total: int | None) -> Rates:
        """Return the rates of counted households over a base."""
        poor, near_poor = map(counts.of_status, LISTS)
        return cls(rate(poor, total), rate(near_poor, total), rate(poor + near_poor, total))


class Minority(Struct, frozen=True):
    """Households of every ethnic group but Kinh."""

    households_total: Total
    counts: Annotated[Counts, Meta(description="Registered ones by status.")]
    rates: Annotated[Rates, Meta(description="Rates over all minority households.")]


class EthnicCounts(Struct, frozen=True):
    """Households of one ethnic group."""

    ethnic_group: Annotated[str | None, Meta(description="Null where none was reported.")]
    counts: Annotated[Counts, Meta(description="Registered ones by status.")]


class AreaTypeCounts(Struct, frozen=True):
    """Rural or urban households."""

    area_type: Annotated[AreaType | None, Meta(description="Null where none was reported.")]
    counts: Annotated[Counts, Meta(description="Registered ones by status.")]


class IndicatorCounts(Struct, frozen=True):
    """Households on each list that are deprived in one indicator."""

    standard: Annotated[str, Meta(description="Id of the poverty standard.")]
    code: Annotated[str, Meta(description="Code of the indicator in the standard.")]
    key: Annotated[str, Meta(description="Its word in facts.")]
    name_en: Annotated[str, Meta(description="Its name in English.")]
    name_vi: Annotated[str, Meta(description="Its name in Vietnamese, as the law has it.")]
    poor: Annotated[int | None, Meta(description="Poor households that lack it.")]
    near_poor: Annotated[int | None, Meta(description="Near-poor households that lack it.")]
    withheld: Withheld = UNSET


class Base(Struct, frozen=True):
    """All households of the area, as area facts report them."""

    households_total: Annotated[int, Meta(description="All households, registered or not.")]
    on: Annotated[date, Meta(description="The day of the oldest fact in it.")]
    minority_households_total: Annotated[
        int | None, Meta(description="Those of minorities; null where a part is not known.")
    ]
    zone: Annotated[
        Literal["I", "II", "III"] | None,
        Meta(description="Zone of the commune by level of development; null: none stated."),
    ]
    attributes: Annotated[
        tuple[str, ...], Meta(description="What the law holds the unit for, such as `border`.")
    ]
    extremely_difficult_villages: Annotated[
        int | None, Meta(description="Villages in extreme difficulty; null: not stated.")
    ]
    source: Annotated[
        Literal["own", "children", "predecessors"],
        Meta(description="A fact of its own, or the sum of its parts or of what it was made of."),
    ]
    facts: Annotated[tuple[UUID, ...], Meta(description="The facts that it is made of.")]


class AreaStatistics(Struct, frozen=True):
    """An area's households on a day that stands beside it."""

    area: Annotated[AreaName, Meta(description="The unit that was counted.")]
    households_total: Total
    registered: Annotated[
        int | None,
        Meta(description="Households with a class in the register; null where a part is withheld."),
    ]
    counts: Annotated[Counts, Meta(description="Registered households by status.")]
    unregistered: Annotated[
        int | None, Meta(description="Base less registered; null where the base is not known.")
    ]
    rates: Annotated[Rates, Meta(description="Rates over all households.")]
    minority: Annotated[Minority, Meta(description="Those of every group but Kinh.")]
    by_ethnicity: Annotated[list[EthnicCounts], Meta(description="By ethnic group.")]
    by_indicator: Annotated[
        list[IndicatorCounts], Meta(description="By indicator of the standards in use that day.")
    ]
    by_area_type: Annotated[list[AreaTypeCounts], Meta(description="Rural and urban ones.")]
    base: Annotated[Base | None, Meta(description="What the rates are taken over.")]


class DecidedOtherwise(Struct, frozen=True):
    """Households whose review in force was decided otherwise than its figures say."""

    computed: Annotated[Recognised, Meta(description="Class by the figures of the review.")]
    recognised: Annotated[Recognised, Meta(description="Class by the decision.")]
    households: Annotated[int, Meta(description="How many they are.")]


class Recognition(Struct, frozen=True):
    """The same households by what was recognised."""

    registered: Annotated[int, Meta(description="Households with a class in the register.")]
    counts: Annotated[Counts, Meta(description="Registered households by status.")]
    rates: Annotated[Rates, Meta(description="Rates over all households.")]
    minority: Annotated[Minority, Meta(description="Those of every group but Kinh.")]


class Statistics(AreaStatistics, frozen=True, kw_only=True):
    """An area's households on a day."""

    basis: Annotated[
        StatisticsBasis,
        Meta(description="By figures, by what was recognised, or by figures with both."),
    ] = "computed"
    recognised: Annotated[
        Recognition | UnsetType,
        Meta(description="With `basis=both` alone: by what was recognised."),
    ] = UNSET
    decision_differs: Annotated[
        list[DecidedOtherwise] | UnsetType,
        Meta(
            description="With another basis than `computed`: who was decided otherwise, by class."
        ),
    ] = UNSET


@routes.get(
    "/v1/areas/{code}/statistics",
    scope=STATISTICS_READ,
    clock=OnDay,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, TOO_MANY],
)
async def get_statistics(
    ask: Ask, code: Code, basis: Annotated[StatisticsBasis, STATISTICS_BASIS] = "computed"
) -> Statistics:
    """Statistics of an area.

    Counts of its registered households by status, and rates over all households it has (`base`).
    Rates are null where the base is not known. Callers without the scope `households:read` are not
    told counts of 1 to 4 households, nor what would give them back by subtraction (`withheld`);
    nor what was recognised, which would, with what was computed.
    """
    check_basis(ask, basis)
    units, policy = await ask.tree(), await ask.policy()
    unit = units.on(code, ask.as_of)
    reach = within(units, ask.caller.area, unit, ask.as_of)
    if basis != "computed":
        async with ask.heavy_snapshot() as snapshot:
            counting = Counting.begin(ask, snapshot, units, policy)
            return await counting.recognised(unit, reach, ask.as_of, basis)
    if HOUSEHOLDS_READ in ask.caller.scopes:
        counted = await _lightly(ask, units, policy, unit, reach)
        if counted is not None:
            return _by_figures(counted)
    async with ask.heavy_snapshot() as snapshot:
        counts = await Counting.begin(ask, snapshot, units, policy).of(unit, reach, ask.as_of)
    return _by_figures(counts)


def _by_figures(counts: AreaStatistics) -> Statistics:
    return from_row(Statistics, counts, basis="computed", recognised=UNSET, decision_differs=UNSET)


# So many communes are scanned in a few milliseconds, and need not wait for a turn.
SCANNED_LIGHTLY = 12


async def _lightly(
    ask: Ask,
    units: tree.AreaTree,
    policy: Policy,
    unit: tree.Unit,
    communes: Sequence[int] | None,
) -> AreaStatistics | None:
    """Return the whole statistics by cheap statements, None if none can tell them."""
    day, known_at, summed = ask.as_of, ask.known_at, summed_units(units, communes)
    await ask.check_settled()
    async with ask.reads.statement() as snapshot:
        counted = await store.summed(snapshot, communes, summed, day, known_at)
        if counted is None and communes is not None and len(communes) <= SCANNED_LIGHTLY:
            counted = await store.scan(snapshot, communes, day, known_at)
        if counted is None:
            return None
        ask.settle(counted.at)
        # As known at the same instant: two statements are no snapshot.
        at = known_at or counted.at
        base = await ask.context.bases.of(snapshot, units, unit, day, at)
    return _statistics(unit, counted.counts, base, policy, day)


@dataclass(frozen=True, slots=True)
class Counting:
    """Counts units on days, all on one snapshot and as known at one instant."""

    ask: Ask
    snapshot: Snapshot
    units: tree.AreaTree
    policy: Policy
    beside: Beside | None

    @classmethod
    def begin(cls, ask: Ask, snapshot: Snapshot, units: tree.AreaTree, policy: Policy) -> Counting:
        """Begin to count for who asks; small cells are for those who may read households."""
        open_to_all = HOUSEHOLDS_READ in ask.caller.scopes
        beside = None if open_to_all else Beside(units, snapshot, ask.known_at)
        return cls(ask, snapshot, units, policy, beside)

    async def of(
        self, unit: tree.Unit, communes: Sequence[int] | None, day: date
    ) -> AreaStatistics:
        """Return what the caller may be told of a unit made of these communes (None: all)."""
        statistics = await self._whole(unit, communes, day)
        if self.beside is None:
            return statistics
        return withhold(statistics, await self.beside.statuses(unit, statistics.counts, day))

    async def _whole(
        self, unit: tree.Unit, communes: Sequence[int] | None, day: date
    ) -> AreaStatistics:
        counted = await self._counted(communes, day)
        return _statistics(unit, counted.counts, await self._base(unit, day), self.policy, day)

    async def _counted(self, communes: Sequence[int] | None, day: date) -> store.Counted:
        summed = summed_units(self.units, communes)
        return await store.counted(self.snapshot, communes, summed, day, self.ask.known_at)

    async def _base(self, unit: tree.Unit, day: date) -> statistics.Base | None:
        bases = self.ask.context.bases
        return await bases.of(self.snapshot, self.units, unit, day, self.ask.known_at)

    async def recognised(
        self, unit: tree.Unit, communes: Sequence[int] | None, day: date, basis: StatisticsBasis
    ) -> Statistics:
        """Return the same by what was recognised, or both beside each other."""
        counted, base = await self._counted(communes, day), await self._base(unit, day)
        decided = await store.recognised(self.snapshot, counted, communes, day, self.ask.known_at)
        second = _statistics(unit, decided.counts, base, self.policy, day)
        first = second
        if basis == "both":
            first = _statistics(unit, counted.counts, base, self.policy, day)
        return from_row(
            Statistics,
            first,
            basis=basis,
            recognised=from_row(Recognition, second) if basis == "both" else UNSET,
            decision_differs=[DecidedOtherwise(*each) for each in decided.differs],
        )


def _statistics(
    unit: tree.Unit, counted: Counted, base: statistics.Base | None, policy: Policy, day: date
) -> AreaStatistics:
    counts = Counts.of((None, status, households) for status, households in counted.by_status)
    total = None if base is None else base.households_total
    return AreaStatistics(
        area=AreaName.of(unit),
        households_total=total,
        registered=counts.registered,
        counts=counts,
        unregistered=None if total is None else total - counts.registered,
        rates=Rates.of(counts, total),
        minority=_minority(counted.by_ethnicity, base),
        by_ethnicity=[EthnicCounts(*each) for each in _grouped(counted.by_ethnicity)],
        by_indicator=_by_indicator(counted, policy, day),
        by_area_type=[AreaTypeCounts(*each) for each in _grouped(counted.by_area_type)],
        base=None if base is None else from_row(Base, base),
    )


def _minority(rows: Sequence[Count], base: statistics.Base | None) -> Minority:
    counts = Counts.of(row for row in rows if row[0] not in (None, MAJORITY))
    total = base.minority_households_total if base else None
    return Minority(total, counts, Rates.of(counts, total))


def _grouped(rows: Sequence[Count]) -> list[tuple[Any, Counts]]:
    groups = sorted({row[0] for row in rows}, key=lambda group: (group is None, group or ""))
    return [(group, Counts.of(row for row in rows if row[0] == group)) for group in groups]


def _by_indicator(counted: Counted, policy: Policy, day: date) -> list[IndicatorCounts]:
    """Return the indicators of the standard in force and of those in use."""
    households = {
        (standard, code, status): number for standard, code, status, number in counted.by_indicator
    }
    used = {standard for standard, _, _ in households}
    standards = [s for s in policy.standards.items if s.id in used or s.in_force(day)]
    return [
        IndicatorCounts(
            standard=standard.id,
            code=indicator.code,
            key=indicator.key,
            name_en=indicator.en,
            name_vi=indicator.vi,
            poor=households.get((standard.id, indicator.code, "poor"), 0),
            near_poor=households.get((standard.id, indicator.code, "near_poor"), 0),
        )
        for standard in standards
        for indicator in standard.indicators
    ]
