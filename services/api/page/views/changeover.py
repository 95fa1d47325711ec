"""The changeover board: today's households by the coming standard, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.api.areas.changeover import (
    BoardRow,
    Changeover,
    ChangingHousehold,
    get_changeover,
    list_changeover_households,
)
from services.api.areas.changeover_costs import Compared, CostRow, get_changeover_costs
from services.api.page.drawing.ranges import Spread, ranges
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Kind, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.behind import CAPTION, CURSOR, ID, behind, household_cell
from services.api.page.views.crumbs import path_of
from services.api.page.views.unit import Place, place_of
from services.api.page.words import NAMES, PLACE, ROWS
from shared.households.changeover import CLASSES, Becomes
from shared.households.recognised import Basis
from shared.http import parameters
from shared.kernel.texts import Text

views = Views()

BECOMES: Mapping[str, Text] = {
    "stays": Text("Same class", "Giữ nguyên"),
    "newly_poor": Text("Newly poor", "Thành hộ nghèo"),
    "newly_near_poor": Text("Newly near-poor", "Thành hộ cận nghèo"),
    "leaves": Text("Leaves both lists", "Ra khỏi danh sách"),
    "uncertain": Text("Not certain", "Chưa chắc chắn"),
    "unknown": Text("Income unknown", "Không rõ thu nhập"),
}
LEAST, MOST = Text("then, at least", "sẽ là, ít nhất"), Text("at most", "nhiều nhất")
_UNITS = {
    "household": Text("a household, once", "mỗi hộ, một lần"),
    "household_month": Text("a household and month", "mỗi hộ, mỗi tháng"),
    "person": Text("a person", "mỗi người"),
    "person_month": Text("a person and month", "mỗi người, mỗi tháng"),
    "person_course": Text("a person and course", "mỗi người, mỗi khóa"),
    "child_month": Text("a child and month", "mỗi trẻ, mỗi tháng"),
    "loan": Text("a loan", "mỗi khoản vay"),
    "month": Text("a month", "mỗi tháng"),
}
_BASIS = {"basis": parameters.choice(Basis, "By which class; by default by the figures.")}


@views.view("/places/{code}/changeover", _BASIS)
async def changeover(page: Page, code: str) -> View | Elsewhere:
    """Show what becomes of the households of a place, of each unit below, and what it costs."""
    here = await place_of(page, code, "/changeover")
    if isinstance(here, Elsewhere):
        return here
    given = {"code": code, "as_of": page.on, "basis": page.values["basis"]}
    board = await page.put(get_changeover, **given)
    costs = await page.put(get_changeover_costs, **given)
    content = {**here.head(), "board": board, "total": board.rows[-1], "becomes": BECOMES}
    content["asked"] = {**await _lines(page, board), "basis": board.basis}
    tables = [board_table(here, board.rows, board), _costs(page, costs.rows[-1])]
    drawings = [drawing(page, board.rows[-1], board.begins_on.year)]
    return View("changeover.html", here.name, content, tables, drawings, private=True)


async def _lines(page: Page, board: Changeover) -> dict[str, int | None]:
    """Return the lines of the coming standard, from which somebody's own begin."""
    standards = (await page.policy()).standards.items
    (coming,) = (each for each in standards if each.id == board.standard)
    poor = {
        name: next(r for r in rules if r.outcome == "poor")
        for name, rules in coming.income_rules.items()
    }
    return {
        "rural_income_at_most": poor["rural"].at_most,
        "urban_income_at_most": poor["urban"].at_most,
        "deprived_at_least": poor["rural"].deprived_at_least,
    }


def board_table(here: Place, rows: Sequence[BoardRow], board: Changeover | None) -> Table:
    """Return what becomes of the households of each unit; without a board nobody is named."""
    columns = [Column("area", PLACE), Column("households", Text("Households", "Số hộ"), "number")]
    columns += [Column(name, text, "number") for name, text in BECOMES.items()]
    for name in CLASSES:
        words = NAMES[name]
        columns += [
            Column(f"{name}_today", Text(f"{words.en} today", f"{words.vi} nay"), "number"),
            Column(f"{name}_least", LEAST, "number"),
            Column(f"{name}_most", MOST, "number"),
        ]
    lines = [_board_row(here, row, board, row is rows[-1]) for row in rows]
    caption = Text("What becomes of today's households", "Các hộ hiện nay sẽ ra sao")
    return Table("board", caption, columns, lines[:-1], lines[-1:])


