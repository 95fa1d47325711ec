"""Why a household has its status."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

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
from services.api.households.status import Class, Living, StandardId
from shared.access.caller import HOUSEHOLDS_READ
from shared.households import explanation
from shared.households.explanation import Change, Window
from shared.households.reasons import Reason
from shared.households.store import reads
from shared.http.ask import Ask, OnDay
from shared.http.operations import Routes
from shared.law.standards import AreaType, ListName, LivingStandard

routes = Routes("households")

_Dong = Annotated[int | None, Meta(description="Đồng per person and month; null: no such bound.")]
_Number = Annotated[int | None, Meta(description="A number or score; null: no such bound.")]


class FiredRule(Struct, frozen=True):
    """The rule that fired with its bounds: on income and deprivations, or on scores B1 and B2."""

    class_: Annotated[
        ListName | LivingStandard,
        Meta(description="The class, or of a non-poor household the living standard, it gives."),
    ] = msgspec.field(name="class")
    area_type: Annotated[AreaType, Meta(description="The areas that it is for.")]
    income_vnd_above: _Dong | UnsetType = UNSET
    income_vnd_at_most: _Dong | UnsetType = UNSET
    deprived_at_least: _Number | UnsetType = UNSET
    deprived_below: _Number | UnsetType = UNSET
    b1_above: _Number | UnsetType = UNSET
    b1_at_most: _Number | UnsetType = UNSET
    b2_at_least: _Number | UnsetType = UNSET
    b2_below: _Number | UnsetType = UNSET


class Indicator(Struct, frozen=True):
    """A basic service that the standard asks after."""

    code: Annotated[str, Meta(description="Its code in the standard.")]
    key: Annotated[str, Meta(description="Its word in facts.")]
    dimension: Annotated[str, Meta(description="The dimension that it belongs to.")]
    name_en: Annotated[str, Meta(description="Its name in English.")]
    name_vi: Annotated[str, Meta(description="Its name in Vietnamese, as the law has it.")]
    deprived: Annotated[bool, Meta(description="The household lacks it.")]


class Input(Struct, frozen=True):
    """One input of the decision."""

    input: Annotated[
        Literal[
            "area_type",
            "income_vnd",
            "deprived",
            "b1",
            "b2",
            "assessed_on",
            "effective_from",
            "recognised",
        ],
        Meta(description="Its name in the fact."),
    ]
    value: Annotated[Any, Meta(description="As reported: a word, a date, a number, đồng, or null.")]
    counted: Annotated[bool, Meta(description="The rule that fired looks at it.")]
    indicators: (
        Annotated[list[Indicator], Meta(description="Of deprivations: each indicator.")] | UnsetType
    ) = UNSET


class Explanation(Struct, frozen=True):
    """Why a household has its status."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    living_standard: Living
    event_id: Annotated[UUID | None, Meta(description="The assessment that it rests on.")]
    policy_digest: Annotated[str, Meta(description="The version of the law that was applied.")]
    status: Class
    status_en: Annotated[str, Meta(description="The class in English.")]
    status_vi: Annotated[str, Meta(description="The class in Vietnamese, as the law has it.")]
    reasons: Annotated[list[Reason], Meta(description="Why, bound by bound.")]
    standard: StandardId
    legal_basis: Annotated[list[str], Meta(description="The articles of law that it rests on.")]
    rule: Annotated[FiredRule | None, Meta(description="The rule that fired; null: none lists it.")]
    inputs: Annotated[list[Input] | None, Meta(description="Each input and whether it counted.")]
    smallest_changes: Annotated[
        list[Change], Meta(description="The smallest single changes that give another class.")
    ]
    exit_window: Annotated[
        Window | None, Meta(description="The time as recently exited, while it runs.")
    ]
    pending: Pending = UNSET
    pending_since: PendingSince = UNSET


@routes.get(
    "/v1/households/{household_id}/explanation",
    scope=HOUSEHOLDS_READ,
    clock=OnDay,
    problems=[UNKNOWN_HOUSEHOLD],
    private=True,
)
async def explain_household(ask: Ask, household_id: HouseholdId) -> Explanation:
    """Why a household has its status.

    The rule that fired with its bounds, its legal basis, every input and whether it counted, the
    exit window, and the smallest single changes that give another class.
    """
    await ask.check_settled()
    async with ask.reads.statement() as snapshot:
        row = await reads.status(snapshot, household_id, ask.as_of, ask.known_at, spells=True)
    if row is None:
        raise unknown_household()
    ask.settle(row.at)
    await check_visible(ask, row.area_id, ask.as_of)
    policy = await ask.policy()
    explained = explanation.explain(
        row.status,
        row.assessment,
        explanation.standard_named(policy, row.standard),
        [(spell.since, spell.until, spell.status) for spell in row.spells],
        policy,
        ask.as_of,
        row.unfolded_since,
    )
    own = {
        "household_id": household_id,
        "living_standard": row.living_standard,
        "event_id": None if row.assessment is None else row.assessment.event_id,
        "policy_digest": policy.digest,
        **pending(row.unfolded_since),
    }
    return msgspec.convert(own | explained, Explanation, from_attributes=True)
