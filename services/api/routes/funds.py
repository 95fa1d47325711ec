"""Funds: the list, and one with its balance, its local counterpart, its runs and its children."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, counterparts, funding
from services.api.examples import funds as examples
from services.api.refusals import UNKNOWN_FUND, refusing
from services.api.schemas import funds as schemas
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import FUNDS_READ, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import KNOWN_AT, LIMIT, LIMIT_MAX, read, write_cursor
from shared.http.undeclared import operation
from shared.kernel.database import Snapshot
from shared.money.store import fund_reads, run_reads

router = APIRouter(tags=["funds"], route_class=PlainRoute)

PATH = {"fund_id": ("Id of the fund.", "LS-BG-2023-P5")}
PROBLEMS = ("invalid_request", "not_settled", "in_future")
ONE = {"known_at": KNOWN_AT}
_LIST = {
    "program": funding.PROGRAM,
    "component": funding.COMPONENT,
    "year": funding.YEAR,
    "area": funding.AREA,
    "funding_source": funding.SOURCE,
    "parent": parameters.text("Only funds that draw on lines of the fund with this id."),
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(parameters.short_text),
    "limit": LIMIT,
}


@router.get(
    "/v1/funds",
    **operation(
        "Funds",
        "The latest revision of every fund that is not withdrawn, by id.",
        model=schemas.Funds,
        example=examples.FUNDS,
        parameters=_LIST,
        problems=("unknown_area", *PROBLEMS),
        scope=FUNDS_READ,
    ),
)
async def many(request: Request) -> Response:
    """Answer a page of funds."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _LIST)
    limit, known_at = asked["limit"], asked["known_at"]
    tree = await context.areas.tree()
    wanted = filter_of(asked, funding.holders(tree, caller, asked["area"], context.clock.today()))
    after = asked["cursor"][0] if asked["cursor"] else None
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = await fund_reads.page(snapshot, known_at, wanted, after, limit + 1)
    following = write_cursor([rows[limit - 1]["fund_id"]]) if len(rows) > limit else None
    items = [_listed(tree, row) for row in rows[:limit]]
    body = {"items": items, "next_cursor": following}
    return answer(request, body, asking.echoes(None, known_at, settled))


def filter_of(asked: dict[str, Any], holders: Sequence[int] | None) -> fund_reads.Filter:
    """Return the funds that a request's parameters ask for."""
    names = ("program", "component", "year", "funding_source", "parent")
    given = {name: asked.get(name) for name in names}
    return fund_reads.Filter(fund_id=asked.get("fund"), holders=holders, **given)


@router.get(
    "/v1/funds/{fund_id}",
    **refusing(
        operation(
            "A fund",
            "Its latest revision and its balance. A fund held outside the caller's area is not "
            "known. Largest remainders are not monotone: when a fund grows, a line may fall by "
            "1 đồng.",
            model=schemas.Fund,
            example=examples.FUND,
            parameters=ONE,
            path=PATH,
            problems=PROBLEMS,
            scope=FUNDS_READ,
        ),
        UNKNOWN_FUND,
    ),
)
async def one(request: Request) -> Response:
    """Answer one fund."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    known_at = read(request, ONE)["known_at"]
    tree = await context.areas.tree()
    reach = funding.holders(tree, caller, None, context.clock.today())
    law = await counterparts.law(context, known_at)
    async with asking.reading(context, known_at) as (snapshot, settled):
        fund = await funding.fund_of(snapshot, request, known_at, reach)
        runs = await _runs(snapshot, known_at, fund["fund_id"])
        active = await _runs(snapshot, known_at, fund["fund_id"], active=True)
        below = fund_reads.Filter(parent=fund["fund_id"])
        children = await fund_reads.page(snapshot, known_at, below, None, LIMIT_MAX)
        total = await fund_reads.count(snapshot, known_at, below)
        share = await counterparts.of(snapshot, known_at, fund, active, law)
    body = {
        **_listed(tree, fund),
        "balance": _balance(fund),
        "counterpart": share,
        "runs": [_run(run) for run in runs],
        "children": [_child(child) for child in children],
        "children_count": total,
    }
    return answer(request, body, asking.echoes(None, known_at, settled))


async def _runs(
    snapshot: Snapshot, known_at: datetime | None, fund_id: str, *, active: bool = False
) -> list[Record]:
    asked = run_reads.Asked(fund_id=fund_id, active=active)
    return await run_reads.page(snapshot, known_at, asked, None, LIMIT_MAX)


def _listed(tree: AreaTree, row: Record) -> dict[str, Any]:
    names = ("fund_id", "program", "component", "year", "funding_source", "amount_vnd")
    origin = ("source", "external_id", "revision", "event_id", "recorded_at")
    return {
        **{name: row[name] for name in names},
        "area": funding.area(tree, row["area_id"]),
        "decided_on": row["decided_on"],
        "decision_no": row["payload"].get("decision_no"),
        "parent": _parent(row),
        **{name: row[name] for name in origin},
    }


def _parent(row: Record) -> dict[str, Any] | None:
    if row["parent_run"] is None:
        return None
    return {
        "fund_id": row["parent_fund"],
        "run_id": row["parent_run"],
        "area_code": row["parent_line"],
    }


def _child(row: Record) -> dict[str, Any]:
    return {
        "fund_id": row["fund_id"],
        "run_id": row["parent_run"],
        "area_code": row["parent_line"],
        "amount_vnd": row["amount_vnd"],
    }


def _balance(row: Record) -> dict[str, int]:
    sums = funding.of_row(row)
    return {
        "amount_vnd": row["amount_vnd"],
        "unallocated_vnd": row["amount_vnd"] - sums.allocated,
        "passed_on_vnd": row["passed_on"],
        **funding.money(sums),
    }


def _run(row: Record) -> dict[str, Any]:
    names = ("run_id", "rule", "mode", "state", "as_of", "allocated_vnd", "superseded_by")
    return {
        **{name: row[name] for name in names},
        "active": funding.is_active(row),
        "completed_at": row["completed_at"],
    }
