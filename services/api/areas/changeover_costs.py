"""What the coming standard costs in an area, by norm and unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from services.api.areas.areas import Code
from services.api.areas.basis import BASIS
from services.api.areas.changeover import NO_COMING_STANDARD, Coming, Judging, coming_standard
from services.api.areas.entitlements import Places, circumstances_of
from services.api.areas.statistics import AreaName
from services.api.households.norms import Described, described
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import within
from shared.areas.stand_ins import units_below
from shared.areas.store import facts as area_facts
from shared.areas.tree import AreaTree, Unit
from shared.households import entitlement_counts
from shared.households.changeover import Yardstick, incomes_of
from shared.households.changeover_costs import CostCounter, Kin, NormCost
from shared.households.recognised import Basis
from shared.households.store import circumstances
from shared.households.store.circumstances import Alike
from shared.households.store.year_end import Register
from shared.http.ask import Ask, OnDay
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA
from shared.law.standards import Recognised
from shared.law.store.seeds import SUPPORT_NORMS
from shared.law.support_norms import SupportNorms

routes = Routes("areas")


class Compared(Struct, frozen=True):
    """A number by today's classes, and by those of the coming standard."""

    today: Annotated[int, Meta(description="By the classes that hold on the day.")]
    least: Annotated[int, Meta(description="By the coming standard, at least.")]
    most: Annotated[int, Meta(description="By the coming standard, at most.")]


class NormCostOf(Described, frozen=True, kw_only=True):
    """What one norm is to the households of a unit."""

    households: Annotated[Compared, Meta(description="Households for whom it counts.")]
    cost_vnd: Annotated[
        Compared | None,
        Meta(description="In đồng, once or each month as `unit` says; null: no known amount."),
    ]
    size_unknown: Annotated[
        int, Meta(description="Households in no cost, for nobody knows their size.")
    ]


class CostRow(Struct, frozen=True):
    """The norms of one unit."""

    code: Annotated[str, Meta(description="Code of the unit.")]
    name: Annotated[str, Meta(description="Its name in Vietnamese.")]
    norms: Annotated[list[NormCostOf], Meta(description="In the order of the law.")]


class ChangeoverCosts(Struct, frozen=True):
    """What the coming standard costs in an area."""

    area: Annotated[AreaName, Meta(description="The unit that was counted.")]
    standard: Annotated[str, Meta(description="Id of the coming standard.")]
    norms_on: Annotated[
        date, Meta(description="Its first day: norms in force then are held against both classes.")
    ]
    basis: Annotated[Basis, Meta(description="Whose class is that of today.")]
    rows: Annotated[list[CostRow], Meta(description="Each unit directly below, and all last.")]
    norms_digest: Annotated[str, Meta(description="The version of the norms that was read.")]


@routes.get(
    "/v1/areas/{code}/changeover/costs",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=OnDay,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, NO_COMING_STANDARD],
)
async def get_changeover_costs(
    ask: Ask, code: Code, standard: Coming = None, basis: Annotated[Basis, BASIS] = "computed"
) -> ChangeoverCosts:
    """Costs of a changeover.

    For how many households each support norm counts today and by the coming standard, and what it
    costs, by unit below. Where what no review measured decides the class, a range. Ranges of
    several norms do not add up to one: a household has one class.
    """
    policy, tree = await ask.policy(), await ask.tree()
    coming = coming_standard(policy, standard, ask.as_of)
    unit = tree.on(code, ask.as_of)
    judging = Judging(ask, tree, policy, Yardstick.of(coming), basis)
    norms, kin = await _kin(judging, unit, coming.start)
    return ChangeoverCosts(
        area=AreaName.of(unit),
        standard=coming.id,
        norms_on=coming.start,
        basis=basis,
        rows=_rows(tree, unit, ask.as_of, kin, CostCounter(norms, coming.start)),
        norms_digest=norms.digest,
    )


async def _kin(
    judging: Judging, unit: Unit, begins_on: date
) -> tuple[SupportNorms, Mapping[int | None, Counter[Kin]]]:
    """Return the norms of the day on which a standard begins, and how many are alike by place."""
    ask, tree, day, lines = judging.ask, judging.tree, judging.ask.as_of, judging.yardstick.lines()
    communes = within(tree, ask.caller.area, unit, day)
    async with ask.snapshot() as snapshot:
        norms = await ask.context.seeds.read(snapshot, SUPPORT_NORMS, ask.known_at)
        births = entitlement_counts.births_before(norms, begins_on)
        facts = await area_facts.in_force(snapshot, None, day, ask.known_at)
        places = Places(tree, day, facts)
        below = units_below(tree, unit, day)
        counted = places.stand_ins(unit, lambda area_id: below.get(area_id))
        register = Register(communes, judging.basis, ask.known_at, counted)
        alike = await circumstances.alike(snapshot, register, day, births, lines)
    incomes = incomes_of(lines)
    kin: dict[int | None, Counter[Kin]] = {}
    for each in alike:
        known = circumstances_of(norms, begins_on, each, places.of(each.area_id))
        own = Kin(known, _coming(judging, each, incomes))
        kin.setdefault(each.area_id, Counter())[own] += each.households
    return norms, kin


def _rows(
    tree: AreaTree,
    unit: Unit,
    day: date,
    kin: Mapping[int | None, Counter[Kin]],
    counter: CostCounter,
) -> list[CostRow]:
    """Return the rows of a unit: each one below, and all."""
    of_areas = {area_id: counter.costs(own.items()) for area_id, own in kin.items()}
    below = tree.children(unit, day) if unit.level != "commune" else ()
    rows = [
        _row(
            child,
            counter.total(of_areas[id_] for id_ in of_areas.keys() & tree.members(child, day)),
        )
        for child in below
    ]
    return [*rows, _row(unit, counter.total(of_areas.values()))]


def _coming(judging: Judging, each: Alike, incomes: Sequence[int]) -> tuple[Recognised, ...]:
    if each.stretch is None or each.standard is None:
        return ()
    income = incomes[each.stretch]
    return judging.classes(each.area_type, each.standard, income, each.deprived)


def _row(unit: Unit, costs: Sequence[NormCost]) -> CostRow:
    norms = [
        NormCostOf(
            **described(cost.norm),
            households=Compared(**cost.households),
            cost_vnd=None if cost.cost_vnd is None else Compared(**cost.cost_vnd),
            size_unknown=cost.size_unknown,
        )
        for cost in costs
    ]
    return CostRow(unit.code, unit.name, norms)
