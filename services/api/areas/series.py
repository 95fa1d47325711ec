"""Statistics side by side: of an area at the ends of periods, and of the units below it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from itertools import islice
from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.api.areas.areas import Code
from services.api.areas.movement import PERIOD_REVERSED, period_reversed
from services.api.areas.statistics import AreaName, AreaStatistics, Counting
from services.api.words import NextCursor
from shared.access.caller import STATISTICS_READ
from shared.areas.reach import on_day, within
from shared.http import parameters
from shared.http.ask import Ask, Known, OnDay
from shared.http.heavy import HEAVY, RETRY_SECONDS
from shared.http.operations import Routes
from shared.http.problems import (
    AREA_NOT_IN_FORCE,
    UNKNOWN_AREA,
    Problem,
    ProblemType,
    invalid,
)
from shared.kernel.errors import Fault
from shared.kernel.periods import period_ends

routes = Routes("areas")

PERIODS_MAX = 60
Every = Literal["year", "quarter", "month"]
_MONTHS: dict[Every, int] = {"year": 12, "quarter": 3, "month": 1}
Below = Literal["province", "district", "commune"]


def too_many_periods() -> Problem:
    """Return the refusal of a series that is too long."""
    detail = f"more than {PERIODS_MAX} periods end between from_date and to_date"
    return invalid([Fault("/query/to_date", "too_many_periods", detail)])


def counting_too_slow() -> Problem:
    """Return the 503 of counts that together took more than one may."""
    return Problem(
        503,
        "counting_too_slow",
        f"the counts took more than {HEAVY.seconds} s together; ask for fewer of them at once",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


_TOO_SLOW = ProblemType("The counts took too long together; ask for fewer", counting_too_slow())


class StatisticsOnDay(Struct, frozen=True):
    """An area's households at the end of a period."""

    as_of: Annotated[date, Meta(description="The last day of the period.")]
    statistics: Annotated[
        AreaStatistics | None,
        Meta(description="Of the unit that has the code that day; null where none has it."),
    ]


class StatisticsSeries(Struct, frozen=True):
    """An area's households over time."""

    items: Annotated[list[StatisticsOnDay], Meta(description="Periods in their order.")]


class ChildStatistics(Struct, frozen=True):
    """The households of one unit below."""

    area: Annotated[AreaName, Meta(description="The unit below.")]
    statistics: Annotated[AreaStatistics, Meta(description="Its households on the day.")]


class ChildrenStatistics(Struct, frozen=True):
    """A page of the units below an area, with their households."""

    items: Annotated[list[ChildStatistics], Meta(description="Units below by code.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/areas/{code}/statistics/series",
    scope=STATISTICS_READ,
    heavy=True,
    clock=Known,
    problems=[
        UNKNOWN_AREA,
        AREA_NOT_IN_FORCE,
        PERIOD_REVERSED,
        ProblemType(f"More than {PERIODS_MAX} periods", too_many_periods()),
        _TOO_SLOW,
    ],
)
async def list_statistics(
    ask: Ask,
    code: Code,
    from_date: Annotated[date, parameters.day("Only periods that end on this day or later.")],
    to_date: Annotated[date, parameters.day("Only periods that end on this day or before.")],
    every: Annotated[
        Every, parameters.choice(Every, "Length of the calendar's periods.").but(default="year")
    ] = "year",
) -> StatisticsSeries:
    """Statistics of an area over time.

    What `/v1/areas/{code}/statistics` answers for the last day of each period, at most 60 of them,
    all as known at one instant. Each day counts the unit that has the code on it: look at `area`
    where a code went to another unit.
    """
    if from_date > to_date:
        raise period_reversed()
    days = [*islice(period_ends(from_date, to_date, _MONTHS[every]), PERIODS_MAX + 1)]
    if len(days) > PERIODS_MAX:
        raise too_many_periods()
    units, policy = await ask.tree(), await ask.policy()
    versions = units.versions(code)
    on_days = [next((unit for unit in versions if unit.in_force(day)), None) for day in days]
    if days and not any(on_days):
        raise units.not_in_force(versions, days[-1])
    places = [
        None if unit is None else (unit, within(units, ask.caller.area, unit, day))
        for unit, day in zip(on_days, days, strict=True)
    ]
    async with _in_time(), ask.snapshot() as snapshot:
        counting = Counting.begin(ask, snapshot, units, policy)
        items = [
            StatisticsOnDay(day, await counting.of(*place, day) if place else None)
            for day, place in zip(days, places, strict=True)
        ]
    return StatisticsSeries(items)


@routes.get(
    "/v1/areas/{code}/statistics/children",
    scope=STATISTICS_READ,
    heavy=True,
    clock=OnDay,
    cursor=[parameters.short_text],
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, _TOO_SLOW],
)
async def list_children_statistics(
    ask: Ask,
    code: Code,
    by: Annotated[Below, parameters.choice(Below, "Level of the units below that are counted.")],
) -> ChildrenStatistics:
    """Statistics of the units below an area.

    What `/v1/areas/{code}/statistics` answers for each unit of a level below on a day, by code.
    Households of split communes that no fact has placed yet count in `<province>-unassigned`.
    """
    units, policy, page = await ask.tree(), await ask.policy(), ask.page
    unit = units.on(code, ask.as_of)
    # Who may see the unit may see what is below, districts without a commune too.
    within(units, ask.caller.area, unit, ask.as_of)
    after = page.after[0] if page.after else ""
    below = [*islice(units.below(unit, by, ask.as_of, after), page.fetch)]
    shown, next_cursor = page.cut(below, lambda child: [child.code])
    async with _in_time(), ask.snapshot() as snapshot:
        counting = Counting.begin(ask, snapshot, units, policy)
        items = []
        for child in shown:
            communes = sorted(on_day(units, child, ask.as_of) or ())
            counts = await counting.of(child, communes, ask.as_of)
            items.append(ChildStatistics(AreaName.of(child), counts))
    return ChildrenStatistics(items, next_cursor)


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """Bound all counts of a request together: one statement has its own bound, sixty have none."""
    try:
        async with asyncio.timeout(HEAVY.seconds):
            yield
    except TimeoutError:
        raise counting_too_slow() from None
