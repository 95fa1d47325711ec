"""The feed of transitions: what changed, in the order in which it was committed."""

from __future__ import annotations

from typing import Any

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import views
from services.api.examples import transitions as examples
from services.api.schemas import transitions as schemas
from shared.areas.reach import ever
from shared.areas.tree import AreaTree
from shared.households.store import feed
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import HOUSEHOLDS_READ, Caller, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute, operation
from shared.http.parameters import LIMIT, read, write_cursor
from shared.law.standards import LISTS

router = APIRouter(tags=["transitions"], route_class=PlainRoute)

_FEED = {
    "area": parameters.text("Code of a unit, of whichever map; its communes count too."),
    "from_date": parameters.day("Only transitions on this day or later."),
    "to_date": parameters.day("Only transitions on this day or earlier."),
    "kind": parameters.choice(feed.KINDS, "Only those with a movement of this kind."),
    "list": parameters.choice(LISTS, "Only those with a movement of this list."),
    "cursor": parameters.cursor(parameters.whole_number),
    "limit": LIMIT,
}


@router.get(
    "/v1/transitions",
    **operation(
        "Feed of transitions",
        "Published transitions and retractions in commit order. `next_cursor` is never null: "
        "follow it for ever and nothing is missed and nothing repeated. What a correction undoes "
        "appears as `{seq, retracts}` under the filters of its original.",
        model=schemas.Feed,
        example=examples.FEED,
        parameters=_FEED,
        problems=("unknown_area", "invalid_request"),
        scope=HOUSEHOLDS_READ,
    ),
)
async def many(request: Request) -> Response:
    """Answer the next transitions after a place in the feed."""
    context, caller = context_of(request), authorize(request, HOUSEHOLDS_READ)
    asked = read(request, _FEED)
    wanted = feed.Filter(
        area_ids=_reached(await context.areas.tree(), caller, asked["area"]),
        from_date=asked["from_date"],
        to_date=asked["to_date"],
        kind=asked["kind"],
        list=asked["list"],
    )
    after = asked["cursor"][0] if asked["cursor"] else 0
    async with context.database.snapshot() as snapshot:
        rows, place = await feed.page(snapshot, after, wanted, asked["limit"])
    body = {"items": [_item(row) for row in rows], "next_cursor": write_cursor([place])}
    return answer(request, body, private=True)


def _reached(tree: AreaTree, caller: Caller, code: str | None) -> list[int] | None:
    """Return the communes asked for, as far as the caller may see them; None: all."""
    own = ever(tree, caller.area)
    asked = own if code is None else ever(tree, code)
    if asked is None:
        asked = own
    if asked is None:
        return None
    return sorted(asked if own is None else asked & own)


def _item(row: Record) -> dict[str, Any]:
    if row["retracts"] is not None:
        return {"seq": row["seq"], "retracts": row["retracts"]}
    return {"seq": row["seq"], **views.transition(row)}
