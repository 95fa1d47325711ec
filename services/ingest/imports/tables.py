"""Rows of sheets as items of a door: every row of the file is accepted for judging or refused here.

Blank rows, titles above the header, the header and its repetitions are no rows. Whatever else is
skipped or read unseen (sheets without a header, hidden sheets, rows and columns) is a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from services.ingest.imports.bounds import BlankRows
from services.ingest.imports.header import (
    HEAD_ROWS,
    Header,
    Place,
    header_of,
    is_numbering,
    no_header,
    read_header,
)
from services.ingest.imports.headings import AREA_NAME, Columns
from services.ingest.imports.reasons import Reason, cell_reason
from services.ingest.imports.sheets.cells import (
    Batch,
    Cell,
    PhysicalRow,
    RowFault,
    Sheet,
    column_letters,
)
from services.ingest.imports.values import BLANKS, Fault, read_cell, shown
from shared.kernel.imports import Notice

LISTED_MAX = 10
# (code, name of its unit as the row tells it) → why the code is not to be trusted.
AreaCheck = Callable[[str, str | None], Reason | None]


class TableRow(NamedTuple):
    """A row with its item, or with why it has none; its cells as they stand, to be sent back."""

    number: int
    sheet: str | None
    cells: list[Cell]
    item: dict[str, Any]
    reasons: list[Reason]
    header: Header


@dataclass
class Tables:
    """The sheets of one file, read as one kind of fact.

    `typed`: cells have types (XLSX); in a text file a code that lost its zeros looks like another.
    """

    sheets: Iterator[Sheet]
    columns: Columns
    area_check: AreaCheck | None = None
    typed: bool = True
    notices: list[Notice] = field(default_factory=list)
    headers: dict[str | None, Header] = field(default_factory=dict)
    blanks: BlankRows = field(default_factory=BlankRows)

    def batches(self) -> Iterator[list[TableRow]]:
        """Yield the rows of all sheets that have a header, a few at a time, often none."""
        unheaded: list[tuple[str | None, list[PhysicalRow]]] = []
        for sheet in self.sheets:
            if sheet.hidden:
                self._notice(
                    "hidden_sheet",
                    f"the hidden sheet {sheet.name!r} was not read",
                    f"trang tính ẩn «{sheet.name}» không được đọc",
                )
                continue
            head: Batch = []
            while len(head) < HEAD_ROWS and (batch := next(sheet.batches, None)) is not None:
                head += batch
                yield []
            place = header_of(head[:HEAD_ROWS], self.columns)
            if place is None:
                unheaded.append((sheet.name, head[:HEAD_ROWS]))
                continue
            header = self.headers[sheet.name] = read_header(
                head[place], self.columns, sheet.delimiter
            )
            body = chain([head[place + 1 :]], sheet.batches)
            yield from self._rows(sheet, header, body)
            self._name_hidden(sheet, header)
        self._name_unread(unheaded)

    def _rows(
        self, sheet: Sheet, header: Header, body: Iterator[Batch]
    ) -> Iterator[list[TableRow]]:
        first = True
        for batch in body:
            rows: list[TableRow] = []
            for row in batch:
                if not row.fault and is_blank(row):
                    self.blanks.count()
                    continue
                if not row.fault and header.repeats(row):
                    continue
                if first and not row.fault and is_numbering(row):
                    first = False
                    continue
                first = False
                rows += self._read(sheet.name, header, row)
            yield rows

    def _read(self, sheet: str | None, header: Header, row: PhysicalRow) -> Iterator[TableRow]:
        if row.fault is not None:
            yield _refused(sheet, header, row, row.fault)
        elif row.lines and not _may_break(header, row):
            for position, line in enumerate(row.lines):
                part = PhysicalRow(row.number + position, [line])
                yield _refused(sheet, header, part, LINE_BREAK)
        else:
            item, reasons = self._item(header, row)
            yield TableRow(row.number, sheet, row.cells, item, reasons, header)

    def _item(self, header: Header, row: PhysicalRow) -> tuple[dict[str, Any], list[Reason]]:
        item: dict[str, Any] = {}
        reasons = list(_nameless(header, row))
        for place in header.places:
            cell = row.cells[place.index] if place.index < len(row.cells) else None
            value = read_cell(cell, place.column, vietnamese=place.vietnamese)
            if isinstance(value, Fault):
                reasons.append(_reason(place, row, value.code, cell))
            elif value is not None:
                whole, _, part = place.column.name.partition(".")
                if part:
                    item.setdefault(whole, {})[part] = value
                else:
                    item[whole] = value
        reasons += self._judged(header, row, item)
        return item, reasons

    def _judged(self, header: Header, row: PhysicalRow, item: dict[str, Any]) -> Iterator[Reason]:
        """Name what only the row as a whole shows: blanks that would count as none, areas."""
        for each in header.places:
            beside = each.column.none_with
            if beside in item and each.column.name not in item and is_blank_at(row, each):
                yield _reason(each, row, "blank_is_not_none", None)
        name = item.pop(AREA_NAME, None)
        place = header.of_field("area_code")
        code = item.get("area_code")
        if place and isinstance(code, str) and self.area_check and (name or not self.typed):
            found = self.area_check(code, name)
            if found is not None:
                cell = column_letters(place.index) + str(row.number)
                vi = f"ô {cell} ({place.heading}): {found.vi}"
                yield found._replace(en=f"{cell}: {found.en}", vi=vi, cell=cell)

    def _name_hidden(self, sheet: Sheet, header: Header) -> None:
        where_en = "" if sheet.name is None else f" of sheet {sheet.name!r}"
        where_vi = "" if sheet.name is None else f" của trang «{sheet.name}»"
        if sheet.hidden_rows:
            rows = [number for number in sheet.hidden_rows if number > header.row]
            listed = ", ".join(map(str, rows[:LISTED_MAX])) + (
                " …" if len(rows) > LISTED_MAX else ""
            )
            if rows:
                self._notice(
                    "hidden_rows",
                    f"hidden rows{where_en} were read too: {listed}",
                    f"các dòng ẩn{where_vi} cũng được đọc: {listed}",
                )
        hidden = [p for p in header.places if p.index in sheet.hidden_columns]
        if hidden:
            listed = ", ".join(f"{column_letters(p.index)} {p.heading}" for p in hidden)
            self._notice(
                "hidden_columns",
                f"hidden columns{where_en} were read too: {listed}",
                f"các cột ẩn{where_vi} cũng được đọc: {listed}",
            )

    def _name_unread(self, unheaded: list[tuple[str | None, list[PhysicalRow]]]) -> None:
        filled = [(name, rows) for name, rows in unheaded if not all(map(is_blank, rows))]
        if not self.headers:
            raise no_header(filled[0][1] if filled else [], self.columns)
        for name, _ in filled:
            self._notice(
                "sheet_not_read",
                f"sheet {name!r} has no known header and was not read",
                f"trang «{name}» không có dòng tiêu đề nhận ra được nên không được đọc",
            )

    def _notice(self, code: str, en: str, vi: str) -> None:
        self.notices.append(Notice(code, en, vi))


LINE_BREAK = RowFault(
    "line_break_in_cell",
    "a cell breaks over several lines; a row of this file must be one line",
    "một ô bị ngắt thành nhiều dòng; mỗi dòng dữ liệu phải nằm trên một dòng",
)


def is_blank(row: PhysicalRow) -> bool:
    """Say whether nothing stands in a row."""
    return all(c is None or (isinstance(c, str) and not c.strip(BLANKS)) for c in row.cells)


def is_blank_at(row: PhysicalRow, place: Place) -> bool:
    """Say whether nothing stands in a cell."""
    return place.index >= len(row.cells) or is_blank(PhysicalRow(0, [row.cells[place.index]]))


def _refused(sheet: str | None, header: Header, row: PhysicalRow, fault: RowFault) -> TableRow:
    vi = f"dòng {row.number}: {fault.vi}"
    reason = Reason("", fault.code, f"row {row.number}: {fault.en}", vi, str(row.number))
    return TableRow(row.number, sheet, row.cells, {}, [reason], header)


def _may_break(header: Header, row: PhysicalRow) -> bool:
    """Say whether all cells with line breaks are of columns that hold whole texts."""
    long = {place.index for place in header.places if place.column.kind == "prose"}
    broken = {n for n, cell in enumerate(row.cells) if isinstance(cell, str) and "\n" in cell}
    return broken <= long and len(row.cells) <= len(header.cells)


def _nameless(header: Header, row: PhysicalRow) -> Iterator[Reason]:
    named = {place.index for place in header.places} | header.beside
    for index, cell in enumerate(row.cells):
        if index not in named and shown(cell).strip(BLANKS):
            place = column_letters(index) + str(row.number)
            yield cell_reason("", "cell_without_column", place, "–", shown(cell))
            return


def _reason(place: Place, row: PhysicalRow, code: str, cell: Cell) -> Reason:
    where = column_letters(place.index) + str(row.number)
    return cell_reason(place.column.name, code, where, place.heading, shown(cell))
