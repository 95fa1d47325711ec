"""An allocation run: who gets what and why, and how it differs from another."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from services.api.money.comparison import LineDifference, compare_allocation_runs
from services.api.money.lines import AllocationLines, list_allocation_lines
from services.api.money.runs import get_allocation_run
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from services.api.page.views.crumbs import path_of
from services.api.page.views.households import path_of_household
from shared.http import parameters
from shared.kernel.texts import Text
from shared.money.allocations import Outcome
from shared.money.store.line_reads import AllocationLine

views = Views()

ROWS = 100
OUTCOMES = {
    "allocated": Text("gets money", "được phân bổ"),
    "not_eligible": Text("not eligible", "không thuộc đối tượng"),
    "already_supported": Text("supported before", "đã được hỗ trợ"),
    "fund_exhausted": Text("no money left", "hết vốn"),
}
_LINES = {
    "outcome": parameters.choice(Outcome, "Only lines with this outcome."),
    "cursor": parameters.text("Where the page before ended.", 1000),
}
_COMPARED = {
    "with": parameters.text("The run after.").but(required=True),
    "cursor": parameters.text("Where the page before ended.", 1000),
}


@views.view("/runs/{run_id}", _LINES)
async def run(page: Page, run_id: str) -> View:
    """Show a run with its rule, its law and its lines."""
    held = await page.put(get_allocation_run, run_id=run_id)
    # Who gets money is what people come for; the other outcomes are a link away.
    given = {"outcome": page.values["outcome"] or "allocated", "cursor": page.values["cursor"]}
    answer = await page.put(
        list_allocation_lines, run_id=run_id, format_="json", limit=ROWS, **given
    )
    if not isinstance(answer, AllocationLines):
        raise TypeError("a stream was not wanted")
    following = answer.next_cursor and page.here(cursor=answer.next_cursor)
    content = {"run": held, "outcome": given["outcome"], "following": following}
    table = _lines(page, answer.items)
    return View("run.html", run_id, content, [table] if table.rows else [], private=True)


def _lines(page: Page, lines: Sequence[AllocationLine]) -> Table:
    columns = (
        Column("line", Text("Line", "Dòng phân bổ")),
        Column("area", Text("Place", "Mã địa bàn")),
        Column("amount_vnd", Text("Gets", "Được"), "money"),
        Column("outcome", Text("Outcome", "Kết quả"), words=OUTCOMES),
        Column("why", Text("Why", "Vì sao")),
    )
    caption = Text("Lines with their reasons", "Các dòng và lý do")
    return Table("lines", caption, columns, [_line(page, each) for each in lines])


def _line(page: Page, each: AllocationLine) -> list[Cell]:
    household = getattr(each, "household_id", None) or None
    area = getattr(each, "area_code", None) or getattr(each, "commune_code", None) or None
    name, link = line_name(page, household, area)
    return [
        Cell(name, link),
        Cell(area),
        Cell(each.amount_vnd),
        Cell(each.outcome),
        Cell(_why(page, each.reasons)),
    ]


def line_name(page: Page, household: object, area: object) -> tuple[str, str]:
    """Return a line's name and where it leads: to its household, else to its unit."""
    if isinstance(household, str):
        return household, page.to(path_of_household(household))
    return str(area), page.to(path_of(str(area)))


def _why(page: Page, reasons: object) -> str:
    """Say the rank and the outcome of a line as its reasons have them; what failed first."""
    if isinstance(reasons, msgspec.Raw):
        reasons = msgspec.json.decode(reasons)
    if not isinstance(reasons, dict):
        return ""
    named = [*(reasons.get("failed") or ()), reasons.get("priority"), reasons.get("outcome")]
    said = [
        each[page.language] for each in named if isinstance(each, dict) and page.language in each
    ]
    return "; ".join(dict.fromkeys(said))


@views.view("/runs/{run_id}/compare", _COMPARED)
async def compare(page: Page, run_id: str) -> View:
    """Show who gained and who lost between two runs, and by which cause."""
    after = page.values["with"]
    answer = await page.put(
        compare_allocation_runs,
        run_id=run_id,
        with_=after,
        cursor=page.values["cursor"],
        limit=ROWS,
    )
    following = answer.next_cursor and page.here(cursor=answer.next_cursor)
    title = f"{run_id} → {after}"
    content = {"comparison": answer, "following": following}
    return View("compare.html", title, content, [_differences(page, answer.items)], private=True)


def _differences(page: Page, items: Sequence[LineDifference]) -> Table:
    columns = (
        Column("line", Text("Line", "Dòng phân bổ")),
        Column("before_vnd", Text("Before", "Trước"), "money"),
        Column("after_vnd", Text("After", "Sau"), "money"),
        Column("difference_vnd", Text("Difference", "Chênh lệch"), "signed"),
        Column("causes", Text("Causes", "Nguyên nhân")),
    )
    lines = []
    for each in items:
        name, link = line_name(page, each.household_id, each.area_code)
        causes = " ".join(page.t(c.detail_vi, c.detail_en) for c in each.causes)
        amounts = (each.before_vnd, each.after_vnd, each.difference_vnd)
        lines.append([Cell(name, link), *map(Cell, amounts), Cell(causes)])
    return Table("differences", Text("What differs", "Những dòng khác nhau"), columns, lines)
