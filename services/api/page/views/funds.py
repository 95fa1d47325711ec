"""Money followed: all funds, one of them, and what stands still."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.api.money.funds import Fund, get_fund
from services.api.money.payments import StalledLine, list_stalled_lines
from services.api.money.progress import (
    FundProgress,
    PaymentProgress,
    get_fund_progress,
    get_payment_progress,
)
from services.api.page.addresses import segment
from services.api.page.drawing.bars import Part, rows
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from services.api.page.views.crumbs import path_of
from services.api.page.views.households import path_of_household
from services.api.page.words import PLACE
from services.api.press.findings import list_findings
from services.api.words import Unit
from shared.http import parameters
from shared.http.parameters import LIMIT_MAX
from shared.kernel.texts import Text
from shared.law.percent import Rate

views = Views()

DAYS_DEFAULT = 90
FUND = Text("Fund", "Nguồn vốn")
ALLOCATED, PAID = Text("Allocated", "Đã phân bổ"), Text("Paid", "Đã giải ngân")
RETURNED = Text("Returned", "Thu hồi")
AMOUNT, PAID_RATE = Text("Amount", "Tổng vốn"), Text("Paid, of allocated", "Tỷ lệ giải ngân")
_OF_AREA = {"area": parameters.text("Only money held in this unit or below.")}


def path_of_fund(fund_id: str) -> str:
    """Return the path of a fund's page."""
    return f"/funds/{segment(fund_id)}"


def path_of_run(run_id: str) -> str:
    """Return the path of an allocation run's page."""
    return f"/runs/{segment(run_id)}"


def percent_of(rate: Rate | None) -> Cell:
    """Return a cell with a percentage."""
    return Cell(None if rate is None else rate.percent)


def unit_cell(page: Page, unit: Unit | None) -> Cell:
    """Return a cell that leads to a unit, on the last day of its map at the latest."""
    if unit is None:
        return Cell(None)
    day = None if unit.valid_to is None else page.as_of
    return Cell(unit.name, page.to(path_of(unit.code), as_of=day), page.unit(unit))


@views.view("/funds", _OF_AREA)
async def funds(page: Page) -> View:
    """Show every fund: how much is allocated and paid."""
    area = page.values["area"]
    progress = await page.put(get_payment_progress, area=area)
    title = page.t("Nguồn vốn", "Funds")
    tables = [_list(page, progress), _months(progress)]
    drawings = _paid(page, progress)
    return View("funds.html", title, {"progress": progress, "area": area}, tables, drawings)


def _list(page: Page, progress: PaymentProgress) -> Table:
    columns = (
        Column("fund_id", FUND),
        Column("program", Text("Programme", "Chương trình")),
        Column("year", Text("Year", "Năm")),
        Column("holder", Text("Holder", "Đơn vị giữ vốn")),
        Column("amount_vnd", AMOUNT, "money"),
        Column("allocated_vnd", ALLOCATED, "money"),
        Column("paid_vnd", PAID, "money"),
        Column("paid_percent", PAID_RATE, "percent"),
    )
    lines = [
        [
            Cell(each.fund_id, page.to(path_of_fund(each.fund_id))),
            Cell(" ".join(filter(None, (each.program, each.component)))),
            Cell(each.year),
            unit_cell(page, each.area),
            Cell(each.amount_vnd),
            Cell(each.allocated_vnd),
            Cell(each.paid_vnd),
            percent_of(each.rates.paid),
        ]
        for each in progress.by_fund
    ]
    return Table("funds", Text("Funds", "Các nguồn vốn"), columns, lines, sortable=True)


def _months(progress: PaymentProgress | FundProgress) -> Table:
    columns = (
        Column("month", Text("Month", "Tháng")),
        Column("paid_vnd", PAID, "money"),
        Column("returned_vnd", RETURNED, "money"),
        Column("net_paid_to_date_vnd", Text("Net paid so far", "Lũy kế thực chi"), "money"),
    )
    lines = [
        [Cell(m.month), Cell(m.paid_vnd), Cell(m.returned_vnd), Cell(m.net_paid_to_date_vnd)]
        for m in progress.by_month
    ]
    return Table("months", Text("Month by month", "Theo tháng"), columns, lines)


