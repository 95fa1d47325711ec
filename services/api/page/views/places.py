"""A place on a day: who is poor there, by the same count as the api's statistics."""

from __future__ import annotations

from services.api.areas.statistics import AreaStatistics, Counts, get_statistics
from services.api.households.status import list_households
from services.api.page.drawing.bars import Part, rows, stacked
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.series import series_drawing, series_table, year_ends
from services.api.page.views.targets import targets_of
from services.api.page.views.unit import Place, place_of
from services.api.page.words import ALL, AREA_TYPES, HOUSEHOLDS, SIDES, STATUSES
from shared.households.statistics import STATUSES as HELD
from shared.kernel.texts import Text
from shared.law.percent import rate
from shared.law.standards import LISTS

views = Views()


@views.view("/places/{code}")
async def place(page: Page, code: str) -> View | Elsewhere:
    """Show who is poor in a place, and how that went over the years."""
    here = await place_of(page, code)
    if isinstance(here, Elsewhere):
        return here
    counted = await page.put(get_statistics, code=code, as_of=page.on)
    ends = await year_ends(here)
    tables = [
        statuses(here, counted),
        series_table(here, ends),
        indicators(page, counted),
        minority(counted),
        groups(counted),
        area_types(counted),
    ]
    return View(
        "place.html",
        here.name,
        {
            **here.head(),
            "counted": counted,
            "on_lists": on_lists(counted.counts),
            "targets": await targets_of(page) if ends else (),
        },
        [table for table in tables if table.rows],
        [parts_of(page, counted), *await series_drawing(here, ends), *deprivations(page, counted)],
    )


def statuses(here: Place, counted: AreaStatistics) -> Table:
    """Return households by status with their share of all; who may follows them to the list."""
    page = here.page
    listed = HELD if page.may(list_households) else ()
    links = {name: page.to(f"{here.path}/households", status=name) for name in listed}
    counts, total = counted.counts, counted.households_total
    numbers = {status: getattr(counts, status) for status in HELD}
    numbers["unregistered"] = counted.unregistered
    lines = [_status(name, number, total, links.get(name)) for name, number in numbers.items()]
    both = _status("multidimensional", on_lists(counts), total)
    return Table(
        "statuses",
        Text("Households by status", "Hộ theo tình trạng"),
        (
            Column("status", Text("Status", "Tình trạng"), words=STATUSES | {"total": ALL}),
            Column("households", Text("Households", "Số hộ"), "number"),
            Column("percent", Text("Share of all", "Tỷ lệ"), "percent"),
        ),
        [*lines[:2], both, *lines[2:]],
        [[Cell("total"), Cell(total), Cell(100.0 if total else None)]],
    )


def on_lists(counts: Counts) -> int | None:
    """Return how many are on either list; None where one of both is withheld."""
    numbers = [getattr(counts, name) for name in LISTS]
    return None if None in numbers else sum(numbers)


def _status(
    name: str, number: int | None, total: int | None, link: str | None = None
) -> list[Cell]:
    share = None if number is None or number < 0 else rate(number, total)
    return [
        Cell(name, swatch=name),
        Cell(number, link),
        Cell(None if share is None else share.percent),
    ]


def parts_of(page: Page, counted: AreaStatistics) -> Drawing:
    """Draw all households by status."""
    counts = counted.counts
    numbers = {status: getattr(counts, status) or 0 for status in HELD}
    numbers["unregistered"] = counted.unregistered or 0
    parts = [
        Part(name, page.say(STATUSES[name]), number, page.number(number))
        for name, number in numbers.items()
    ]
    summary = "; ".join(f"{part.name}: {part.written}" for part in parts)
    caption = page.t("Tất cả các hộ theo tình trạng", "All households by status")
    return stacked("parts", caption, summary, parts)


def indicators(page: Page, counted: AreaStatistics) -> Table:
    """Return, by indicator, how many poor and near-poor households lack it."""
    lines = [
        [
            Cell(each.code),
            Cell(each.key, text=page.t(each.name_vi, each.name_en)),
            Cell(each.poor),
            Cell(each.near_poor),
        ]
        for each in counted.by_indicator
    ]
    return Table(
        "indicators",
        Text("What households on the lists lack", "Thiếu hụt của hộ nghèo, hộ cận nghèo"),
        (
            Column("code", Text("Code", "Mã")),
            Column("indicator", Text("Indicator", "Chỉ số")),
            Column("poor", STATUSES["poor"], "number"),
            Column("near_poor", STATUSES["near_poor"], "number"),
        ),
        lines,
        sortable=True,
    )


def deprivations(page: Page, counted: AreaStatistics) -> list[Drawing]:
    """Draw how many poor households lack what, the most frequent first."""
    worst = sorted(counted.by_indicator, key=lambda each: -(each.poor or 0))
    if not counted.counts.poor:
        return []
    bars = [
        Part("poor", page.t(each.name_vi, each.name_en), each.poor or 0, page.number(each.poor))
        for each in worst
    ]
    first = f"{bars[0].name}: {bars[0].written}" if bars else ""
    caption = page.t("Hộ nghèo thiếu hụt gì", "What poor households lack")
    return [rows("deprivations", caption, first, bars, name_width=244)]


def _counts(first: Column, caption: Text, key: str, lines: list[list[Cell]]) -> Table:
    columns = [first]
    columns += [Column(status, STATUSES[status], "number") for status in HELD]
    return Table(key, caption, columns, lines, sortable=True)


def minority(counted: AreaStatistics) -> Table:
    """Return minority households against all others: what is left of the place's own numbers."""
    own, whole = counted.minority, counted
    lines = [
        _side("minority", own.households_total, [getattr(own.counts, name) for name in LISTS]),
        _side(
            "majority",
            _less(whole.households_total, own.households_total),
            [_less(getattr(whole.counts, n), getattr(own.counts, n)) for n in LISTS],
        ),
    ]
    columns = [Column("group", Text("Group", "Nhóm"), words=SIDES)]
    for name in LISTS:
        columns += [Column(name, STATUSES[name], "number")]
        columns += [Column(f"{name}_percent", Text("Rate", "Tỷ lệ"), "percent")]
    columns.append(Column("households_total", HOUSEHOLDS, "number"))
    caption = Text("Minorities against the others", "Dân tộc thiểu số so với các hộ khác")
    return Table("minority", caption, columns, lines)


def _side(group: str, total: int | None, listed: list[int | None]) -> list[Cell]:
    cells = [Cell(group)]
    for number in listed:
        share = None if number is None else rate(number, total)
        cells += [Cell(number), Cell(share and share.percent)]
    return [*cells, Cell(total)]


def _less(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part


def groups(counted: AreaStatistics) -> Table:
    """Return households by ethnic group."""
    return _counts(
        Column("ethnic_group", Text("Ethnic group", "Dân tộc")),
        Text("By ethnic group", "Theo dân tộc"),
        "groups",
        [
            [Cell(each.ethnic_group), *_of(each.counts)]
            for each in sorted(
                counted.by_ethnicity, key=lambda each: -(each.counts.registered or 0)
            )
        ],
    )


def area_types(counted: AreaStatistics) -> Table:
    """Return rural and urban households."""
    return _counts(
        Column("area_type", Text("Area", "Khu vực"), words=AREA_TYPES),
        Text("Rural and urban", "Nông thôn và thành thị"),
        "area_types",
        [[Cell(each.area_type), *_of(each.counts)] for each in counted.by_area_type],
    )


def _of(counts: object) -> list[Cell]:
    return [Cell(getattr(counts, status)) for status in HELD]
