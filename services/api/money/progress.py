"""Progress of payment: of one fund, and of all funds that match."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct

from services.api.money.held import UNKNOWN_FUND, FundId, fund_of, reach_of
from services.api.money.sums import (
    STALLED_AFTER,
    Amount,
    AreaMoney,
    HeldIn,
    Money,
    MoneyRates,
    MonthMoney,
    NotMovedFor,
    OfComponent,
    OfLevel,
    OfProgram,
    OfSource,
    OfYear,
    Today,
    amounts,
    by_area,
    by_month,
    unit_of,
)
from services.api.words import Unit
from shared.access.caller import FUNDS_READ
from shared.areas.tree import AreaTree
from shared.http.ask import Ask, Known
from shared.http.operations import Routes
from shared.http.parameters import LIMIT_MAX
from shared.http.problems import UNKNOWN_AREA
from shared.kernel.clock import day_of
from shared.money import progress
from shared.money.store import disbursement_reads
from shared.money.store.disbursement_reads import Still
from shared.money.store.fund_reads import Balance, FundFilter, balances

routes = Routes("money")


class Stalled(Struct, frozen=True):
    """Lines with money left on which nothing has moved for long; listed by their own route."""

    not_moved_for: Annotated[int, Meta(description="Days after which a line counts.")]
    lines: Annotated[int, Meta(description="How many lines.")]
    left_vnd: Annotated[int, Meta(description="Đồng that are left on them.")]


class FundProgress(Money, frozen=True):
    """How a fund's money gets on."""

    fund_id: Annotated[str, Meta(description="Id of the fund.")]
    on: Today
    amount_vnd: Amount
    rates: Annotated[MoneyRates, Meta(description="What was allocated, and paid of that.")]
    allocated_on: Annotated[
        date | None, Meta(description="Day on which the first active run was completed.")
    ]
    days_since_allocation: Annotated[
        int | None, Meta(description="Days from `allocated_on` to `on`.")
    ]
    by_area: Annotated[list[AreaMoney], Meta(description="By unit; they make the totals.")]
    by_month: Annotated[list[MonthMoney], Meta(description="By month of payment.")]
    stalled: Annotated[Stalled, Meta(description="What stands still.")]


@routes.get(
    "/v1/funds/{fund_id}/progress",
    scope=FUNDS_READ,
    heavy=True,
    clock=Known,
    problems=[UNKNOWN_FUND],
)
async def get_fund_progress(
    ask: Ask,
    fund_id: FundId,
    level: OfLevel = None,
    not_moved_for: NotMovedFor = STALLED_AFTER,
) -> FundProgress:
    """Progress of a fund.

    What was allocated, paid and returned, by area and by month of payment. The sums by area and by
    month make the totals.
    """
    units, reach, on, at = await ask.tree(), await reach_of(ask), ask.known_on, ask.known_at
    async with ask.snapshot() as snapshot:
        fund = await fund_of(ask, snapshot, fund_id, reach)
        one = FundFilter(fund_id=fund_id)
        areas = await disbursement_reads.by_area(snapshot, at, one)
        months = await disbursement_reads.by_month(snapshot, at, one)
        still = Still(on, not_moved_for)
        stalled = await disbursement_reads.stalled_sum(snapshot, at, one, still)
    allocated_on = None if fund.first_active is None else day_of(fund.first_active)
    return FundProgress(
        fund_id=fund_id,
        on=on,
        amount_vnd=fund.amount_vnd,
        **amounts(fund.sums),
        rates=MoneyRates.of_amount(fund.amount_vnd, fund.sums),
        allocated_on=allocated_on,
        days_since_allocation=None if allocated_on is None else (on - allocated_on).days,
        by_area=by_area(units, areas, level),
        by_month=by_month(months),
        stalled=Stalled(not_moved_for, *stalled),
    )


class FundsMoney(Money, frozen=True):
    """Money of several funds."""

    amount_vnd: Amount
    rates: Annotated[MoneyRates, Meta(description="What was allocated, and paid of that.")]