def _paid(page: Page, progress: PaymentProgress) -> list[Drawing]:
    """Draw how much of what is allocated has been paid, the least first."""
    rated = [each for each in progress.by_fund if each.rates.paid is not None]
    bars = [
        Part(
            "recently_exited",
            each.fund_id,
            each.rates.paid.percent,
            page.percent(each.rates.paid.percent),
        )
        for each in rated
        if each.rates.paid is not None
    ]
    if not bars:
        return []
    caption = page.t("Tỷ lệ giải ngân trên vốn đã phân bổ", "Paid, of what is allocated")
    bars.sort(key=lambda bar: bar.value)
    summary = "; ".join(f"{bar.name}: {bar.written}" for bar in bars[:5])
    return [rows("paid", caption, summary, bars[:30], name_width=190, most=100)]


@views.view("/funds/{fund_id}")
async def fund(page: Page, fund_id: str) -> View:
    """Show where a fund's money is, by whom and when it was paid, and what contradicts it."""
    held = await page.put(get_fund, fund_id=fund_id)
    progress = await page.put(get_fund_progress, fund_id=fund_id)
    findings = []
    if page.may(list_findings):
        findings = (await page.put(list_findings, fund=fund_id, limit=50)).items
    tables = [_areas(page, progress), _months(progress), _runs(page, held), _children(page, held)]
    return View(
        "fund.html",
        fund_id,
        {"fund": held, "progress": progress, "findings": findings},
        [table for table in tables if table.rows],
        _month_bars(page, progress),
    )


def _areas(page: Page, progress: FundProgress) -> Table:
    columns = (
        Column("area", PLACE),
        Column("allocated_vnd", ALLOCATED, "money"),
        Column("paid_vnd", PAID, "money"),
        Column("returned_vnd", RETURNED, "money"),
        Column("paid_percent", PAID_RATE, "percent"),
    )
    lines = [
        [
            unit_cell(page, each.area),
            Cell(each.allocated_vnd),
            Cell(each.paid_vnd),
            Cell(each.returned_vnd),
            percent_of(each.rates.paid),
        ]
        for each in progress.by_area
    ]
    return Table("areas", Text("By place", "Theo địa bàn"), columns, lines, sortable=True)


def _runs(page: Page, held: Fund) -> Table:
    columns = (
        Column("run_id", Text("Allocation run", "Lần phân bổ")),
        Column("as_of", Text("As of", "Theo ngày"), "day"),
        Column("allocated_vnd", ALLOCATED, "money"),
        Column("state", Text("State", "Trạng thái"), words=_STATES),
        Column("compare", Text("Against the run before", "So với lần trước")),
    )
    before = {run.superseded_by: run.run_id for run in held.runs if run.superseded_by}
    lines = []
    for run in held.runs:
        state = (
            "superseded" if run.superseded_by else "preview" if run.mode == "preview" else run.state
        )
        earlier = before.get(run.run_id)
        link = earlier and page.to(f"{path_of_run(earlier)}/compare", **{"with": run.run_id})
        lines.append(
            [
                Cell(run.run_id, page.to(path_of_run(run.run_id))),
                Cell(run.as_of),
                Cell(run.allocated_vnd),
                Cell(state),
                Cell(
                    earlier,
                    link,
                    None if earlier is None else page.t("ai được, ai mất", "who gained, who lost"),
                ),
            ]
        )
    return Table("runs", Text("Allocation runs", "Các lần phân bổ"), columns, lines)


_STATES = {
    "pending": Text("pending", "đang chờ"),
    "completed": Text("in force", "đang áp dụng"),
    "refused": Text("refused", "bị từ chối"),
    "superseded": Text("superseded", "bị thay thế"),
    "preview": Text("preview", "xem trước"),
}


def _children(page: Page, held: Fund) -> Table:
    columns = (
        Column("fund_id", FUND),
        Column("area_code", PLACE),
        Column("amount_vnd", AMOUNT, "money"),
    )
    lines = [
        [Cell(c.fund_id, page.to(path_of_fund(c.fund_id))), Cell(c.area_code), Cell(c.amount_vnd)]
        for c in held.children
    ]
    return Table("children", Text("Passed on to", "Chuyển tiếp cho"), columns, lines)


