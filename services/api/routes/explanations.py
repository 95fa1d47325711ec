"""Why a household has its status."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, views
from services.api.examples import households as examples
from services.api.routes.households import ONE, PATH, PROBLEMS
from services.api.schemas import households as schemas
from shared.households import explanation
from shared.households.store import reads
from shared.http.answers import answer
from shared.http.auth import HOUSEHOLDS_READ, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute, operation
from shared.http.parameters import read

router = APIRouter(tags=["households"], route_class=PlainRoute)


@router.get(
    "/v1/households/{household_id}/explanation",
    **operation(
        "Why a household has its status",
        "The rule that fired with its bounds, its legal basis, every input and whether it "
        "counted, the exit window, and the smallest single changes that give another class.",
        model=schemas.Explanation,
        example=examples.EXPLANATION,
        parameters=ONE,
        path=PATH,
        problems=PROBLEMS,
        scope=HOUSEHOLDS_READ,
    ),
)
async def explain(request: Request) -> Response:
    """Answer why a household has the status it has on a day."""
    context, caller = context_of(request), authorize(request, HOUSEHOLDS_READ)
    household_id = asking.household_of(request)
    asked = read(request, ONE)
    as_of, known_at = asked["as_of"] or context.clock.today(), asked["known_at"]
    async with asking.reading(context, known_at) as (snapshot, settled):
        row = await reads.status(snapshot, household_id, as_of, known_at)
        if row is None:
            raise asking.unknown_household()
        spells = await reads.spells(snapshot, household_id, known_at)
    await asking.check_visible(context, caller, row["area_id"], as_of)
    policy = await asking.policy_known(context, known_at)
    found = explanation.explain(
        row["status"],
        views.assessment(row, household_id),
        explanation.standard_named(policy, row["standard"]),
        [(spell["spell_from"], spell["spell_to"], spell["status"]) for spell in spells],
        policy,
        as_of,
    )
    body = {
        "household_id": household_id,
        "living_standard": row["living_standard"],
        "event_id": row["event_id"],
        "policy_digest": policy.digest,
        **found,
    }
    return answer(request, body, asking.echoes(as_of, known_at, settled), private=True)
