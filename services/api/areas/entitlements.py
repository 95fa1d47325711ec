"""How many households of an area are entitled to what, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from services.api.areas.areas import Code
from services.api.areas.statistics import AreaName
from services.api.households.norms import Described, Missing, UnknownValue, ValueVnd, described
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.places import Place, place_of
from shared.areas.reach import within
from shared.areas.stand_ins import stand_ins
from shared.areas.store import facts as area_facts
from shared.areas.tree import AreaTree, Unit
from shared.households import entitlement_counts
from shared.households.entitlement_counts import NormCount
from shared.households.entitlements import Circumstances
from shared.households.store import circumstances
from shared.households.store.circumstances import Alike
from shared.households.store.year_end import Register
from shared.http.ask import Ask, OnDay
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA
from shared.law.store.seeds import SUPPORT_NORMS
from shared.law.support_norms import SupportNorms

routes = Routes("areas")


class MissingOf(Missing, frozen=True, kw_only=True):
    """A fact that is missing, and of how many households."""

    households: Annotated[int, Meta(description="Households of which it is not known.")]


class NormEntitled(Described, frozen=True, kw_only=True):
    """The households of one norm."""

    households: Annotated[int, Meta(description="Households for whom it counts.")]
    not_counted: Annotated[
        int, Meta(description="Households for whom a norm of the same content is higher.")
    ]
    undecided: Annotated[int, Meta(description="Households of which facts are missing.")]
    missing: Annotated[list[MissingOf], Meta(description="Which facts, and of how many.")]
    persons: Annotated[
        int, Meta(description="Persons in the households that it counts for, where it is for them.")
    ]
    size_unknown: Annotated[
        int, Meta(description="Of those, households whose size nobody knows; in no cost.")
    ]
    value_vnd: ValueVnd
    unknown_value: UnknownValue
    cost_vnd: Annotated[
        int | None,
        Meta(
            description="What it costs in đồng, once or each month as `unit` says; null: no value."
        ),
    ]


class AreaEntitlements(Struct, frozen=True):
    """What the households of an area are entitled to on a day."""

    area: Annotated[AreaName, Meta(description="The unit that was counted.")]
    households: Annotated[int, Meta(description="Households with a class on the day.")]
    items: Annotated[list[NormEntitled], Meta(description="By norm, in the order of the law.")]
    norms_digest: Annotated[str, Meta(description="The version of the norms that was read.")]


@routes.get(
    "/v1/areas/{code}/entitlements",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=OnDay,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
)
async def get_area_entitlements(ask: Ask, code: Code) -> AreaEntitlements:
    """Entitlements in an area.

    How many of its households each support norm counts for, for how many it gives way to a higher
    one or cannot be told, and what it costs for each unit of time that the norm is counted in.
    """
    tree = await ask.tree()
    unit = tree.on(code, ask.as_of)
    communes = within(tree, ask.caller.area, unit, ask.as_of)
    async with ask.snapshot() as snapshot:
        norms = await ask.context.seeds.read(snapshot, SUPPORT_NORMS, ask.known_at)
        facts = await area_facts.in_force(snapshot, None, ask.as_of, ask.known_at)
        places = Places(tree, ask.as_of, facts)
        register = Register(communes, "computed", ask.known_at, places.stand_ins(unit))
        births = entitlement_counts.births_before(norms, ask.as_of)
        alike = await circumstances.alike(snapshot, register, ask.as_of, births)
    known = (
        (circumstances_of(norms, ask.as_of, each, places.of(each.area_id)), each.households)
        for each in alike
    )
    counts = entitlement_counts.count(norms, ask.as_of, known)
    return AreaEntitlements(
        area=AreaName.of(unit),
        households=sum(each.households for each in alike),
        items=[_item(norms, each) for each in counts],
        norms_digest=norms.digest,
    )


class Places:
    """What norms ask of the places of a day, each looked up once."""

    def __init__(self, tree: AreaTree, day: date, facts: Mapping[int, area_facts.AreaFact]) -> None:
        """`facts`: those in force on the day, by unit."""
        self._tree, self._day = tree, day
        self._payloads = {area_id: fact.payload for area_id, fact in facts.items()}
        self._known: dict[int | None, Place] = {}

    def of(self, area_id: int | None) -> Place:
        """Return what is known of a commune."""
        if area_id not in self._known:
            self._known[area_id] = place_of(self._tree, area_id, self._day, self._payloads)
        return self._known[area_id]

    def stand_ins(
        self, unit: Unit, apart: Callable[[int], Hashable] = lambda _: None
    ) -> dict[int, int]:
        """Return those of a unit's communes of which norms know the same; `apart` keeps them so."""
        communes = self._tree.members(unit, self._day)
        return stand_ins(communes, lambda area_id: (apart(area_id), self.of(area_id)))


def circumstances_of(norms: SupportNorms, day: date, each: Alike, place: Place) -> Circumstances:
    """Return what norms ask of households that are alike, in their place."""
    return Circumstances(
        status=each.status,
        living_standard=each.living_standard,
        since=day,
        until=None,
        ethnic_group=each.ethnic_group,
        area_type=each.area_type,
        attributes=place.attributes,
        extremely_difficult=place.extremely_difficult,
        household_size=each.household_size,
        persons=entitlement_counts.persons_of(norms, day, each.classes),
    )


def _item(norms: SupportNorms, each: NormCount) -> NormEntitled:
    missing = [
        MissingOf(*_words(norms, name), households=households)
        for name, households in sorted(each.missing.items())
    ]
    return NormEntitled(
        **described(each.norm),
        households=each.households,
        not_counted=each.not_counted,
        undecided=each.undecided,
        missing=missing,
        persons=each.persons,
        size_unknown=each.size_unknown,
        value_vnd=each.value_vnd,
        unknown_value=each.unknown_value,
        cost_vnd=each.cost_vnd,
    )


def _words(norms: SupportNorms, name: str) -> tuple[str, str, str]:
    fact = Missing.of(norms, name)
    return fact.name, fact.en, fact.vi
