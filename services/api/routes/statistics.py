"""Statistics of an area: counts and rates on a day, and the movement of a list over a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, tallies
from services.api.examples import areas as examples
from services.api.routes.areas import PATH
from services.api.schemas import statistics as schemas
from shared.areas.reach import whole_provinces
from shared.areas.store import facts as area_facts
from shared.areas.tree import AreaTree, Unit
from shared.households.statistics import Base, Bases, Fact
from shared.households.store import movements
from shared.households.store import statistics as store
from shared.households.tallies import Counts
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import STATISTICS_READ, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute, operation
from shared.http.parameters import AS_OF, KNOWN_AT, read
from shared.http.problems import Fault, Problem, invalid
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS, Policy, Standard

router = APIRouter(tags=["statistics"], route_class=PlainRoute)
log = structlog.get_logger()

_PROBLEMS = ("unknown_area", "area_not_in_force", "invalid_request", "not_settled", "in_future")
_ON_DAY = {"as_of": AS_OF, "known_at": KNOWN_AT}


@router.get(
    "/v1/areas/{code}/statistics",
    **operation(
        "Statistics of an area",
        "Counts of its registered households by status, and rates over all households it has "
        "(`base`). Rates are null where the base is not known.",
        model=schemas.Statistics,
        example=examples.STATISTICS,
        parameters=_ON_DAY,
        path=PATH,
        problems=_PROBLEMS,
        scope=STATISTICS_READ,
    ),
)
async def on_day(request: Request) -> Response:
    """Answer an area's counts and rates on a day."""
    context, caller = context_of(request), authorize(request, STATISTICS_READ)
    asked = read(request, _ON_DAY)
    as_of, known_at = asked["as_of"] or context.clock.today(), asked["known_at"]
    tree, policy = await context.areas.tree(), await asking.policy_known(context, known_at)
    unit = tree.on(request.path_params["code"], as_of)
    reach = asking.within(tree, caller, unit, as_of)
    async with asking.reading(context, known_at) as (snapshot, settled):
        provinces = whole_provinces(tree, reach)
        counted = await store.counts(snapshot, reach, provinces, as_of, known_at)
        base = await _base(snapshot, tree, unit, as_of, known_at)
    body = {
        "area": {"code": unit.code, "name": unit.name, "level": unit.level},
        **tallies.body(counted, base, _standards(policy, counted, as_of)),
        "base": base,
    }
    return answer(request, body, asking.echoes(as_of, known_at, settled))


async def _base(
    snapshot: Snapshot, tree: AreaTree, unit: Unit, as_of: date, known_at: datetime | None
) -> Base | None:
    """Find the unit's base; asks for all facts only when the unit has none of its own."""
    own = await area_facts.in_force(snapshot, [unit.area_id], as_of, known_at)
    if not own:
        every = [each.area_id for each in tree.units]
        own = await area_facts.in_force(snapshot, every, as_of, known_at)
    facts = {area_id: Fact(f.event_id, f.on, f.payload) for area_id, f in own.items()}
    return Bases(tree, as_of, facts).of(unit) if facts else None


def _standards(policy: Policy, counted: Counts, as_of: date) -> Sequence[Standard]:
    """Return the standards whose indicators are shown: the one in force, and those in use."""
    used = {standard for standard, _, _, _ in counted.by_indicator}
    return [s for s in policy.standards.items if s.id in used or s.in_force(as_of)]


_MOVEMENT = {
    "list": parameters.choice(LISTS, "The list that is counted.").but(required=True),
    "from_date": parameters.day("Start of the period: `start` is counted at its end.").but(
        required=True
    ),
    "to_date": parameters.day("End of the period, included.").but(required=True),
    "known_at": KNOWN_AT,
}


@router.get(
    "/v1/areas/{code}/movement",
    **operation(
        "Movement of a list in an area",
        "Gross flows with from_date < day <= to_date in the unit in force on to_date, its "
        "predecessors' earlier days included. Always end = start - left + relapsed + "
        "newly_arisen + moved_in - moved_out - closed.",
        model=schemas.Movement,
        example=examples.MOVEMENT,
        parameters=_MOVEMENT,
        path=PATH,
        problems=_PROBLEMS,
        scope=STATISTICS_READ,
    ),
)
async def movement(request: Request) -> Response:
    """Answer the flows of one list over a period."""
    context, caller = context_of(request), authorize(request, STATISTICS_READ)
    asked = read(request, _MOVEMENT)
    period, known_at = (asked["from_date"], asked["to_date"]), asked["known_at"]
    if period[0] > period[1]:
        raise invalid([Fault("/query/to_date", "period_reversed", "to_date is before from_date")])
    tree = await context.areas.tree()
    unit = tree.on(request.path_params["code"], period[1])
    reach = asking.within(tree, caller, unit, period[1])
    async with asking.reading(context, known_at) as (snapshot, settled):
        provinces = whole_provinces(tree, reach)
        listed = asked["list"]
        flows = await movements.flows(snapshot, reach, provinces, listed, period, known_at)
    if not flows.balanced():
        log.error("movement.unbalanced", area=unit.code, list=asked["list"], flows=flows)
        raise Problem(500, "movement_unbalanced", "the flows do not add up; this is a defect")
    body = {
        "area": {"code": unit.code, "name": unit.name, "level": unit.level},
        "list": asked["list"],
        "from_date": period[0],
        "to_date": period[1],
        **tallies.fields(flows),
    }
    return answer(request, body, asking.echoes(None, known_at, settled))
