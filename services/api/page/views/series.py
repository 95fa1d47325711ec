"""A place over the years: the ends of years as the api counts them, with the standards' breaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from services.api.areas.series import StatisticsOnDay, list_statistics
from services.api.page.drawing.lines import Break, Line, Point, lines
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.views.unit import Place
from services.api.page.words import STATUSES
from shared.kernel.periods import FIRST_DAY
from shared.kernel.texts import Text
from shared.law.standards import LISTS

YEARS_BEFORE, YEARS_AFTER = 5, 2


def _span(place: Place) -> tuple[date, date]:
    """Return the days between which year ends are shown: some years around the day looked at."""
    day, valid_to = place.page.on, place.unit.valid_to
    last = min(place.page.ask.today, date(day.year + YEARS_AFTER, 12, 31))
    if valid_to is not None:
        last = min(last, valid_to - timedelta(days=1))
    first = max(FIRST_DAY, place.unit.valid_from, date(day.year - YEARS_BEFORE, 12, 31))
    return min(first, last), last


async def year_ends(place: Place) -> Sequence[StatisticsOnDay]:
    """Return the ends of years on which somebody was registered, and those between them."""
    first, last = _span(place)
    series = await place.page.put(
        list_statistics, code=place.unit.code, from_date=first, to_date=last, every="year"
    )
    held = [
        n for n, each in enumerate(series.items) if each.statistics and each.statistics.registered
    ]
    return series.items[held[0] : held[-1] + 1] if held else []


def series_table(place: Place, ends: Sequence[StatisticsOnDay]) -> Table:
    """Return counts and rates at the ends of years."""
    page = place.page
    columns = [Column("as_of", Text("At the end of", "Cuối năm"), "day")]
    for name in LISTS:
        columns += [
            Column(name, STATUSES[name], "number"),
            Column(f"{name}_percent", Text("rate", "tỷ lệ"), "percent"),
        ]
    columns += [
        Column("multidimensional_percent", STATUSES["multidimensional"], "percent"),
        Column("change_points", Text("change, points", "tăng giảm, điểm %"), "points"),
        Column("recently_exited", STATUSES["recently_exited"], "number"),
        Column("households_total", Text("All households", "Tổng số hộ"), "number"),
    ]
    before = [None, *map(_both, ends)]
    rows = [_row(page, each, earlier) for each, earlier in zip(ends, before, strict=False)]
    return Table("series", Text("Year by year", "Qua các năm"), columns, rows)


def _both(each: StatisticsOnDay) -> Decimal | None:
    """Return the rate of both lists, of which the national targets speak; exact, as printed."""
    rate = each.statistics and each.statistics.rates.multidimensional
    return Decimal(str(rate.percent)) if rate else None


def _change(now: Decimal | None, before: Decimal | None) -> Cell:
    known = now is not None and before is not None
    return Cell(now - before if known else None)  # type: ignore[operator]


def _row(page: Page, each: StatisticsOnDay, before: Decimal | None) -> list[Cell]:
    link = page.here(as_of=each.as_of)
    counted = each.statistics
    if counted is None:
        return [Cell(each.as_of, link), *[Cell(None)] * (2 * len(LISTS) + 4)]
    cells = [Cell(each.as_of, link)]
    for name in LISTS:
        rate = getattr(counted.rates, name)
        cells += [Cell(getattr(counted.counts, name)), Cell(None if rate is None else rate.percent)]
    both = counted.rates.multidimensional
    return [
        *cells,
        Cell(both.percent if both else None),
        _change(_both(each), before),
        Cell(counted.counts.recently_exited),
        Cell(counted.households_total),
    ]


async def series_drawing(place: Place, ends: Sequence[StatisticsOnDay]) -> Sequence[Drawing]:
    """Draw rates where all households are known, else counts; nothing of a single year."""
    counted = [each for each in ends if each.statistics is not None]
    if len(counted) < 2:
        return []
    rated = all(_rated(each) for each in counted)
    drawn = [_line(place.page, name, counted, rated=rated) for name in LISTS]
    standards = (await place.page.policy()).standards.items
    breaks = [Break(each.start, each.id.removeprefix("VN-")) for each in standards]
    page = place.page
    caption = page.t("Tỷ lệ hộ nghèo, hộ cận nghèo", "Rates of poor and near-poor households")
    if not rated:
        caption = page.t("Số hộ nghèo, hộ cận nghèo", "Poor and near-poor households")
    summary = "; ".join(
        f"{line.name}: " + ", ".join(f"{p.day.year} {p.written}" for p in line.points)
        for line in drawn
    )
    ticks = [(each.as_of, str(each.as_of.year)) for each in counted]
    unit = " %" if rated else ""
    return [lines("series", caption, summary, drawn, breaks, ticks, unit)]


def _rated(each: StatisticsOnDay) -> bool:
    rates = each.statistics and each.statistics.rates
    return rates is not None and None not in [getattr(rates, name) for name in LISTS]


def _line(page: Page, name: str, counted: Sequence[StatisticsOnDay], *, rated: bool) -> Line:
    points = []
    for each in counted:
        if each.statistics is not None:
            rate = getattr(each.statistics.rates, name)
            count = getattr(each.statistics.counts, name)
            shown = (
                (rate.percent, page.percent(rate.percent)) if rated else (count, page.number(count))
            )
            points.append(Point(each.as_of, *shown))
    return Line(name, page.say(STATUSES[name]), points)
