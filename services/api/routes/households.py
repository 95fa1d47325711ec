"""Households: the status of one on a day, and the list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, get_args

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, views
from services.api.examples import households as examples
from services.api.schemas import households as schemas
from shared.households import explanation
from shared.households.reasons import reasons
from shared.households.store import reads
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import HOUSEHOLDS_READ, authorize
from shared.http.context import Context, context_of
from shared.http.openapi import PlainRoute, operation
from shared.http.parameters import AS_OF, KNOWN_AT, LIMIT, read, write_cursor
from shared.law.standards import Status

router = APIRouter(tags=["households"], route_class=PlainRoute)

PATH = {"household_id": ("Id of the household.", "LS-06091-000123")}
PROBLEMS = ("unknown_household", "invalid_request", "not_settled", "in_future")
STATUSES = get_args(Status)
ONE = {"as_of": AS_OF, "known_at": KNOWN_AT}


@router.get(
    "/v1/households/{household_id}",
    **operation(
        "Status of a household",
        "Its class on a day, since when, where it lives, and why. `status` is null before the "
        "first assessment and `closed` from the closure on.",
        model=schemas.Household,
        example=examples.HOUSEHOLD,
        parameters=ONE,
        path=PATH,
        problems=PROBLEMS,
        scope=HOUSEHOLDS_READ,
    ),
)
async def one(request: Request) -> Response:
    """Answer the status of one household: one statement, the hottest route."""
    context, caller = context_of(request), authorize(request, HOUSEHOLDS_READ)
    household_id = asking.household_of(request)
    asked = read(request, ONE)
    as_of, known_at = asked["as_of"] or context.clock.today(), asked["known_at"]
    settled = await asking.settled_at(context, known_at)
    async with context.database.statement() as snapshot:
        row = await reads.status(snapshot, household_id, as_of, known_at)
    if row is None:
        raise asking.unknown_household()
    await asking.check_visible(context, caller, row["area_id"], as_of)
    body = await _status_body(context, household_id, row, as_of, known_at)
    echoes = asking.echoes(as_of, known_at, settled or row["at"])
    return answer(request, body, echoes, private=True)


async def _status_body(
    context: Context, household_id: str, row: Record, as_of: date, known_at: datetime | None
) -> dict[str, Any]:
    tree = await context.areas.tree()
    policy = await asking.policy_known(context, known_at)
    area = views.unit_on(tree, row["area_id"], as_of)
    standard = explanation.standard_named(policy, row["standard"])
    assessed = views.assessment(row, household_id)
    return {
        "household_id": household_id,
        "status": row["status"],
        "living_standard": row["living_standard"],
        "since": views.since(row),
        "until": row["spell_to"],
        "area": None if area is None else views.unit(area),
        "area_type": row["area_type"],
        "ethnic_group": row["ethnic_group"],
        "standard": row["standard"],
        "event_id": row["spell_event"],
        "reasons": reasons(row["status"], assessed, standard, policy.exit_window_months),
    }


_LIST = {
    "area": parameters.text("Code of a unit in force on `as_of`; its communes count too."),
    "status": parameters.choice(STATUSES, "Only households with this status on `as_of`."),
    "not_reviewed_since": parameters.day(
        "Only households whose assessment in force took effect before this day, or that have none."
    ),
    "as_of": AS_OF,
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(parameters.short_text),
    "limit": LIMIT,
}


@router.get(
    "/v1/households",
    **operation(
        "Households",
        "The households that live in an area on a day, by id.",
        model=schemas.Households,
        example=examples.HOUSEHOLDS,
        parameters=_LIST,
        problems=("unknown_area", "area_not_in_force", "invalid_request", "not_settled"),
        scope=HOUSEHOLDS_READ,
    ),
)
async def many(request: Request) -> Response:
    """Answer a page of households."""
    context, caller = context_of(request), authorize(request, HOUSEHOLDS_READ)
    asked = read(request, _LIST)
    as_of, known_at = asked["as_of"] or context.clock.today(), asked["known_at"]
    limit, tree = asked["limit"], await context.areas.tree()
    reach = asking.reached(tree, caller, asked["area"], as_of)
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = await reads.page(
            snapshot,
            as_of,
            known_at,
            area_ids=reach,
            status=asked["status"],
            not_reviewed_since=asked["not_reviewed_since"],
            after=asked["cursor"][0] if asked["cursor"] else None,
            limit=limit + 1,
        )
    items = []
    for row in rows[:limit]:
        area = views.unit_on(tree, row["area_id"], as_of)
        items.append(_listed(row, None if area is None else area.code))
    following = write_cursor([rows[limit - 1]["household_id"]]) if len(rows) > limit else None
    body = {"items": items, "next_cursor": following}
    return answer(request, body, asking.echoes(as_of, known_at, settled), private=True)


def _listed(row: Record, area_code: str | None) -> dict[str, Any]:
    return {
        "household_id": row["household_id"],
        "status": row["status"],
        "living_standard": row["living_standard"],
        "since": views.since(row),
        "area_code": area_code,
        "area_type": row["area_type"],
        "standard": row["standard"],
        "reviewed_on": row["effective_from"],
    }
