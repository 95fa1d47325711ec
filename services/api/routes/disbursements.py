"""Payments and returns, as last posted."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, funding
from services.api.examples import disbursements as examples
from services.api.routes.funds import PROBLEMS
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
from shared.money.store.disbursement_reads import Payments

router = APIRouter(tags=["disbursements"], route_class=PlainRoute)

_LIST = {
    "run": funding.RUN,
    "fund": funding.FUND,
    "line": parameters.text("Only of this line: an area's code or a household's id."),
    "from_date": parameters.day("Only payments of this day or later."),
    "to_date": parameters.day("Only payments of this day or earlier."),
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(date.fromisoformat, UUID),
    "limit": LIMIT,
}


@router.get(
    "/v1/disbursements",
    **operation(
        "Payments and returns",
        "The latest revision of every payment and return that is not withdrawn, by day.",
        model=schemas.Disbursements,
        example=examples.DISBURSEMENTS,
        parameters=_LIST,
        problems=PROBLEMS,
        scope=FUNDS_READ,
    ),
)
async def many(request: Request) -> Response:
    """Answer a page of payments and returns."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _LIST)
    known_at, limit, tree = asked["known_at"], asked["limit"], await context.areas.tree()
    wanted = Payments(
        run_id=asked["run"],
        fund_id=asked["fund"],
        line=asked["line"],
        from_date=asked["from_date"],
        to_date=asked["to_date"],
        holders=funding.holders(tree, caller, None, context.clock.today()),
    )
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = await disbursement_reads.page(snapshot, known_at, wanted, asked["cursor"], limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else write_cursor([last["paid_on"], last["event_id"]])
    body = {"items": [_shown(tree, row) for row in rows[:limit]], "next_cursor": following}
    return answer(request, body, asking.echoes(None, known_at, settled), private=True)


def _shown(tree: AreaTree, row: Record) -> dict[str, Any]:
    names = ("event_id", "source", "external_id", "revision", "amount_vnd", "paid_on", "kind")
    return {
        **funding.line_of(row),
        "area": funding.area(tree, row["area_id"]),
        **{name: row[name] for name in names},
        "recorded_at": row["recorded_at"],
    }
