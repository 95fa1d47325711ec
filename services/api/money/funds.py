"""Funds: the list, and one with its balance, its local counterpart, its runs and its children."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct

from services.api.money import counterparts
from services.api.money.counterparts import Counterpart
from services.api.money.held import UNKNOWN_FUND, FundId, fund_of, reach_of
from services.api.money.sums import (
    Allocated,
    Amount,
    HeldIn,
    NetPaid,
    OfComponent,
    OfProgram,
    OfSource,
    OfYear,
    Paid,
    Returned,
    amounts,
    unit_of,
)
from services.api.words import EventId, ExternalId, NextCursor, Revision, Source, Unit
from shared.access.caller import FUNDS_READ
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.ask import Ask, Known, from_row
from shared.http.operations import Routes
from shared.http.parameters import LIMIT_MAX
from shared.http.problems import UNKNOWN_AREA
from shared.http.schemas import Instant
from shared.money.store import fund_reads, run_reads
from shared.money.store.fund_reads import FundFilter, FundingSource
from shared.money.store.run_reads import Mode, State

routes = Routes("money")

F = TypeVar("F", bound="ListedFund")


class ParentLine(Struct, frozen=True):
    """The line of a run that a fund draws on."""

    fund_id: Annotated[str | None, Meta(description="The fund that the run divides.")]
    run_id: Annotated[str, Meta(description="The run.")]
    area_code: Annotated[str, Meta(description="The line: code of the unit that it is for.")]


class ListedFund(Struct, frozen=True):
    """A fund as last posted."""

    fund_id: Annotated[str, Meta(description="Id of the fund.")]
    program: Annotated[str, Meta(description="Id of the programme; `/v1/programs` has its law.")]
    component: Annotated[
        str | None, Meta(description="The component; null: the programme as a whole.")
    ]
    year: Annotated[int, Meta(description="The year that the money is for.")]
    funding_source: Annotated[
        FundingSource, Meta(description="Central or local budget, or mobilised from others.")
    ]
    amount_vnd: Amount
    area: Annotated[Unit | None, Meta(description="The holder.")]
    decided_on: Annotated[date, Meta(description="The day of the decision that gives it.")]
    decision_no: Annotated[str | None, Meta(description="Number of the decision, if stated.")]
    parent: Annotated[ParentLine | None, Meta(description="The line that it draws on; null: none.")]
    source: Source
    external_id: ExternalId
    revision: Revision
    event_id: EventId
    recorded_at: Annotated[Instant, Meta(description="When this revision was committed.")]


class Funds(Struct, frozen=True):
    """A page of funds."""

    items: Annotated[list[ListedFund], Meta(description="Funds by id.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/funds",
    scope=FUNDS_READ,
    clock=Known,
    cursor=[parameters.short_text],
    problems=[UNKNOWN_AREA],
)
async def list_funds(
    ask: Ask,
    program: OfProgram = None,
    component: OfComponent = None,
    year: OfYear = None,
    area: HeldIn = None,
    funding_source: OfSource = None,
    parent: Annotated[
        str | None,
        parameters.text("Only funds that draw on lines of the fund with this id."),
    ] = None,
) -> Funds:
    """Funds.

    The latest revision of every fund that is not withdrawn, by id.
    """
    units, page = await ask.tree(), ask.page
    wanted = FundFilter(
        program=program,
        component=component,
        year=year,
        funding_source=funding_source,
        holders=await reach_of(ask, area),
        parent=parent,
    )
    after = page.after[0] if page.after else None
    async with ask.snapshot() as snapshot:
        rows = await fund_reads.list_funds(snapshot, ask.known_at, wanted, after, page.fetch)
    shown, next_cursor = page.cut(rows, lambda row: [row.fund_id])
    return Funds([_listed(ListedFund, units, row) for row in shown], next_cursor)


class FundBalance(Struct, frozen=True):
    """Where a fund's money is; amount = allocated + unallocated."""

    amount_vnd: Amount
    unallocated_vnd: Annotated[int, Meta(description="Amount less allocated, in đồng.")]
    passed_on_vnd: Annotated[
        int, Meta(description="Đồng of child funds that draw on this fund's lines.")
    ]
    allocated_vnd: Allocated
    paid_vnd: Paid
    returned_vnd: Returned
    net_paid_vnd: NetPaid


