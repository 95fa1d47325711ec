"""Households: the status of one on a day, and the list."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct

from services.api.areas.basis import BASIS
from services.api.households.household import (
    UNKNOWN_HOUSEHOLD,
    HouseholdId,
    Pending,
    PendingSince,
    check_visible,
    pending,
    unknown_household,
)
from services.api.words import NextCursor, Unit, unit_on
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import reached
from shared.areas.tree import AreaTree
from shared.households.explanation import standard_named
from shared.households.reasons import Reason, reasons
from shared.households.recognised import Basis
from shared.households.store import reads
from shared.http import parameters
from shared.http.ask import Ask, OnDay, from_row
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA
from shared.law.standards import AreaType, LivingStandard, Status

routes = Routes("households")

Class = Annotated[
    Status | None,
    Meta(description="Its class by the standard in force; null before the first assessment."),
]
Living = Annotated[
    LivingStandard | None,
    Meta(description="Of a non-poor household: of average living standard, or above it."),
]
Since = Annotated[date | None, Meta(description="First day of the spell, or of the closure.")]
Rurality = Annotated[
    AreaType | None, Meta(description="Rural or urban, as last reported of the household.")
]
StandardId = Annotated[
    str | None, Meta(description="Id of the poverty standard; `/v1/standards` has its law.")
]


class Household(Struct, frozen=True):
    """What holds of a household on a day."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    status: Class
    living_standard: Living
    since: Since
    until: Annotated[date | None, Meta(description="First day after the spell; null: open.")]
    area: Annotated[Unit | None, Meta(description="The unit in force on the day.")]
    area_type: Rurality
    ethnic_group: Annotated[str | None, Meta(description="As last reported; null: never was.")]
    standard: StandardId
    event_id: Annotated[UUID | None, Meta(description="The assessment that opened the spell.")]
    reasons: Annotated[list[Reason], Meta(description="Why it has this class, by the law.")]
    basis: Annotated[Basis, Meta(description="By figures, or by what was recognised.")]
    pending: Pending = UNSET
    pending_since: PendingSince = UNSET


@routes.get(
    "/v1/households/{household_id}",
    scope=HOUSEHOLDS_READ,
    clock=OnDay,
    problems=[UNKNOWN_HOUSEHOLD],
    private=True,
)
async def get_household(
    ask: Ask,
    household_id: HouseholdId,
    basis: Annotated[Basis, BASIS] = "computed",
) -> Household:
    """Status of a household.

    Its class on a day, since when, where it lives, and why. `status` is null before the first
    assessment and `closed` from the closure on. While facts of it are recorded and not yet
    processed, `pending` says so.
    """
    await ask.check_settled()
    async with ask.reads.statement() as snapshot:
        row = await reads.status(snapshot, household_id, ask.as_of, ask.known_at, basis=basis)
    if row is None:
        raise unknown_household()
    ask.settle(row.at)
    await check_visible(ask, row.area_id, ask.as_of)
    policy = await ask.policy()
    area = unit_on(await ask.tree(), row.area_id, ask.as_of)
    standard = standard_named(policy, row.standard)
    return Household(
        household_id=household_id,
        status=row.status,
        living_standard=row.living_standard,
        since=row.since,
        until=row.until,
        area=None if area is None else Unit.of(area),
        area_type=row.area_type,
        ethnic_group=row.ethnic_group,
        standard=row.standard,
        event_id=row.spell_event,
        reasons=reasons(
            row.status,
            row.assessment,
            standard,
            policy.exit_window_months,
            row.unfolded_since,
            policy.status_names if basis == "recognised" else None,
        ),
        basis=basis,
        **pending(row.unfolded_since),
    )


class ListedHousehold(Struct, frozen=True):
    """A household in a list."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    status: Class
    living_standard: Living
    since: Since
    area_code: Annotated[str | None, Meta(description="Code of the unit in force on the day.")]
    area_type: Rurality
    standard: StandardId
    reviewed_on: Annotated[date | None, Meta(description="When the assessment took effect.")]


class Households(Struct, frozen=True):
    """A page of households."""

    items: Annotated[list[ListedHousehold], Meta(description="Households by id.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/households",
    scope=HOUSEHOLDS_READ,
    clock=OnDay,
    cursor=[parameters.short_text],
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
    private=True,
)
async def list_households(
    ask: Ask,
    area: Annotated[
        str | None, parameters.text("Code of a unit in force on `as_of`; its communes count too.")
    ] = None,
    status: Annotated[
        Status | None,
        parameters.choice(Status, "Only households with this status on `as_of`."),
    ] = None,
    not_reviewed_since: Annotated[
        date | None,
        parameters.day(
            "Only households whose assessment in force took effect before this day, or that have "
            "none."
        ),
    ] = None,
    q: Annotated[
        str | None, parameters.text("Beginning of the household's id, in its own case.")
    ] = None,
    basis: Annotated[Basis, BASIS] = "computed",
) -> Households:
    """Households.

    The households that live in an area on a day, by id.
    """
    tree, page = await ask.tree(), ask.page
    reach = reached(tree, ask.caller.area, area, ask.as_of)
    async with ask.snapshot() as snapshot:
        rows = await reads.list_households(
            snapshot,
            ask.as_of,
            ask.known_at,
            area_ids=reach,
            status=status,
            not_reviewed_since=not_reviewed_since,
            prefix=q,
            after=page.after[0] if page.after else None,
            limit=page.fetch,
            basis=basis,
        )
    shown, next_cursor = page.cut(rows, lambda row: [row.household_id])
    return Households([as_listed(tree, row, ask.as_of) for row in shown], next_cursor)


def as_listed(tree: AreaTree, row: reads.Listed, day: date) -> ListedHousehold:
    """Return a household as lists show it."""
    unit = unit_on(tree, row.area_id, day)
    return from_row(ListedHousehold, row, area_code=None if unit is None else unit.code)
