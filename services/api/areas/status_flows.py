"""From which status to which the households of an area went over a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from services.api.areas.areas import Code
from services.api.areas.basis import BASIS
from services.api.areas.movement import PERIOD_REVERSED, period_reversed
from services.api.areas.statistics import AreaName
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import summed_units, within
from shared.areas.tree import AreaTree
from shared.households import status_flows
from shared.households.recognised import Basis
from shared.households.status_flows import Standing
from shared.households.store import status_flows as store
from shared.households.store.year_end import Register
from shared.http import parameters
from shared.http.ask import Ask, Known, from_row
from shared.http.heavy import TOO_MANY
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA

routes = Routes("areas")


class StatusFlow(Struct, frozen=True):
    """Households that went one way, or stayed."""

    before: Annotated[
        Standing,
        Meta(
            description="At the end of `from_date`; `unclassed`: never reviewed; `elsewhere`: not "
            "in the area, or not registered."
        ),
    ]
    after: Annotated[
        Standing, Meta(description="At the end of `to_date`; `closed`: ended, or under a new id.")
    ]
    households: Annotated[int, Meta(description="How many they are.")]


class StatusFlows(Struct, frozen=True):
    """Between two days, from which status to which households went."""

    area: Annotated[AreaName, Meta(description="The unit that was counted.")]
    from_date: Annotated[date, Meta(description="`before` holds at the end of this day.")]
    to_date: Annotated[date, Meta(description="`after` holds at the end of this day.")]
    basis: Annotated[Basis, Meta(description="By figures, or by what was recognised.")]
    items: Annotated[list[StatusFlow], Meta(description="Each way that some went.")]


@routes.get(
    "/v1/areas/{code}/status-flows",
    scope=HOUSEHOLDS_READ,
    clock=Known,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, PERIOD_REVERSED, TOO_MANY],
)
async def get_status_flows(
    ask: Ask,
    code: Code,
    from_date: Annotated[date, parameters.day("Start of the period: counted at its end.")],
    to_date: Annotated[date, parameters.day("End of the period: counted at its end.")],
    basis: Annotated[Basis, BASIS] = "computed",
) -> StatusFlows:
    """Flows between statuses in an area.

    Where the households stood at both ends of a period, in the unit in force on to_date and its
    predecessors' territory; what happened in between is not told. Of one status all ways together
    are its households on that day. A household that goes on under a new id is `closed`, and the new
    one comes from `elsewhere`.
    """
    if from_date > to_date:
        raise period_reversed()
    tree = await ask.tree()
    unit = tree.on(code, to_date)
    reach = within(tree, ask.caller.area, unit, to_date)
    went = await _went(ask, tree, Register(reach, basis, ask.known_at), (from_date, to_date))
    return StatusFlows(
        area=AreaName.of(unit),
        from_date=from_date,
        to_date=to_date,
        basis=basis,
        items=[from_row(StatusFlow, flow) for flow in went],
    )


async def _went(
    ask: Ask, tree: AreaTree, register: Register, period: tuple[date, date]
) -> Sequence[status_flows.StatusFlow]:
    """Return where households went, by the ledger where it sums them up."""
    reach = register.communes
    await ask.check_settled()
    async with ask.reads.statement() as snapshot:
        went = await store.summed(snapshot, reach, summed_units(tree, reach), period, ask.known_at)
        if went is not None:
            ask.settle(went.at)
            if register.basis == "computed":
                return went.flows
            return await store.recognised(snapshot, went, register, period)
    async with ask.heavy_snapshot() as snapshot:
        return (await store.scan(snapshot, register, period)).flows