def _board_row(here: Place, row: BoardRow, board: Changeover | None, last: bool) -> list[Cell]:
    page, path = here.page, path_of(row.code)
    head = Cell("total", text=page.say(ROWS["total"])) if last else _unit(here, row.code)
    cells = [head, Cell(row.households)]
    for becomes in BECOMES:
        households = getattr(row, becomes)
        link = None
        if board is not None and households:
            link = page.to(f"{path}/changeover/households", becomes=becomes, basis=board.basis)
        cells.append(Cell(households, link))
    for name in CLASSES:
        coming = getattr(row.coming, name)
        cells += [Cell(getattr(row.today, name)), Cell(coming.least), Cell(coming.most)]
    return cells


def _unit(here: Place, code: str) -> Cell:
    unit = here.units.on(code, here.page.on)
    return Cell(here.page.unit(unit), here.page.to(f"{path_of(code)}/changeover"))


def drawing(page: Page, row: BoardRow, year: int | str) -> Drawing:
    """Draw the classes of today over those to come."""
    spreads = [
        Spread(
            name,
            page.say(NAMES[name]),
            today := getattr(row.today, name),
            (coming := getattr(row.coming, name)).least,
            coming.most,
            (page.number(today), _range(page, coming.least, coming.most)),
        )
        for name in CLASSES
    ]
    caption = page.t("Nay và theo chuẩn mới", "Today, and by the other standard")
    summary = "; ".join(f"{each.name}: {each.written[0]} → {each.written[1]}" for each in spreads)
    return ranges("classes", caption, summary, (page.t("nay", "today"), str(year)), spreads)


def _range(page: Page, least: int, most: int) -> str:
    low = page.number(least)
    return low if least == most else f"{low}–{page.number(most)}"


def _costs(page: Page, row: CostRow) -> Table:
    columns = [
        Column("norm", Text("Support norm", "Chế độ hỗ trợ")),
        Column("unit", Text("For each", "Tính theo"), words=_UNITS),
    ]
    kinds: tuple[tuple[str, Text, Kind], ...] = (
        ("households", Text("Households", "Số hộ"), "number"),
        ("cost", Text("Cost", "Chi phí"), "money"),
    )
    for name, head, kind in kinds:
        columns += [
            Column(f"{name}_today", Text(f"{head.en} today", f"{head.vi} nay"), kind),
            Column(f"{name}_least", LEAST, kind),
            Column(f"{name}_most", MOST, kind),
        ]
    lines = [
        [
            Cell(each.norm, text=page.t(each.vi, each.en)),
            Cell(each.unit),
            *_compared(each.households),
            *_compared(each.cost_vnd),
        ]
        for each in row.norms
        if each.households.today or each.households.most
    ]
    caption = Text("What it costs by norm", "Chi phí theo từng chế độ")
    return Table("costs", caption, columns, lines)


def _compared(compared: Compared | None) -> list[Cell]:
    if compared is None:
        return [Cell(None)] * 3
    return [Cell(compared.today), Cell(compared.least), Cell(compared.most)]


_BEHIND = {
    **_BASIS,
    "becomes": parameters.choice(Becomes, "Only those of which this becomes."),
    "cursor": CURSOR,
}


@views.view("/places/{code}/changeover/households", _BEHIND)
async def changeover_households(page: Page, code: str) -> View | Elsewhere:
    """Show households beside the classes that they may be in by the coming standard."""
    here = await place_of(page, code, "/changeover/households")
    if isinstance(here, Elsewhere):
        return here
    given = {name: page.values[name] for name in _BEHIND}
    answer = await page.put(list_changeover_households, code=code, as_of=page.on, **given)
    columns = (
        ID,
        Column("today", Text("Today", "Nay"), words=NAMES),
        Column("coming", Text("May become", "Có thể là")),
        Column("becomes", Text("What becomes of it", "Sẽ ra sao"), words=BECOMES),
        Column("income_vnd", Text("Income a person and month", "Thu nhập/người/tháng"), "money"),
        Column("deprived", Text("Lacks", "Thiếu hụt")),
    )
    table = Table("households", CAPTION, columns, [_changing(page, h) for h in answer.items])
    becomes = given["becomes"]
    title = page.say(BECOMES[becomes]) if becomes else page.t("Tất cả các hộ", "All households")
    back = page.to(f"{here.path}/changeover", basis=given["basis"])
    return behind(here, title, back, table, answer.next_cursor)


def _changing(page: Page, each: ChangingHousehold) -> list[Cell]:
    coming = ", ".join(page.say(NAMES[name]) for name in each.coming)
    return [
        household_cell(page, each.household_id),
        Cell(each.today, swatch=each.today),
        Cell(" ".join(each.coming), text=coming or page.t("không rõ", "not known")),
        Cell(each.becomes),
        Cell(each.income_vnd),
        Cell(" ".join(each.deprived)),
    ]
