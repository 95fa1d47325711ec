"""The yearly round of reviews in an area: how far each unit is, and who is still to be reviewed."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from services.api.areas.areas import Code
from services.api.areas.basis import BASIS
from services.api.areas.registers import by_units_below
from services.api.areas.statistics import AreaName
from services.api.words import NextCursor, unit_on
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import within
from shared.areas.tree import AreaTree, Unit
from shared.households.recognised import Basis
from shared.households.review_round import State, progress_of
from shared.households.store import review_rounds as store
from shared.households.store.year_end import Register
from shared.http import parameters
from shared.http.ask import Ask, OnDay, from_row
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA, Problem, ProblemType, not_found
from shared.kernel.database import Snapshot
from shared.law.percent import Rate, rate
from shared.law.register_checks import Calendar, ReviewDays
from shared.law.store.seeds import REGISTER_CHECKS

routes = Routes("areas")

FIRST_YEAR, LAST_YEAR = 2011, 2098
Year = Annotated[
    int, parameters.whole("The year in which the round begins.", FIRST_YEAR, LAST_YEAR)
]


def no_calendar() -> Problem:
    """Return the refusal of a year whose days of review are not known."""
    return not_found("no_review_calendar", "the days of that year's reviews are not known here")


NO_CALENDAR = ProblemType("The days of that year's reviews are not known", no_calendar())


class RoundProgress(Struct, frozen=True):
    """How far one unit is."""

    code: Annotated[str, Meta(description="Code of the unit.")]
    name: Annotated[str, Meta(description="Its name in Vietnamese.")]
    to_review: Annotated[
        int,
        Meta(description="On a list when the round began, or registered and never reviewed."),
    ]
    open: Annotated[int, Meta(description="Of those, not reviewed yet.")]
    undecided: Annotated[int, Meta(description="Reviewed, and no decision is stated.")]
    late: Annotated[int, Meta(description="Decided after the round's last day.")]
    decided: Annotated[int, Meta(description="Decided in time.")]
    ended: Annotated[int, Meta(description="Ended without a review.")]
    others_reviewed: Annotated[int, Meta(description="Reviewed without having to be.")]
    done: Annotated[
        Rate | None, Meta(description="Share no more open; null: nobody is to be reviewed.")
    ]


class ReviewRound(Struct, frozen=True):
    """The yearly round of reviews of an area."""

    area: Annotated[AreaName, Meta(description="The unit that was counted.")]
    year: Annotated[int, Meta(description="The year in which it begins.")]
    basis: Annotated[Basis, Meta(description="Whose lists: by figures, or as decided.")]
    first_day: Annotated[date, Meta(description="The first day of the round.")]
    last_day: Annotated[date, Meta(description="The last day on which its decisions are in time.")]
    days_left: Annotated[int, Meta(description="From the day on to the last one; 0 afterwards.")]
    legal_basis: Annotated[tuple[str, ...], Meta(description="The act that sets its days.")]
    total: Annotated[RoundProgress, Meta(description="All of the area.")]
    units: Annotated[
        list[RoundProgress], Meta(description="Units directly below, furthest behind first.")
    ]


@routes.get(
    "/v1/areas/{code}/review-round",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=OnDay,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, NO_CALENDAR],
)
async def get_review_round(
    ask: Ask, code: Code, year: Year, basis: Annotated[Basis, BASIS] = "computed"
) -> ReviewRound:
    """Progress of a yearly round of reviews.

    Of the households that are to be reviewed, how many are, decided and in time; by unit below,
    the one that is furthest behind first. Reviews made up to the day count, and none of the next
    round.
    """
    tree = await ask.tree()
    unit = tree.on(code, ask.as_of)
    register = by_units_below(ask, tree, unit, ask.as_of, basis)
    async with ask.snapshot() as snapshot:
        calendar, days = await _round(ask, snapshot, year)
        parts = await store.progress(snapshot, register, days, ask.as_of)
    units = [
        _progress(child, [part for part in parts if part.area_id in members])
        for child, members in _below(tree, unit, ask.as_of)
    ]
    return ReviewRound(
        area=AreaName.of(unit),
        year=year,
        basis=basis,
        first_day=days.first,
        last_day=days.last,
        days_left=max(0, (days.last - ask.as_of).days),
        legal_basis=tuple(calendar.entry["legal_basis"]),
        total=_progress(unit, parts),
        units=sorted(units, key=lambda each: (-_lag(each), each.code)),
    )


async def _round(ask: Ask, snapshot: Snapshot, year: int) -> tuple[Calendar, ReviewDays]:
    checks = await ask.context.seeds.read(snapshot, REGISTER_CHECKS, ask.known_at)
    calendar = checks.calendar_on(date(year, 12, 31))
    if calendar is None:
        raise no_calendar()
    return calendar, calendar.annual(date(year, 12, 31))


def _below(tree: AreaTree, unit: Unit, day: date) -> list[tuple[Unit, frozenset[int]]]:
    below = tree.children(unit, day) if unit.level != "commune" else ()
    return [(child, tree.members(child, day)) for child in below]


def _progress(unit: Unit, parts: list[store.Reviewed]) -> RoundProgress:
    progress = progress_of(parts)
    return from_row(
        RoundProgress,
        progress,
        code=unit.code,
        name=unit.name,
        done=rate(progress.to_review - progress.open, progress.to_review or None),
    )


def _lag(row: RoundProgress) -> float:
    return row.open / row.to_review if row.to_review else 0.0


class RoundHousehold(Struct, frozen=True):
    """A household that is to be reviewed."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    area_code: Annotated[
        str | None, Meta(description="Unit on the day in which the round found it.")
    ]


class RoundHouseholds(Struct, frozen=True):
    """A page of households that are to be reviewed."""

    items: Annotated[list[RoundHousehold], Meta(description="Households by id.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/areas/{code}/review-round/households",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=OnDay,
    cursor=[parameters.short_text],
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, NO_CALENDAR],
    private=True,
)
async def list_review_round_households(
    ask: Ask,
    code: Code,
    year: Year,
    state: Annotated[
        State, parameters.choice(State, "How far they are.").but(default="open")
    ] = "open",
    basis: Annotated[Basis, BASIS] = "computed",
) -> RoundHouseholds:
    """Households of a round of reviews.

    Those that are to be reviewed and are still open, or in another state.
    """
    tree, page = await ask.tree(), ask.page
    unit = tree.on(code, ask.as_of)
    register = Register(within(tree, ask.caller.area, unit, ask.as_of), basis, ask.known_at)
    async with ask.snapshot() as snapshot:
        _, days = await _round(ask, snapshot, year)
        after = page.after[0] if page.after else ""
        asked = snapshot, register, days, ask.as_of, state, after, page.fetch
        rows = await store.households(*asked)
    shown, next_cursor = page.cut(rows, lambda row: [row[0]])
    places = [(name, unit_on(tree, area_id, ask.as_of)) for name, area_id in shown]
    items = [RoundHousehold(name, place.code if place else None) for name, place in places]
    return RoundHouseholds(items, next_cursor)
