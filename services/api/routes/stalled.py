"""Lines with money left on which nothing has moved for long."""

from __future__ import annotations

from typing import Any

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, funding
from services.api.examples import disbursements as examples
from services.api.routes.funds import PROBLEMS, filter_of
from services.api.routes.progress import DAYS_MAX
from services.api.schemas import disbursements as schemas
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import FUNDS_READ, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import KNOWN_AT, LIMIT, read, write_cursor
from shared.http.undeclared import operation
from shared.money.store import disbursement_reads
from shared.money.store.disbursement_reads import Still

router = APIRouter(tags=["disbursements"], route_class=PlainRoute)

_STALLED = {
    "fund": funding.FUND,
    "program": funding.PROGRAM,
    "component": funding.COMPONENT,
    "area": parameters.text("Code of a unit, of whichever map; the line is it or lies in it."),
    "days": funding.whole(
        "Only lines without a payment or return for this many days.", 0, DAYS_MAX, 90
    ),
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(parameters.short_text, parameters.short_text),
    "limit": LIMIT,
}


@router.get(
    "/v1/disbursements/stalled",
    **operation(
        "Lines that stand still",
        "Lines of active runs with money left on them (allocated, neither paid nor passed on to a "
        "child fund) and no payment or return for so many days; a line never paid counts from the "
        "day its run was completed. By run and line.",
        model=schemas.StalledLines,
        example=examples.STALLED,
        parameters=_STALLED,
        problems=("unknown_area", *PROBLEMS),
        scope=FUNDS_READ,
    ),
)
async def stalled(request: Request) -> Response:
    """Answer a page of lines on which nothing moves."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _STALLED)
    known_at, limit, tree = asked["known_at"], asked["limit"], await context.areas.tree()
    today = context.clock.today()
    on = funding.today(context, known_at)
    still = Still(on, asked["days"], funding.holders(tree, caller, asked["area"], today))
    wanted = filter_of(asked, funding.holders(tree, caller, None, today))
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = await disbursement_reads.stalled(
            snapshot, known_at, wanted, still, asked["cursor"], limit + 1
        )
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else write_cursor([last["run_id"], last["line"]])
    items = [_stalled(tree, row, still) for row in rows[:limit]]
    body = {"items": items, "next_cursor": following, "on": on}
    return answer(request, body, asking.echoes(None, known_at, settled), private=True)


def _stalled(tree: AreaTree, row: Record, still: Still) -> dict[str, Any]:
    last = row["last_movement_on"] or row["allocated_on"]
    net = row["paid"] - row["returned"]
    return {
        **funding.line_of(row),
        "area": funding.area(tree, row["area_id"]),
        "amount_vnd": row["amount_vnd"],
        "paid_vnd": row["paid"],
        "returned_vnd": row["returned"],
        "passed_on_vnd": row["passed_on"],
        "left_vnd": row["amount_vnd"] - net - row["passed_on"],
        "last_movement_on": row["last_movement_on"],
        "allocated_on": row["allocated_on"],
        "days": (still.on - last).days,
    }
