"""The year-end book of a place: both lists in the official form, what they lack, who they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from services.api.areas.year_end import (
    get_year_end,
    get_year_end_pages,
    get_year_end_workbook,
    list_year_end_households,
)
from services.api.areas.year_end_book import Cell as BookCell
from services.api.areas.year_end_book import CellName, FormRow, ListedBy, ListForm, YearEnd
from services.api.page.drawing.svg import Drawing
from services.api.page.drawing.waterfall import Step, waterfall
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.behind import CURSOR, behind, only_ids
from services.api.page.views.crumbs import path_of
from services.api.page.views.unit import Place, place_of
from services.api.page.words import PLACE, ROWS, STATUSES
from shared.households.recognised import Basis
from shared.http import parameters
from shared.kernel.texts import Text
from shared.law.standards import LISTS, ListName

views = Views()

# The form's columns in its order, by their names in the book; a rate stands behind each.
COLUMNS: tuple[tuple[str, Text], ...] = (
    ("start", Text("Start of year", "Đầu năm")),
    ("start_minority", Text("Start: minority", "Đầu năm: DTTS")),
    ("left", Text("Left", "Thoát")),
    ("relapsed", Text("Relapsed", "Tái")),
    ("newly_arisen", Text("Newly arisen", "Phát sinh")),
    ("end", Text("End of year", "Cuối năm")),
    ("end_minority", Text("End: minority", "Cuối năm: DTTS")),
)
CELLS = {
    **dict(COLUMNS),
    "form_left": Text("Left", "Thoát"),
    "form_newly_arisen": Text("Newly arisen", "Phát sinh"),
}
_FLOWS = (("left", -1), ("relapsed", 1), ("newly_arisen", 1))
_BASIS = {"basis": parameters.choice(Basis, "By which class; by default as decided.")}


def year_of(here: Place) -> int:
    """Return the year of the day looked at; the one before where the unit did not see its end."""
    year = here.page.on.year
    return year if here.unit.in_force(date(year, 12, 31)) else year - 1


@views.view("/places/{code}/year-end", _BASIS)
async def year_end(page: Page, code: str) -> View | Elsewhere:
    """Show the movement of both lists in the official form, and who is on them at the end."""
    here = await place_of(page, code, "/year-end")
    if isinstance(here, Elsewhere):
        return here
    given = {"code": code, "year": year_of(here), "basis": page.values["basis"]}
    book = await page.put(get_year_end, **given)
    files = {
        name: page.address_of(question, **given, lang=page.language)
        for name, question in (("workbook", get_year_end_workbook), ("pages", get_year_end_pages))
    }
    content = {**here.head(), "book": book, "years": here.years(), **files}
    tables = [
        *(_form(here, book, form) for form in book.lists),
        _targets(here, book),
        _indicators(page, book),
        _listed("ethnic_groups", Text("Ethnic group", "Dân tộc"), book.ethnic_groups),
        _listed("causes", Text("Cause as stated", "Nguyên nhân (như đã nêu)"), book.causes),
    ]
    drawings = [_drawing(page, form) for form in book.lists]
    return View("year_end.html", here.name, content, tables, drawings, private=True)


def _form(here: Place, book: YearEnd, form: ListForm) -> Table:
    columns = [
        Column("row", PLACE),
        Column("households_total", Text("All households", "Tổng số hộ"), "number"),
        Column("minority_total", Text("Of them minority", "Hộ DTTS"), "number"),
    ]
    for name, head in COLUMNS:
        columns += [
            Column(name, head, "number"),
            Column(f"{name}_percent", Text("rate", "tỷ lệ"), "percent"),
        ]
    *rows, total = [_row(here, book, row) for row in form.rows]
    caption = Text(f"{STATUSES[form.list].en}: movement", f"{STATUSES[form.list].vi}: diễn biến")
    return Table(f"form-{form.list}", caption, columns, rows, [total])


def _row(here: Place, book: YearEnd, row: FormRow) -> list[Cell]:
    cells = [row_head(here, row.kind, row.code, book.end_on)]
    cells += [Cell(row.base_end), Cell(row.base_minority_end)]
    for name, _ in COLUMNS:
        cell: BookCell = getattr(row, name)
        cells += [
            Cell(cell.households, _behind(here, cell)),
            Cell(cell.rate and cell.rate.percent),
        ]
    return cells


def row_head(here: Place, kind: str, code: str, day: date) -> Cell:
    """Return the head of a book's row: a unit leads to its own book."""
    page = here.page
    if kind != "unit":
        return Cell(kind, text=page.say(ROWS[kind]))
    unit = here.units.on(code, day)
    return Cell(page.unit(unit), page.to(f"{path_of(code)}/year-end"))


