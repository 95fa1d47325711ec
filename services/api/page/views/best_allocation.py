"""A run beside the allocation that reaches the most deprivation for its money."""

from __future__ import annotations

from collections.abc import Sequence

from services.api.money.best_allocation import (
    BestAllocation,
    BestNorm,
    BestRank,
    get_best_allocation,
)
from services.api.money.best_households import BestDifference, list_best_allocation_households
from services.api.money.best_queues import Counted
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from services.api.page.views.households import path_of_household
from shared.http import parameters
from shared.kernel.texts import Text

views = Views()

ROWS = 100
_ASKED = {
    "with": parameters.text("More runs of the same fund, with commas between them."),
    "counted": parameters.choice(Counted, "What is reached with a household."),
    "cursor": parameters.text("Where the page before ended.", 1000),
}
_SUMS = (
    Column("legal_households", Text("Households, by the law", "Số hộ, theo luật"), "number"),
    Column("legal_reached", Text("Deprivations", "Chỉ số thiếu hụt"), "number"),
    Column("legal_vnd", Text("Costs", "Kinh phí"), "money"),
    Column("best_households", Text("Households, at best", "Số hộ, phương án tốt nhất"), "number"),
    Column("best_reached", Text("Deprivations", "Chỉ số thiếu hụt"), "number"),
    Column("best_vnd", Text("Costs", "Kinh phí"), "money"),
)


@views.view("/runs/{run_id}/best", _ASKED)
async def best(page: Page, run_id: str) -> View:
    """Show what the law's queue reaches, what the money could reach, and who differs."""
    others, counted = page.values["with"], page.values["counted"] or "household"
    asked = {"run_id": run_id, "with_": others, "counted": counted}
    found = await page.put(get_best_allocation, **asked)
    differing = await page.put(
        list_best_allocation_households, **asked, cursor=page.values["cursor"], limit=ROWS
    )
    following = differing.next_cursor and page.here(cursor=differing.next_cursor)
    content = {"best": found, "run_id": run_id, "following": following}
    tables = [_ranks(page, found), _norms(page, found.norms)]
    if differing.items:
        tables.append(_differences(page, differing.items))
    return View("best.html", run_id, content, tables, private=True)


def _sums(each: BestRank | BestNorm) -> list[Cell]:
    sides = (each.legal, each.best)
    return [Cell(n) for side in sides for n in (side.households, side.reached, side.spent_vnd)]


def _ranks(page: Page, found: BestAllocation) -> Table:
    columns = (
        Column("rank", Text("Rank of the law", "Thứ tự ưu tiên theo luật")),
        *_SUMS,
        Column("gap", Text("Gap", "Khoảng cách"), "number"),
    )
    rows = [
        [Cell(f"{each.rank}. {page.t(each.vi, each.en)}"), *_sums(each), Cell(each.gap)]
        for each in found.ranks
    ]
    return Table("ranks", Text("By rank", "Theo thứ tự ưu tiên"), columns, rows)


def _norms(page: Page, norms: Sequence[BestNorm]) -> Table:
    columns = (
        Column("norm", Text("Norm", "Định mức")),
        Column("waiting", Text("Waiting", "Đang chờ"), "number"),
        *_SUMS,
    )
    rows = [[Cell(page.t(n.vi, n.en)), Cell(n.waiting), *_sums(n)] for n in norms]
    return Table("norms", Text("By norm", "Theo định mức"), columns, rows)


def _differences(page: Page, items: Sequence[BestDifference]) -> Table:
    columns = (
        Column("household_id", Text("Household", "Hộ")),
        Column("lacking", Text("Services lacking", "Số chỉ số thiếu hụt"), "number"),
        Column("legal_vnd", Text("By the law", "Theo luật"), "money"),
        Column("best_vnd", Text("At best", "Phương án tốt nhất"), "money"),
    )
    rows = [
        [
            Cell(each.household_id, page.to(path_of_household(each.household_id))),
            Cell(each.lacking),
            Cell(each.legal_vnd),
            Cell(each.best_vnd),
        ]
        for each in items
    ]
    return Table("differences", Text("Who differs", "Những hộ khác nhau"), columns, rows)
