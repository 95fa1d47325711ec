"""Exit windows running out: which households are recently exited until when; counts by week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from services.api.words import NextCursor, unit_on
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import reached
from shared.areas.tree import AreaTree
from shared.households.store import exit_windows as store
from shared.households.store.exit_windows import WindowFilter
from shared.http import parameters
from shared.http.ask import Ask, OnDay
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA
from shared.law.standards import AreaType, LivingStandard, WindowLastDay
from shared.money.store import supports

routes = Routes("households")
CREDIT = "preferential_credit"


class ExitWindow(Struct, frozen=True):
    """A household in its exit window."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    area_code: Annotated[str | None, Meta(description="Code of the unit in force on the day.")]
    area_type: Annotated[AreaType | None, Meta(description="Rural or urban.")]
    living_standard: Annotated[
        LivingStandard | None, Meta(description="As last reviewed, where the law tells.")
    ]
    left_on: Annotated[date, Meta(description="First day off the lists: the window's first.")]
    last_day: Annotated[date, Meta(description="The window's last day.")]
    days_left: Annotated[int, Meta(description="Days from `as_of` to the last day; 0: that day.")]
    credit_records: Annotated[
        int,
        Meta(
            description="Loans of preferential credit that are recorded; nobody posts repayments."
        ),
    ]


class Week(Struct, frozen=True):
    """The windows that end in a week."""

    monday: Annotated[date, Meta(description="The first day of the week.")]
    households: Annotated[int, Meta(description="How many windows have their last day in it.")]


class WindowRule(Struct, frozen=True):
    """How long a window lasts."""

    months: Annotated[int, Meta(description="How many months.")]
    last_day: Annotated[
        WindowLastDay,
        Meta(description="Whether the corresponding day of the last month belongs to it."),
    ]
    legal_basis: Annotated[list[str], Meta(description="The acts that it rests on.")]
    told_days_before: Annotated[
        list[int],
        Meta(description="Days before the last one on which `exit-window.ending` is sent."),
    ]


class ExitWindows(Struct, frozen=True):
    """Exit windows that run on a day."""

    items: Annotated[list[ExitWindow], Meta(description="Those that end first come first.")]
    next_cursor: NextCursor
    weeks: Annotated[
        list[Week], Meta(description="All that were asked for by week, on every page.")
    ]
    window: Annotated[WindowRule, Meta(description="The rule by the policy that answered.")]


@routes.get(
    "/v1/exit-windows",
    scope=HOUSEHOLDS_READ,
    clock=OnDay,
    cursor=[date.fromisoformat, parameters.short_text],
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
    private=True,
)
async def list_exit_windows(
    ask: Ask,
    area: Annotated[
        str | None, parameters.text("Code of a unit in force on `as_of`; its communes count too.")
    ] = None,
    until_before: Annotated[
        date | None, parameters.day("Only windows whose last day lies before this day.")
    ] = None,
) -> ExitWindows:
    """Exit windows running out.

    The households that are recently exited on a day, with the day they left the lists, the last day
    of their window and the days left; and how many windows end in each week.
    """
    tree, page, policy = await ask.tree(), ask.page, await ask.policy()
    reach = reached(tree, ask.caller.area, area, ask.as_of)
    asked = WindowFilter(ask.as_of, ask.known_at, reach, until_before)
    after = (page.after[0], page.after[1]) if page.after else None
    async with ask.snapshot() as snapshot:
        rows = await store.exit_windows(snapshot, asked, after, page.fetch)
        weeks = await store.by_week(snapshot, asked)
        ids = [row.household_id for row in rows]
        loans = await supports.number_of(snapshot, CREDIT, ids, ask.known_at)
    shown, next_cursor = page.cut(rows, lambda row: [row.until, row.household_id])
    return ExitWindows(
        items=[_window(tree, row, ask.as_of, loans.get(row.household_id, 0)) for row in shown],
        next_cursor=next_cursor,
        weeks=[Week(*each) for each in weeks],
        window=WindowRule(
            policy.exit_window_months,
            policy.exit_window_last_day,
            list(policy.exit_window_basis),
            list(policy.exit_window_notice_days),
        ),
    )


def _window(tree: AreaTree, row: store.ExitWindow, day: date, loans: int) -> ExitWindow:
    unit, last_day = unit_on(tree, row.area_id, day), row.until - timedelta(days=1)
    return ExitWindow(
        household_id=row.household_id,
        area_code=None if unit is None else unit.code,
        area_type=row.area_type,
        living_standard=row.living_standard,
        left_on=row.left_on,
        last_day=last_day,
        days_left=(last_day - day).days,
        credit_records=loans,
    )