class FundRun(Struct, frozen=True):
    """A run on the fund."""

    run_id: Annotated[str, Meta(description="Id of the run.")]
    rule: Annotated[str, Meta(description="Id of the allocation rule; `/v1/rules` has its law.")]
    mode: Annotated[Mode, Meta(description="A preview holds no money.")]
    state: Annotated[State, Meta(description="How far it has come.")]
    active: Annotated[bool, Meta(description="It holds money.")]
    as_of: Annotated[date, Meta(description="The day that statuses and facts are of.")]
    allocated_vnd: Annotated[int | None, Meta(description="Đồng on its lines; null: no lines.")]
    superseded_by: Annotated[str | None, Meta(description="The run that replaced it.")]
    completed_at: Annotated[Instant | None, Meta(description="When it ended; null: not yet.")]


class ChildFund(Struct, frozen=True):
    """A fund that draws on a line of this one."""

    fund_id: Annotated[str, Meta(description="Id of the child fund.")]
    run_id: Annotated[str, Meta(description="The run that its line is of.")]
    area_code: Annotated[str, Meta(description="The line: code of the unit that it is for.")]
    amount_vnd: Amount


class Fund(ListedFund, frozen=True):
    """A fund with its balance."""

    balance: Annotated[FundBalance, Meta(description="Where its money is.")]
    counterpart: Annotated[
        Counterpart | None, Meta(description="Null where no rule asks for a local share.")
    ]
    runs: Annotated[list[FundRun], Meta(description="The first 1000; /v1/allocation-runs has all.")]
    children: Annotated[
        list[ChildFund], Meta(description="The first 1000; /v1/funds?parent= has all.")
    ]
    children_count: Annotated[int, Meta(description="How many children it has in all.")]


@routes.get(
    "/v1/funds/{fund_id}",
    scope=FUNDS_READ,
    clock=Known,
    problems=[UNKNOWN_FUND],
)
async def get_fund(ask: Ask, fund_id: FundId) -> Fund:
    """A fund.

    Its latest revision and its balance. A fund held outside the caller's area is not known. Largest
    remainders are not monotone: when a fund grows, a line may fall by 1 đồng.
    """
    units, reach, at = await ask.tree(), await reach_of(ask), ask.known_at
    law = await counterparts.law(ask)
    async with ask.snapshot() as snapshot:
        fund = await fund_of(ask, snapshot, fund_id, reach)
        of_fund = run_reads.RunFilter(fund_id=fund_id)
        runs = await run_reads.list_runs(snapshot, at, of_fund, None, LIMIT_MAX)
        held = run_reads.RunFilter(fund_id=fund_id, active=True)
        active = await run_reads.list_runs(snapshot, at, held, None, LIMIT_MAX)
        below = FundFilter(parent=fund_id)
        children = await fund_reads.list_funds(snapshot, at, below, None, LIMIT_MAX)
        total = await fund_reads.count(snapshot, at, below)
        share = await counterparts.counterpart(snapshot, at, fund, active, law)
    return _listed(
        Fund,
        units,
        fund,
        balance=_balance(fund),
        counterpart=share,
        runs=[from_row(FundRun, run) for run in runs],
        children=[_child(child) for child in children],
        children_count=total,
    )


def _listed(kind: type[F], units: AreaTree, row: fund_reads.Fund, **others: Any) -> F:
    parent = None
    if row.parent_run is not None and row.parent_line is not None:
        parent = ParentLine(row.parent_fund, row.parent_run, row.parent_line)
    return from_row(kind, row, area=unit_of(units, row.area_id), parent=parent, **others)


def _child(row: fund_reads.Fund) -> ChildFund:
    return from_row(ChildFund, row, run_id=row.parent_run, area_code=row.parent_line)


def _balance(row: fund_reads.Balance) -> FundBalance:
    return FundBalance(
        amount_vnd=row.amount_vnd,
        unallocated_vnd=row.amount_vnd - row.allocated,
        passed_on_vnd=row.passed_on,
        **amounts(row.sums),
    )
