"""The movement of a list in an area over a period."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Annotated, Any

import structlog
from msgspec import UNSET, Meta, Struct

from services.api.areas.areas import Code
from services.api.areas.basis import BASIS, check_basis
from services.api.areas.statistics import AreaName, Withheld
from services.api.areas.withheld_flows import FlowsBeside
from shared.access.caller import HOUSEHOLDS_READ, STATISTICS_READ
from shared.areas.reach import summed_units, within
from shared.households.recognised import Basis
from shared.households.store import movements
from shared.http import parameters
from shared.http.ask import Ask, Known, from_row
from shared.http.heavy import TOO_MANY
from shared.http.operations import Routes
from shared.http.problems import (
    AREA_NOT_IN_FORCE,
    UNKNOWN_AREA,
    Problem,
    ProblemType,
    invalid,
)
from shared.kernel.errors import Fault
from shared.law.standards import ListName

routes = Routes("areas")
log = structlog.get_logger()


def period_reversed() -> Problem:
    """Return the refusal of a period that ends before it begins."""
    return invalid([Fault("/query/to_date", "period_reversed", "to_date is before from_date")])


PERIOD_REVERSED = ProblemType("`to_date` is before `from_date`", period_reversed())


class StandardChange(Struct, frozen=True):
    """The part of a list's flows that came with a new poverty standard, in households."""

    left: Annotated[int, Meta(description="Of those that left: measured by another standard.")]
    relapsed: Annotated[int, Meta(description="Of those that came back.")]
    newly_arisen: Annotated[int, Meta(description="Of those that are new on the list.")]


class ListMovement(Struct, frozen=True):
    """Gross flows of one list over a period, in households."""

    area: Annotated[AreaName, Meta(description="The unit that was counted.")]
    list: Annotated[ListName, Meta(description="The list that was counted.")]
    from_date: Annotated[date, Meta(description="`start` is counted at the end of this day.")]
    to_date: Annotated[date, Meta(description="`end` is counted at the end of this day.")]
    start: Annotated[int | None, Meta(description="Households on the list at the start.")]
    left: Annotated[int | None, Meta(description="Those that left it by a review.")]
    relapsed: Annotated[int | None, Meta(description="Those that came back within the law's time.")]
    newly_arisen: Annotated[
        int | None, Meta(description="Those that came on it for the first time.")
    ]
    moved_in: Annotated[int | None, Meta(description="Those on it that moved into the area.")]
    moved_out: Annotated[int | None, Meta(description="Those on it that moved out of the area.")]
    closed: Annotated[int | None, Meta(description="Those on it that ended.")]
    end: Annotated[int | None, Meta(description="Households on the list at the end.")]
    renumbered: Annotated[
        int | None,
        Meta(
            description="Those on it that went on under a new id on one day and in one class: out "
            "under the old id and in under the new, so they change no sum."
        ),
    ]
    by_standard_change: Annotated[
        StandardChange | None,
        Meta(
            description="What a new standard has a part in: the class before was measured by "
            "another standard than the class after."
        ),
    ]
    basis: Annotated[Basis, Meta(description="By figures, or by what was recognised.")]
    withheld: Withheld = UNSET


@routes.get(
    "/v1/areas/{code}/movement",
    scope=STATISTICS_READ,
    clock=Known,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, PERIOD_REVERSED, TOO_MANY],
)
async def get_movement(
    ask: Ask,
    code: Code,
    list_: Annotated[ListName, parameters.choice(ListName, "The list that is counted.")],
    from_date: Annotated[
        date, parameters.day("Start of the period: `start` is counted at its end.")
    ],
    to_date: Annotated[date, parameters.day("End of the period, included.")],
    basis: Annotated[Basis, BASIS] = "computed",
) -> ListMovement:
    """Movement of a list in an area.

    Gross flows with from_date < day <= to_date in the unit in force on to_date, its predecessors'
    earlier days included. Always end = start - left + relapsed + newly_arisen + moved_in -
    moved_out - closed. A household that goes on under a new id in another area moves. Callers
    without `households:read` are told no flow of 1 to 4 households: then all flows are `withheld`.
    What was recognised is told those who have it.
    """
    check_basis(ask, basis)
    if from_date > to_date:
        raise period_reversed()
    tree = await ask.tree()
    unit = tree.on(code, to_date)
    reach = within(tree, ask.caller.area, unit, to_date)
    period, summed = (from_date, to_date), summed_units(tree, reach)
    await ask.check_settled()
    async with ask.reads.statement() as snapshot:
        moved = await movements.summed(snapshot, reach, summed, list_, period, ask.known_at)
    if moved is None:
        async with ask.heavy_snapshot() as snapshot:
            moved = await movements.scan(snapshot, reach, list_, period, ask.known_at)
    ask.settle(moved.at)
    flows = moved.flows
    if basis == "recognised":
        async with ask.reads.statement() as snapshot:
            flows = await movements.recognised(snapshot, moved, reach, list_, period, ask.known_at)
    if not flows.balanced():
        log.error("movement.unbalanced", area=unit.code, list=list_, flows=flows)
        raise Problem(500, "movement_unbalanced", "the flows do not add up; this is a defect")
    movement = from_row(
        ListMovement,
        flows,
        area=AreaName.of(unit),
        list=list_,
        from_date=from_date,
        to_date=to_date,
        by_standard_change=from_row(StandardChange, flows.by_standard_change),
        basis=basis,
        withheld=UNSET,
    )
    if HOUSEHOLDS_READ in ask.caller.scopes:
        return movement
    kept: dict[tuple[Any, ...], Collection[str]]
    kept = ask.request.scope["state"].setdefault("withheld_flows", {})
    async with ask.heavy_snapshot() as snapshot:
        at = ask.known_at or moved.at
        beside = FlowsBeside(tree, snapshot, at, list_, period, kept)
        return await beside.told(unit, flows, movement)
