"""Relapse watch: who may fall back, by a published score, and how often that score was right."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from services.api.areas.areas import Code
from services.api.words import NextCursor, unit_on
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import within
from shared.areas.tree import AreaTree
from shared.households.relapse_watch import Watched, WatchScore, bands, measures_of, scored
from shared.households.store import relapse_watch as store
from shared.households.store.year_end import Register
from shared.http import parameters
from shared.http.ask import Ask, OnDay
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA, Problem, ProblemType, not_found
from shared.kernel.periods import add_months
from shared.law.percent import Rate, rate
from shared.law.register_checks import RelapseWatch
from shared.law.standards import Status
from shared.law.store.seeds import REGISTER_CHECKS

routes = Routes("areas")

# Before everybody, whatever the points.
_FIRST = (-1000, "")


class Point(Struct, frozen=True):
    """Points that a rule gave."""

    code: Annotated[str, Meta(description="The rule; stable, branch on it.")]
    points: Annotated[int, Meta(description="How many.")]
    text_en: Annotated[str, Meta(description="Why, in English.")]
    text_vi: Annotated[str, Meta(description="Why, in Vietnamese.")]


class WatchedHousehold(Struct, frozen=True):
    """A household that is watched."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    area_code: Annotated[str | None, Meta(description="Code of the unit in force on the day.")]
    status: Annotated[Status, Meta(description="`near_poor` or `recently_exited`.")]
    since: Annotated[date, Meta(description="First day of the spell.")]
    points: Annotated[int, Meta(description="Sum of its points.")]
    reasons: Annotated[list[Point], Meta(description="What gave them.")]
    missing: Annotated[
        list[str], Meta(description="Measures that nobody stated; they give no points.")
    ]


class WatchList(Struct, frozen=True):
    """A page of the watch, most points first."""

    items: Annotated[list[WatchedHousehold], Meta(description="Households by points, then id.")]
    most_points: Annotated[int, Meta(description="The most that rules can give.")]
    legal_basis: Annotated[tuple[str, ...], Meta(description="None: no act names a score.")]
    next_cursor: NextCursor


class Hits(Struct, frozen=True):
    """Households with so many points or more, and how many came back."""

    points: Annotated[int, Meta(description="So many points or more.")]
    households: Annotated[int, Meta(description="How many had them on the day.")]
    came_back: Annotated[int, Meta(description="Of those, how many came back within the time.")]
    hit_rate: Annotated[Rate | None, Meta(description="Their share.")]


class Backtest(Struct, frozen=True):
    """How often the score was right, counted from a day of the past."""

    within_months: Annotated[int, Meta(description="Back within so many months.")]
    until: Annotated[date, Meta(description="The last day that is looked at.")]
    all: Annotated[Hits, Meta(description="Everybody watched: what chance alone would hit.")]
    bands: Annotated[list[Hits], Meta(description="By points, the fewest first.")]


def too_late() -> Problem:
    """Return the refusal of a day whose time has not passed yet."""
    return not_found("not_over_yet", "the months after that day are not over; ask an earlier day")


@routes.get(
    "/v1/areas/{code}/relapse-watch",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=OnDay,
    cursor=[parameters.whole_number, parameters.short_text],
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
    private=True,
)
async def list_relapse_watch(
    ask: Ask,
    code: Code,
    at_least: Annotated[
        int,
        parameters.whole("Only households with so many points or more.", 0, 100).but(default=1),
    ] = 1,
) -> WatchList:
    """Relapse watch.

    Near-poor and recently exited households of an area by points of a published score, with what
    gave them. The score is a judgement and no law: its back-test (`…/backtest`) says how often it
    was right here. It decides nothing about a household.
    """
    found, rules = await _watched(ask, code, ask.as_of, ask.as_of)
    after = (-ask.page.after[0], ask.page.after[1]) if ask.page.after else _FIRST
    listed = sorted((each for each in found if each[1].points >= at_least), key=_place)
    behind = [each for each in listed if _place(each) > after][: ask.page.fetch]
    shown, next_cursor = ask.page.cut(behind, lambda e: [e[1].points, e[0].household_id])
    tree = await ask.tree()
    return WatchList(
        [_item(tree, ask.as_of, one, score) for one, score in shown],
        sum(rule.points for rule in rules.rules),
        rules.legal_basis,
        next_cursor,
    )


def _place(each: tuple[Watched, WatchScore]) -> tuple[int, str]:
    return -each[1].points, each[0].household_id


@routes.get(
    "/v1/areas/{code}/relapse-watch/backtest",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=OnDay,
    problems=[
        UNKNOWN_AREA,
        AREA_NOT_IN_FORCE,
        ProblemType("The months after the day are not over", too_late()),
    ],
)
async def get_relapse_backtest(ask: Ask, code: Code) -> Backtest:
    """Back-test of the relapse watch.

    Households are scored as they stood on a day of the past, by what is known of it now; then it is
    counted who of them was poor again, or on a list again after having left both, within the time
    of the score. `all` is what choosing without a score would have hit.
    """
    async with ask.snapshot() as snapshot:
        checks = await ask.context.seeds.read(snapshot, REGISTER_CHECKS, ask.known_at)
    until = add_months(ask.as_of, checks.relapse_watch.within_months)
    if until > ask.known_on:
        raise too_late()
    found, rules = await _watched(ask, code, ask.as_of, until)
    counted = bands((score.points, one.came_back) for one, score in found)
    hits = [_hits(band.points, band.households, band.came_back) for band in counted]
    back = sum(one.came_back for one, _ in found)
    return Backtest(rules.within_months, until, _hits(0, len(found), back), hits)


def _hits(points: int, households: int, came_back: int) -> Hits:
    return Hits(points, households, came_back, rate(came_back, households or None))


async def _watched(
    ask: Ask, code: str, day: date, until: date
) -> tuple[list[tuple[Watched, WatchScore]], RelapseWatch]:
    """Return who is watched on a day with the score of each, and the rules."""
    tree, policy = await ask.tree(), await ask.policy()
    register = Register(
        within(tree, ask.caller.area, tree.on(code, day), day), "computed", ask.known_at
    )
    async with ask.snapshot() as snapshot:
        checks = await ask.context.seeds.read(snapshot, REGISTER_CHECKS, ask.known_at)
        rows = await store.watched(snapshot, register, day, until)
    standard, rules = policy.standards.on(day), checks.relapse_watch
    found = [(row, scored(measures_of(row, standard, day), rules.rules)) for row in rows]
    return found, rules


def _item(tree: AreaTree, day: date, one: Watched, score: WatchScore) -> WatchedHousehold:
    unit = unit_on(tree, one.area_id, day)
    return WatchedHousehold(
        household_id=one.household_id,
        area_code=None if unit is None else unit.code,
        status=one.status,
        since=one.since,
        points=score.points,
        reasons=[Point(rule.id, rule.points, rule.en, rule.vi) for rule in score.rules],
        missing=list(score.missing),
    )