def _month_bars(page: Page, progress: FundProgress) -> list[Drawing]:
    bars = [
        Part("recently_exited", each.month, each.paid_vnd, page.money(each.paid_vnd))
        for each in progress.by_month
        if each.paid_vnd
    ]
    if not bars:
        return []
    caption = page.t("Giải ngân theo tháng", "Paid month by month")
    summary = "; ".join(f"{bar.name}: {bar.written}" for bar in bars)
    return [rows("months", caption, summary, bars, name_width=70, most=_room(bars))]


def _room(bars: Sequence[Part]) -> float:
    """Leave room behind the longest bar for amounts, which are long."""
    return 1.25 * max(bar.value for bar in bars)


_STALLED = {
    **_OF_AREA,
    "fund": parameters.text("Only lines of this fund."),
    "days": parameters.whole("Only lines without a movement for so many days.", 0, 36_500),
}


@views.view("/stalled", _STALLED)
async def stalled(page: Page) -> View:
    """Show lines with money left on which nothing has moved, those that wait longest first."""
    days = DAYS_DEFAULT if page.values["days"] is None else page.values["days"]
    area = page.values["area"]
    answer = await page.put(
        list_stalled_lines, area=area, fund=page.values["fund"], days=days, limit=LIMIT_MAX
    )
    lines = sorted(answer.items, key=lambda each: -each.days)
    title = page.t("Tiền đứng yên", "Money that stands still")
    content = {
        "days": days,
        "on": answer.on,
        "more": answer.next_cursor is not None,
        "area": area,
        "fund": page.values["fund"],
    }
    content["worst"] = lines[0] if lines else None
    sums = {"lines": len(lines), "left": sum(each.left_vnd for each in lines), **content}
    tables = [_stalled_funds(page, lines), _stalled_lines(page, lines)]
    return View("stalled.html", title, sums, tables, private=True)


def _stalled_funds(page: Page, lines: Sequence[StalledLine]) -> Table:
    columns = (
        Column("fund_id", FUND),
        Column("lines", Text("Lines", "Số dòng"), "number"),
        Column("left_vnd", Text("Left", "Còn lại"), "money"),
        Column("days", Text("Longest, days", "Lâu nhất (ngày)"), "number"),
    )
    grouped: dict[str, list[StalledLine]] = {}
    for each in lines:
        grouped.setdefault(each.fund_id, []).append(each)
    rows_of = [
        [
            Cell(fund_id, page.to(path_of_fund(fund_id))),
            Cell(len(group)),
            Cell(sum(each.left_vnd for each in group)),
            Cell(max(each.days for each in group)),
        ]
        for fund_id, group in grouped.items()
    ]
    return Table("by_fund", Text("By fund", "Theo nguồn vốn"), columns, rows_of, sortable=True)


def _stalled_lines(page: Page, lines: Sequence[StalledLine]) -> Table:
    columns = (
        Column("line", Text("Line", "Dòng phân bổ")),
        Column("area", PLACE),
        Column("fund_id", FUND),
        Column("amount_vnd", Text("Amount", "Được phân bổ"), "money"),
        Column("left_vnd", Text("Left", "Còn lại"), "money"),
        Column("last_movement_on", Text("Last movement", "Lần cuối có chi"), "day"),
        Column("days", Text("Days since", "Số ngày"), "number"),
    )
    return Table(
        "lines",
        Text("Lines, those that wait longest first", "Các dòng, lâu nhất trước"),
        columns,
        [_stalled_line(page, each) for each in lines],
        sortable=True,
    )


def _stalled_line(page: Page, each: StalledLine) -> list[Cell]:
    name = each.household_id
    link = None if name is None else page.to(path_of_household(name))
    moved: date | None = each.last_movement_on
    return [
        Cell(each.line, link),
        unit_cell(page, each.area),
        Cell(each.fund_id, page.to(path_of_fund(each.fund_id))),
        Cell(each.amount_vnd),
        Cell(each.left_vnd),
        Cell(moved),
        Cell(each.days),
    ]
