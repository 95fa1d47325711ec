"""Who of a place left the lists and is still counted as recently exited, and how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from services.api.households.exit_windows import ExitWindow, Week, list_exit_windows
from services.api.page.drawing.bars import Part, rows
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.households import path_of_household
from services.api.page.views.unit import Place, place_of
from services.api.page.words import PLACE
from shared.http import parameters
from shared.kernel.texts import Text

views = Views()

ROWS = 100
WEEK = timedelta(days=7)


@views.view(
    "/places/{code}/exits", {"cursor": parameters.text("Where the page before ended.", 1000)}
)
async def exits(page: Page, code: str) -> View | Elsewhere:
    """Show the windows of a place, those that end first before the others."""
    here = await place_of(page, code, "/exits")
    if isinstance(here, Elsewhere):
        return here
    cursor = page.values["cursor"]
    answer = await page.put(list_exit_windows, area=code, as_of=page.on, limit=ROWS, cursor=cursor)
    content = {
        **here.head(),
        "window": answer.window,
        "running": sum(week.households for week in answer.weeks),
        "soon": sum(w.households for w in answer.weeks if w.monday < page.on + 13 * WEEK),
        "following": answer.next_cursor and page.here(cursor=answer.next_cursor),
    }
    tables = [_households(here, answer.items), _weeks(page, answer.weeks)]
    shown = [table for table in tables if table.rows]
    return View("exits.html", here.name, content, shown, _drawing(page, answer.weeks), private=True)


def _left(days: int) -> int:
    """Return the weeks that are left, a begun one as a whole."""
    return -(-days // 7)


def _households(here: Place, items: Sequence[ExitWindow]) -> Table:
    page = here.page
    columns = (
        Column("household_id", Text("Household", "Mã hộ")),
        Column("area_code", PLACE),
        Column("left_on", Text("Left on", "Thoát ngày"), "day"),
        Column("last_day", Text("Last day", "Ngày cuối"), "day"),
        Column("weeks_left", Text("Weeks left", "Còn (tuần)"), "number"),
    )
    lines = []
    for each in items:
        unit = None if each.area_code is None else here.units.on(each.area_code, page.on)
        lines.append(
            [
                Cell(each.household_id, page.to(path_of_household(each.household_id))),
                Cell(each.area_code, text=None if unit is None else page.unit(unit)),
                Cell(each.left_on),
                Cell(each.last_day),
                Cell(_left(each.days_left)),
            ]
        )
    caption = Text("Those that end first", "Hết thời hạn sớm nhất trước")
    return Table("exits", caption, columns, lines)


def _weeks(page: Page, weeks: Sequence[Week]) -> Table:
    columns = (
        Column("monday", Text("Week of", "Tuần từ ngày"), "day"),
        Column("weeks_left", Text("Weeks left", "Còn (tuần)"), "number"),
        Column("households", Text("Windows that end", "Số hộ hết thời hạn"), "number"),
    )
    lines = [
        [Cell(w.monday), Cell(_left(max((w.monday - page.on).days, 0))), Cell(w.households)]
        for w in weeks
    ]
    return Table("weeks", Text("By week", "Theo tuần"), columns, lines)


def _drawing(page: Page, weeks: Sequence[Week]) -> list[Drawing]:
    """Draw how many windows end in each quarter of a year."""
    quarters: Counter[tuple[int, int]] = Counter()
    for week in weeks:
        quarters[week.monday.year, (week.monday.month + 2) // 3] += week.households
    if not quarters:
        return []
    bars = [
        Part("recently_exited", page.t(f"quý {n}/{year}", f"Q{n} {year}"), held, page.number(held))
        for (year, n), held in sorted(quarters.items())
    ]
    caption = page.t("Số hộ hết thời hạn theo quý", "Windows that end, by quarter")
    summary = "; ".join(f"{bar.name}: {bar.written}" for bar in bars)
    return [rows("windows", caption, summary, bars, name_width=90)]