def _behind(here: Place, cell: BookCell) -> str | None:
    """Return where the households of a cell are listed: what the book says, as a page."""
    if not cell.households:
        return None
    asked = dict(parse_qsl(urlsplit(cell.href).query))
    del asked["year"]
    return here.page.to(f"{here.path}/year-end/households", **asked)


def _targets(here: Place, book: YearEnd) -> Table:
    names = {
        "households": Text("Households", "Số hộ"),
        "minority": Text("Minority", "Hộ DTTS"),
        "no_labour_capacity": Text("No labour capacity", "Không có khả năng lao động"),
        "merit_member": Text("With a member of merit", "Có thành viên là người có công"),
        "persons": Text("Persons", "Số nhân khẩu"),
        "size_unknown": Text("Size not stated", "Chưa rõ nhân khẩu"),
        "undecided": Text("No decision stated", "Chưa ghi quyết định"),
    }
    columns = [Column("row", PLACE), Column("list", Text("List", "Danh sách"), words=STATUSES)]
    columns += [Column(name, head, "number") for name, head in names.items()]
    lines = [
        [
            row_head(here, row.kind, row.code, book.end_on),
            Cell(row.list, swatch=row.list),
            *(Cell(getattr(row, name)) for name in names),
        ]
        for row in book.target_groups
    ]
    caption = Text("Target groups at the end of the year", "Nhóm đối tượng cuối năm")
    return Table("target_groups", caption, columns, lines)


def _indicators(page: Page, book: YearEnd) -> Table:
    columns = [
        Column("standard", Text("Standard", "Chuẩn")),
        Column("code", Text("Code", "Mã")),
        Column("indicator", Text("Indicator", "Chỉ số")),
    ]
    for name in LISTS:
        columns += [
            Column(name, STATUSES[name], "number"),
            Column(f"{name}_percent", Text("of the list", "của danh sách"), "percent"),
        ]
    lines = [
        [
            Cell(each.standard),
            Cell(each.code),
            Cell(each.code, text=page.t(each.name_vi, each.name_en)),
            Cell(each.poor),
            Cell(each.poor_rate and each.poor_rate.percent),
            Cell(each.near_poor),
            Cell(each.near_poor_rate and each.near_poor_rate.percent),
        ]
        for each in book.indicators
    ]
    caption = Text("What households on the lists lack", "Thiếu hụt của hộ nghèo, hộ cận nghèo")
    return Table("indicators", caption, columns, lines, sortable=True)


def _listed(key: str, head: Text, listed: Sequence[ListedBy]) -> Table:
    columns = [Column("name", head), *(Column(n, STATUSES[n], "number") for n in LISTS)]
    lines = [[Cell(each.name), Cell(each.poor), Cell(each.near_poor)] for each in listed]
    return Table(key, head, columns, lines, sortable=True)


def _drawing(page: Page, form: ListForm) -> Drawing:
    """Draw the sum of the form's last row: the start, each flow, the end."""
    total = form.rows[-1]
    heads = dict(COLUMNS)

    def stock(name: str) -> Step:
        households = getattr(total, name).households
        return Step(form.list, page.say(heads[name]), households, page.number(households), True)

    steps = [stock("start")]
    for name, sign in _FLOWS:
        value = sign * getattr(total, name).households
        kind = "recently_exited" if sign < 0 else "near_poor"
        steps.append(Step(kind, page.say(heads[name]), value, page.signed(value)))
    steps.append(stock("end"))
    summary = ", ".join(f"{step.name} {step.written}" for step in steps)
    return waterfall(f"sum-{form.list}", page.say(STATUSES[form.list]), summary, steps)


_CELL = {
    **_BASIS,
    "list": parameters.choice(ListName, "The list.").but(required=True),
    "cell": parameters.choice(CellName, "The cell of the row.").but(required=True),
    "row": parameters.text("The row; by default the last.").but(default="total"),
    "cursor": CURSOR,
}


@views.view("/places/{code}/year-end/households", _CELL)
async def year_end_households(page: Page, code: str) -> View | Elsewhere:
    """Show the households behind a cell of the book."""
    here = await place_of(page, code, "/year-end/households")
    if isinstance(here, Elsewhere):
        return here
    given = {name: page.values[name] for name in _CELL}
    year = year_of(here)
    answer = await page.put(list_year_end_households, code=code, year=year, **given)
    row = given["row"]
    named = ROWS.get(row)
    place = page.say(named) if named else page.unit(here.units.on(row, date(year, 12, 31)))
    words = (STATUSES[given["list"]], CELLS.get(given["cell"]))
    said = [page.say(each) for each in words if each is not None]
    back = page.to(f"{here.path}/year-end", basis=given["basis"])
    title = f"{' · '.join(said)} · {place} · {year}"
    return behind(here, title, back, only_ids(page, answer.items), answer.next_cursor)
