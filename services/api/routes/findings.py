"""Findings: what contradicts arithmetic, the register or the law."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, funding
from services.api.examples import findings as examples
from services.api.routes.funds import PROBLEMS
from services.api.schemas import findings as schemas
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import FUNDS_READ, HOUSEHOLDS_READ, STATISTICS_READ, Caller, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import KNOWN_AT, LIMIT, Parameter, Refused, read, write_cursor
from shared.http.undeclared import operation
from shared.press.store import finding_reads

router = APIRouter(tags=["findings"], route_class=PlainRoute)

# What a finding is about, and the scope that its subject needs beside the route's own.
_NEEDED = {"fund": FUNDS_READ, "household": HOUSEHOLDS_READ}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("invalid_value", "not the id of an article") from None


_LIST = {
    "article": Parameter(
        _uuid, {"type": "string", "format": "uuid"}, "Only findings in the article with this id."
    ),
    "area": parameters.text(
        "Code of a unit, of whichever map; the finding is about what is in it."
    ),
    "kind": parameters.text("Only findings of this kind."),
    "fund": parameters.text("Only findings about the fund with this id."),
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(parameters.whole_number),
    "limit": LIMIT,
}


@router.get(
    "/v1/findings",
    **operation(
        "Findings",
        "Contradictions that stand, or stood at `known_at`, in the order in which they were "
        "raised. Those about funds are shown to callers with `funds:read`, those about households "
        "to callers with `households:read`; callers bound to an area see those in it.",
        model=schemas.Findings,
        example=examples.FINDINGS,
        parameters=_LIST,
        problems=("unknown_area", *PROBLEMS),
        scope=STATISTICS_READ,
    ),
)
async def many(request: Request) -> Response:
    """Answer a page of findings."""
    context, caller = context_of(request), authorize(request, STATISTICS_READ)
    asked = read(request, _LIST)
    known_at, limit, tree = asked["known_at"], asked["limit"], await context.areas.tree()
    wanted = finding_reads.Asked(
        article_id=asked["article"],
        subject=None if asked["fund"] is None else f"fund:{asked['fund']}",
        kind=asked["kind"],
        areas=funding.holders(tree, caller, asked["area"], context.clock.today()),
        hidden=_hidden(caller),
    )
    after = asked["cursor"][0] if asked["cursor"] else 0
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = await finding_reads.page(snapshot, known_at, wanted, after, limit + 1)
    following = write_cursor([rows[limit - 1]["seq"]]) if len(rows) > limit else None
    body = {"items": [_shown(tree, row) for row in rows[:limit]], "next_cursor": following}
    return answer(request, body, asking.echoes(None, known_at, settled), private=True)


def _hidden(caller: Caller) -> list[str]:
    return [subject for subject, scope in _NEEDED.items() if scope not in caller.scopes]


def _shown(tree: AreaTree, row: Record) -> dict[str, Any]:
    return {
        **row["body"],
        "finding_id": row["finding_id"],
        "kind": row["kind"],
        "subject": row["subject"],
        "article_id": row["article_id"],
        "area": funding.area(tree, row["area_id"]),
        "raised_at": row["known_from"],
    }