class FundMoney(FundsMoney, frozen=True):
    """Money of one fund."""

    fund_id: Annotated[str, Meta(description="Id of the fund.")]
    program: Annotated[str, Meta(description="Its programme.")]
    component: Annotated[str | None, Meta(description="Its component.")]
    year: Annotated[int, Meta(description="Its year.")]
    area: Annotated[Unit | None, Meta(description="Its holder.")]
    passed_on_vnd: Annotated[int, Meta(description="Đồng that went on to child funds.")]


class ComponentMoney(FundsMoney, frozen=True):
    """Money of one component."""

    program: Annotated[str, Meta(description="The programme.")]
    component: Annotated[
        str | None, Meta(description="The component; null: the programme as a whole.")
    ]


class PaymentProgress(Struct, frozen=True):
    """How the money of many funds gets on."""

    funds: Annotated[int, Meta(description="How many funds match.")]
    totals: Annotated[FundsMoney, Meta(description="Of all, money counted once.")]
    by_fund: Annotated[list[FundMoney], Meta(description="The first 1000 by id.")]
    by_component: Annotated[list[ComponentMoney], Meta(description="By programme and component.")]
    by_area: Annotated[list[AreaMoney], Meta(description="By unit of the lines.")]
    by_month: Annotated[list[MonthMoney], Meta(description="By month of payment.")]


@routes.get(
    "/v1/disbursements/progress",
    scope=FUNDS_READ,
    heavy=True,
    clock=Known,
    problems=[UNKNOWN_AREA],
)
async def get_payment_progress(
    ask: Ask,
    program: OfProgram = None,
    component: OfComponent = None,
    year: OfYear = None,
    area: HeldIn = None,
    funding_source: OfSource = None,
    level: OfLevel = None,
) -> PaymentProgress:
    """Progress of payment.

    What was allocated, paid and returned of the funds that match, in all, by fund (the first 1000
    by id), component, area and month. In totals, components and areas money is counted once: what a
    child fund received from a fund that matches too is left out of the parent's amount and
    allocation; each fund's own row has it.
    """
    units, at = await ask.tree(), ask.known_at
    matching = FundFilter(
        program=program,
        component=component,
        year=year,
        funding_source=funding_source,
        holders=await reach_of(ask, area),
    )
    async with ask.snapshot() as snapshot:
        funds = await balances(snapshot, at, matching)
        areas = await disbursement_reads.by_area(snapshot, at, matching)
        months = await disbursement_reads.by_month(snapshot, at, matching)
    return PaymentProgress(
        funds=len(funds),
        totals=FundsMoney(**_once(funds)),
        by_fund=[_of_fund(units, fund) for fund in funds[:LIMIT_MAX]],
        by_component=_by_component(funds),
        by_area=by_area(units, areas, level),
        by_month=by_month(months),
    )


def _once(funds: Sequence[Balance]) -> dict[str, Any]:
    """Sum funds, the money that one passed on to another of them counted once."""
    amount = sum(fund.amount_vnd for fund in funds if not fund.received_within)
    money = progress.Money()
    for fund in funds:
        within = fund.allocated - fund.passed_within
        money += progress.Money(within, fund.paid, fund.returned)
    return _sums(amount, money)


def _sums(amount: int, money: progress.Money) -> dict[str, Any]:
    rates = MoneyRates.of_amount(amount, money)
    return {"amount_vnd": amount, **amounts(money), "rates": rates}


def _of_fund(units: AreaTree, fund: Balance) -> FundMoney:
    return FundMoney(
        fund_id=fund.fund_id,
        program=fund.program,
        component=fund.component,
        year=fund.year,
        area=unit_of(units, fund.area_id),
        passed_on_vnd=fund.passed_on,
        **_sums(fund.amount_vnd, fund.sums),
    )


def _by_component(funds: Sequence[Balance]) -> list[ComponentMoney]:
    groups: dict[tuple[str, str], list[Balance]] = {}
    for fund in funds:
        groups.setdefault((fund.program, fund.component or ""), []).append(fund)
    return [
        ComponentMoney(program=program, component=component or None, **_once(group))
        for (program, component), group in sorted(groups.items(), key=lambda each: each[0])
    ]
