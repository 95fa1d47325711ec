"""Progress of payment: of one fund, and of all funds that match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, funding
from services.api.examples import disbursements as examples
from services.api.examples import funds as fund_examples
from services.api.refusals import UNKNOWN_FUND, refusing
from services.api.routes.funds import PATH, PROBLEMS, filter_of
from services.api.schemas import disbursements as schemas
from services.api.schemas import funds as fund_schemas
from shared.areas.tree import AreaTree
from shared.http.answers import answer
from shared.http.auth import FUNDS_READ, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import KNOWN_AT, LIMIT_MAX, read
from shared.http.undeclared import operation
from shared.money.progress import Money, by_unit
from shared.money.store import disbursement_reads
from shared.money.store.disbursement_reads import Still
from shared.money.store.fund_reads import Filter, balances

router = APIRouter(tags=["disbursements"], route_class=PlainRoute)

DAYS_MAX = 36_500
_FUND = {
    "level": funding.LEVEL,
    "not_moved_for": funding.whole(
        "Days without a payment or return after which a line counts as stalled.", 0, DAYS_MAX, 90
    ),
    "known_at": KNOWN_AT,
}


@router.get(
    "/v1/funds/{fund_id}/progress",
    **refusing(
        operation(
            "Progress of a fund",
            "What was allocated, paid and returned, by area and by month of payment. The sums by "
            "area and by month make the totals.",
            model=fund_schemas.FundProgress,
            example=fund_examples.PROGRESS,
            parameters=_FUND,
            path=PATH,
            problems=PROBLEMS,
            scope=FUNDS_READ,
        ),
        UNKNOWN_FUND,
    ),
)
async def of_fund(request: Request) -> Response:
    """Answer how one fund's money gets on."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _FUND)
    known_at, tree = asked["known_at"], await context.areas.tree()
    reach = funding.holders(tree, caller, None, context.clock.today())
    on = funding.today(context, known_at)
    async with asking.reading(context, known_at) as (snapshot, settled):
        fund = await funding.fund_of(snapshot, request, known_at, reach)
        wanted = Filter(fund_id=fund["fund_id"])
        areas = await disbursement_reads.by_area(snapshot, known_at, wanted)
        months = await disbursement_reads.by_month(snapshot, known_at, wanted)
        still = Still(on, asked["not_moved_for"])
        stalled = await disbursement_reads.stalled_sum(snapshot, known_at, wanted, still)
    first, sums = fund["first_active"], funding.of_row(fund)
    allocated_on = None if first is None else funding.day_of(first)
    body = {
        "fund_id": fund["fund_id"],
        "on": on,
        "amount_vnd": fund["amount_vnd"],
        **funding.money(sums),
        "rates": funding.rates(fund["amount_vnd"], sums),
        "allocated_on": allocated_on,
        "days_since_allocation": None if allocated_on is None else (on - allocated_on).days,
        "by_area": _by_area(tree, areas, asked["level"]),
        "by_month": _by_month(months),
        "stalled": {"not_moved_for": asked["not_moved_for"], **stalled},
    }
    return answer(request, body, asking.echoes(None, known_at, settled))


def _by_area(tree: AreaTree, rows: Iterable[Record], level: str | None) -> list[dict[str, Any]]:
    sums = ((row["area_id"], row["as_of"], funding.of_row(row)) for row in rows)
    return [
        {
            "area": None if unit is None else funding.area(tree, unit.area_id),
            **funding.money(money),
            "rates": funding.paid_rates(money),
        }
        for unit, money in by_unit(tree, sums, level)
    ]


def _by_month(rows: Iterable[Record]) -> list[dict[str, Any]]:
    shown, to_date = [], 0
    for row in rows:
        net = row["paid"] - row["returned"]
        to_date += net
        shown.append(
            {
                "month": row["month"].isoformat()[:7],
                "paid_vnd": row["paid"],
                "returned_vnd": row["returned"],
                "net_paid_vnd": net,
                "net_paid_to_date_vnd": to_date,
            }
        )
    return shown


_ALL = {
    "program": funding.PROGRAM,
    "component": funding.COMPONENT,
    "year": funding.YEAR,
    "area": funding.AREA,
    "funding_source": funding.SOURCE,
    "level": funding.LEVEL,
    "known_at": KNOWN_AT,
}


@router.get(
    "/v1/disbursements/progress",
    **operation(
        "Progress of payment",
        "What was allocated, paid and returned of the funds that match, in all, by fund (the first "
        "1000 by id), component, area and month. In totals, components and areas money is counted "
        "once: what a child fund received from a fund that matches too is left out of the parent's "
        "amount and allocation; each fund's own row has it.",
        model=schemas.Progress,
        example=examples.PROGRESS,
        parameters=_ALL,
        problems=("unknown_area", *PROBLEMS),
        scope=FUNDS_READ,
    ),
)
async def of_all(request: Request) -> Response:
    """Answer how the money of many funds gets on."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _ALL)
    known_at, tree = asked["known_at"], await context.areas.tree()
    wanted = filter_of(asked, funding.holders(tree, caller, asked["area"], context.clock.today()))
    async with asking.reading(context, known_at) as (snapshot, settled):
        funds = await balances(snapshot, known_at, wanted)
        areas = await disbursement_reads.by_area(snapshot, known_at, wanted)
        months = await disbursement_reads.by_month(snapshot, known_at, wanted)
    body = {
        "funds": len(funds),
        "totals": _once(funds),
        "by_fund": [_of_fund(tree, fund) for fund in funds[:LIMIT_MAX]],
        "by_component": _by_component(funds),
        "by_area": _by_area(tree, areas, asked["level"]),
        "by_month": _by_month(months),
    }
    return answer(request, body, asking.echoes(None, known_at, settled))


def _once(funds: Sequence[Record]) -> dict[str, Any]:
    """Sum funds, the money that one passed on to another of them counted once."""
    amount = sum(fund["amount_vnd"] for fund in funds if not fund["received_within"])
    money = Money()
    for fund in funds:
        money += Money(fund["allocated"] - fund["passed_within"], fund["paid"], fund["returned"])
    return _sums(amount, money)


def _sums(amount: int, money: Money) -> dict[str, Any]:
    return {
        "amount_vnd": amount,
        **funding.money(money),
        "rates": funding.rates(amount, money),
    }


def _of_fund(tree: AreaTree, fund: Record) -> dict[str, Any]:
    return {
        "fund_id": fund["fund_id"],
        "program": fund["program"],
        "component": fund["component"],
        "year": fund["year"],
        "area": funding.area(tree, fund["area_id"]),
        "passed_on_vnd": fund["passed_on"],
        **_sums(fund["amount_vnd"], funding.of_row(fund)),
    }


def _by_component(funds: Sequence[Record]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[Record]] = {}
    for fund in funds:
        groups.setdefault((fund["program"], fund["component"] or ""), []).append(fund)
    return [
        {"program": program, "component": component or None, **_once(groups[program, component])}
        for program, component in sorted(groups)
    ]
