"""The money of a place by year: local beside central, what the law asks, what will be paid."""

from __future__ import annotations

from collections.abc import Sequence

from services.api.money.fund_scenario import (
    FundScenario,
    MoneyReason,
    SourceMoney,
    get_fund_scenario,
)
from services.api.money.sums import YEAR_MAX, YEAR_MIN
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.unit import place_of
from services.api.page.words import FUNDING_SOURCES
from shared.http import parameters
from shared.kernel.texts import Text

views = Views()

_SCENARIO = {"year": parameters.whole("The year that is forecast.", YEAR_MIN, YEAR_MAX)}
_YEAR = Column("year", Text("Year", "Năm"))
_SOURCE = Column("source", Text("Source", "Nguồn"), words=FUNDING_SOURCES)


@views.view("/places/{code}/fund-scenario", _SCENARIO)
async def fund_scenario(page: Page, code: str) -> View | Elsewhere:
    """Show the money by year and source, the counterpart asked, and the forecast."""
    here = await place_of(page, code, "/fund-scenario")
    if isinstance(here, Elsewhere):
        return here
    year = page.values["year"] or page.on.year
    found = await page.put(get_fund_scenario, code=code, as_of=page.on, year=year)
    content = {**here.head(), "scenario": found}
    tables = [_sources(page, found), _counterparts(page, found), _forecasts(page, found)]
    shown = [table for table in tables if table.rows]
    return View("fund_scenario.html", here.name, content, shown)


def _sources(page: Page, found: FundScenario) -> Table:
    columns = (
        _YEAR,
        _SOURCE,
        Column("funds", Text("Funds", "Số nguồn vốn"), "number"),
        Column("amount_vnd", Text("Amount", "Tổng vốn"), "money"),
        Column("allocated_vnd", Text("Allocated", "Đã phân bổ"), "money"),
        Column("net_paid_vnd", Text("Net paid", "Thực chi"), "money"),
        Column("stalled_vnd", Text("Standing still", "Đứng yên"), "money"),
        Column("days", Text("Days since it moved", "Số ngày không biến động"), "number"),
    )
    rows = [_source(each.year, source) for each in found.years for source in each.sources]
    return Table("sources", Text("By year and source", "Theo năm và nguồn"), columns, rows)


def _source(year: int, each: SourceMoney) -> list[Cell]:
    return [
        Cell(year),
        Cell(each.funding_source),
        Cell(each.funds),
        Cell(each.amount_vnd),
        Cell(each.allocated_vnd),
        Cell(each.net_paid_vnd),
        Cell(each.stalled.left_vnd),
        Cell(each.days_since_movement),
    ]


def _counterparts(page: Page, found: FundScenario) -> Table:
    columns = (
        _YEAR,
        Column("program", Text("Programme", "Chương trình")),
        Column("law", Text("Legal basis", "Căn cứ pháp lý")),
        Column("percent", Text("Ratio (%)", "Tỷ lệ (%)")),
        Column("central_vnd", Text("Central", "Trung ương"), "money"),
        Column("required_vnd", Text("Required", "Phải có"), "money"),
        Column("provided_vnd", Text("Provided", "Đã có"), "money"),
        Column("missing_vnd", Text("Missing", "Còn thiếu"), "money"),
        Column("why", Text("Remark", "Ghi chú")),
    )
    rows = [
        [
            Cell(of_year.year),
            Cell(each.program),
            Cell("; ".join(each.legal_basis)),
            Cell(each.percent),
            Cell(each.central_vnd),
            Cell(each.required_vnd),
            Cell(each.provided_vnd),
            Cell(each.missing_vnd),
            _remarks(page, each.reasons),
        ]
        for of_year in found.years
        for each in of_year.counterparts
    ]
    caption = Text("Local counterpart that the law asks for", "Vốn đối ứng theo luật")
    return Table("counterparts", caption, columns, rows)


def _remarks(page: Page, reasons: Sequence[MoneyReason]) -> Cell:
    return Cell("; ".join(page.t(each.text_vi, each.text_en) for each in reasons))


def _forecasts(page: Page, found: FundScenario) -> Table:
    columns = (
        _SOURCE,
        Column("low_vnd", Text("At least", "Ít nhất"), "money"),
        Column("high_vnd", Text("At most", "Nhiều nhất"), "money"),
        Column("why", Text("Remark", "Ghi chú")),
    )
    rows = [
        [
            Cell(each.funding_source),
            Cell(each.low_vnd),
            Cell(each.high_vnd),
            _remarks(page, each.reasons),
        ]
        for each in found.forecasts
    ]
    caption = Text("Paid by the year's end", "Dự báo chi đến hết năm")
    return Table("forecasts", caption, columns, rows)
