"""What a household is entitled to on a day, until when, and what is missing to tell."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from services.api.households.household import (
    UNKNOWN_HOUSEHOLD,
    HouseholdId,
    Pending,
    PendingSince,
    check_visible,
    pending,
    unknown_household,
)
from services.api.households.norms import Described, Missing, UnknownValue, ValueVnd, described
from shared.access.caller import HOUSEHOLDS_READ, PERSONS_READ
from shared.areas.places import Place, place_of
from shared.areas.store import facts as area_facts
from shared.areas.tree import AreaTree
from shared.households import entitlements as rules
from shared.households.entitlements import Circumstances
from shared.households.store import circumstances, reads
from shared.http.ask import Ask, OnDay
from shared.http.operations import Routes
from shared.kernel.database import Snapshot
from shared.law.standards import Status
from shared.law.store.seeds import SUPPORT_NORMS
from shared.law.support_norms import SupportNorms

routes = Routes("households")


class Entitlement(Described, frozen=True, kw_only=True):
    """A norm that holds of a household, or would if what is missing were known."""

    value_vnd: ValueVnd
    own_vnd: Annotated[
        int | None, Meta(description="What is left for the person to pay, in đồng for each unit.")
    ]
    unknown_value: UnknownValue
    persons: Annotated[
        int | None, Meta(description="For how many persons; null: for the household, or not known.")
    ]
    person_ids: (
        Annotated[
            list[str] | None,
            Meta(
                description="For which members, where a norm asks for an age; with `persons:read`."
            ),
        ]
        | UnsetType
    ) = UNSET
    from_: Annotated[
        date | None, Meta(description="Since when, by norm, spell and age; null: not known.")
    ] = msgspec.field(name="from")
    until: Annotated[
        date | None,
        Meta(description="The first day after it: of the norm, the spell or the age; null: open."),
    ]
    counts: Annotated[
        bool | None,
        Meta(description="Whether it is the highest of its content; null while facts are missing."),
    ]
    superseded_by: Annotated[str | None, Meta(description="The norm that is higher.")]
    missing: Annotated[
        list[Missing], Meta(description="What must be known for it to hold; none where it does.")
    ]


class Entitlements(Struct, frozen=True):
    """What a household is entitled to on a day."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    status: Annotated[
        Status | None, Meta(description="Its class; null before the first assessment: no norms.")
    ]
    items: Annotated[
        list[Entitlement], Meta(description="Norms that hold, those that give way marked so.")
    ]
    undecided: Annotated[
        list[Entitlement],
        Meta(description="Norms that would hold if what is `missing` were known and so."),
    ]
    norms_digest: Annotated[str, Meta(description="The version of the norms that was read.")]
    pending: Pending = UNSET
    pending_since: PendingSince = UNSET


@routes.get(
    "/v1/households/{household_id}/entitlements",
    scope=HOUSEHOLDS_READ,
    clock=OnDay,
    problems=[UNKNOWN_HOUSEHOLD],
    private=True,
)
async def get_entitlements(ask: Ask, household_id: HouseholdId) -> Entitlements:
    """Entitlements of a household.

    Every support norm in force on the day whose conditions hold of the household, its place or its
    members, with amount or share, from when until when, and legal basis. Of one content only the
    highest `counts`. What nobody can tell is `undecided`, and names the missing facts.
    """
    tree = await ask.tree()
    async with ask.snapshot() as snapshot:
        row = await reads.status(snapshot, household_id, ask.as_of, ask.known_at)
        if row is None:
            raise unknown_household()
        await check_visible(ask, row.area_id, ask.as_of)
        norms = await ask.context.seeds.read(snapshot, SUPPORT_NORMS, ask.known_at)
        known = await _circumstances(ask, snapshot, tree, household_id, row)
    every = () if known is None else rules.entitlements(norms, known, ask.as_of)
    shown = [_entitlement(ask, norms, each) for each in every]
    return Entitlements(
        household_id=household_id,
        status=row.status,
        items=[each for each in shown if each.counts is not None],
        undecided=[each for each in shown if each.counts is None],
        norms_digest=norms.digest,
        **pending(row.unfolded_since),
    )


async def _circumstances(
    ask: Ask, snapshot: Snapshot, tree: AreaTree, household_id: str, row: reads.Standing
) -> Circumstances | None:
    """Return what is known of a household that has a class on the day, else None."""
    if row.status is None or row.status == "closed" or row.since is None:
        return None
    place, size = await _place(ask, snapshot, tree, row.area_id), None
    if row.assessment is not None:
        size = await circumstances.household_size(snapshot, row.assessment.event_id)
    return Circumstances(
        status=row.status,
        living_standard=row.living_standard,
        since=row.since,
        until=row.until,
        ethnic_group=row.ethnic_group,
        area_type=row.area_type,
        attributes=place.attributes,
        extremely_difficult=place.extremely_difficult,
        household_size=size,
        persons=await circumstances.persons(snapshot, household_id, ask.as_of, ask.known_at),
    )


async def _place(ask: Ask, snapshot: Snapshot, tree: AreaTree, area_id: int | None) -> Place:
    if area_id is None:
        return Place()
    unit = tree.current(tree.by_id(area_id), ask.as_of)
    ids = [each.area_id for each in tree.upward(unit)]
    facts = await area_facts.in_force(snapshot, ids, ask.as_of, ask.known_at)
    return place_of(tree, area_id, ask.as_of, {i: fact.payload for i, fact in facts.items()})


def _entitlement(ask: Ask, norms: SupportNorms, each: rules.Entitlement) -> Entitlement:
    members = None if each.person_ids is None else list(each.person_ids)
    return Entitlement(
        **described(each.norm),
        value_vnd=each.value_vnd,
        own_vnd=each.own_vnd,
        unknown_value=each.unknown_value,
        persons=each.persons,
        person_ids=members if PERSONS_READ in ask.caller.scopes else UNSET,
        from_=each.start,
        until=each.until,
        counts=each.counts,
        superseded_by=each.superseded_by,
        missing=[Missing.of(norms, name) for name in each.missing],
    )
