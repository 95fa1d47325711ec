"""Payments and returns as last posted, and lines on which nothing has moved for long."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.api.money.held import reach_of
from services.api.money.sums import (
    DAYS_MAX,
    STALLED_AFTER,
    Amount,
    OfComponent,
    OfFund,
    OfProgram,
    OfRun,
    Paid,
    Returned,
    Today,
    unit_of,
)
from services.api.words import EventId, ExternalId, NextCursor, Revision, Source, Unit
from shared.access.caller import FUNDS_READ
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.ask import Ask, Known, from_row
from shared.http.operations import Routes
from shared.http.problems import UNKNOWN_AREA
from shared.http.schemas import Instant
from shared.money.net_paid import net_paid
from shared.money.store import disbursement_reads
from shared.money.store.disbursement_reads import OfLine, PaymentFilter, Still
from shared.money.store.fund_reads import FundFilter

routes = Routes("money")


class LineName(Struct, frozen=True):
    """Which line of which run: an area's or a household's."""

    run_id: Annotated[str, Meta(description="Id of the allocation run.")]
    fund_id: Annotated[str, Meta(description="The fund that it divides.")]
    line: Annotated[str, Meta(description="The area's code or the household's id.")]
    area_code: Annotated[str | None, Meta(description="The code; null: a household's line.")]
    household_id: Annotated[str | None, Meta(description="The id; null: an area's line.")]
    area: Annotated[Unit | None, Meta(description="The line's unit, or the household's.")]


def _line(units: AreaTree, row: OfLine) -> dict[str, Any]:
    """Return the fields that name a line."""
    return {
        "run_id": row.run_id,
        "fund_id": row.fund_id,
        "line": row.line,
        "area_code": None if row.of_household else row.line,
        "household_id": row.line if row.of_household else None,
        "area": unit_of(units, row.area_id),
    }


class Disbursement(LineName, frozen=True):
    """A payment or a return as last posted."""

    event_id: EventId
    source: Source
    external_id: ExternalId
    revision: Revision
    amount_vnd: Amount
    paid_on: Annotated[date, Meta(description="The day on which the money moved.")]
    kind: Annotated[Literal["paid", "returned"], Meta(description="Which way it moved.")]
    recorded_at: Annotated[Instant, Meta(description="When this revision was committed.")]


class Disbursements(Struct, frozen=True):
    """A page of payments and returns."""

    items: Annotated[list[Disbursement], Meta(description="In order of days.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/disbursements",
    scope=FUNDS_READ,
    clock=Known,
    cursor=[date.fromisoformat, UUID],
    private=True,
)
async def list_disbursements(
    ask: Ask,
    run: OfRun = None,
    fund: OfFund = None,
    line: Annotated[
        str | None,
        parameters.text("Only of this line: an area's code or a household's id."),
    ] = None,
    from_date: Annotated[date | None, parameters.day("Only payments of this day or later.")] = None,
    to_date: Annotated[date | None, parameters.day("Only payments of this day or earlier.")] = None,
) -> Disbursements:
    """Payments and returns.

    The latest revision of every payment and return that is not withdrawn, by day.
    """
    units, page = await ask.tree(), ask.page
    matching = PaymentFilter(run, fund, line, from_date, to_date, await reach_of(ask))
    async with ask.snapshot() as snapshot:
        rows = await disbursement_reads.list_payments(
            snapshot, ask.known_at, matching, page.after, page.fetch
        )
    shown, next_cursor = page.cut(rows, lambda row: [row.paid_on, row.event_id])
    items = [from_row(Disbursement, row, **_line(units, row)) for row in shown]
    return Disbursements(items, next_cursor)


class StalledLine(LineName, frozen=True):
    """A line with money left on which nothing has moved."""

    amount_vnd: Annotated[int, Meta(description="Đồng of the line.")]
    paid_vnd: Paid
    returned_vnd: Returned
    passed_on_vnd: Annotated[int, Meta(description="Đồng that child funds took over.")]
    left_vnd: Annotated[
        int, Meta(description="Đồng: amount less paid, plus returned, less passed on.")
    ]
    last_movement_on: Annotated[
        date | None, Meta(description="The last payment or return; null: there was none.")
    ]
    allocated_on: Annotated[date, Meta(description="The day on which its run was completed.")]
    days: Annotated[int, Meta(description="Since the last movement, else since allocation.")]


class StalledLines(Struct, frozen=True):
    """A page of lines that stand still."""

    items: Annotated[list[StalledLine], Meta(description="By run and line.")]
    next_cursor: NextCursor
    on: Today


@routes.get(
    "/v1/disbursements/stalled",
    scope=FUNDS_READ,
    heavy=True,
    clock=Known,
    cursor=[parameters.short_text, parameters.short_text],
    problems=[UNKNOWN_AREA],
    private=True,
)
async def list_stalled_lines(
    ask: Ask,
    fund: OfFund = None,
    program: OfProgram = None,
    component: OfComponent = None,
    area: Annotated[
        str | None,
        parameters.text("Code of a unit, of whichever map; the line is it or lies in it."),
    ] = None,
    days: Annotated[
        int,
        parameters.whole(
            "Only lines without a payment or return for this many days.",
            0,
            DAYS_MAX,
            STALLED_AFTER,
        ),
    ] = STALLED_AFTER,
) -> StalledLines:
    """Lines that stand still.

    Lines of active runs with money left on them (allocated, neither paid nor passed on to a child
    fund) and no payment or return for so many days; a line never paid counts from the day its run
    was completed. By run and line.
    """
    units, page, on = await ask.tree(), ask.page, ask.known_on
    still = Still(on, days, await reach_of(ask, area))
    funds = FundFilter(
        fund_id=fund, program=program, component=component, holders=await reach_of(ask)
    )
    async with ask.snapshot() as snapshot:
        rows = await disbursement_reads.stalled(
            snapshot, ask.known_at, funds, still, page.after, page.fetch
        )
    shown, next_cursor = page.cut(rows, lambda row: [row.run_id, row.line])
    return StalledLines([_stalled(units, row, on) for row in shown], next_cursor, on)


def _stalled(units: AreaTree, row: disbursement_reads.StalledLine, on: date) -> StalledLine:
    return StalledLine(
        **_line(units, row),
        amount_vnd=row.amount_vnd,
        paid_vnd=row.paid,
        returned_vnd=row.returned,
        passed_on_vnd=row.passed_on,
        left_vnd=row.amount_vnd - net_paid(row.paid, row.returned) - row.passed_on,
        last_movement_on=row.last_movement_on,
        allocated_on=row.allocated_on,
        days=(on - (row.last_movement_on or row.allocated_on)).days,
    )
