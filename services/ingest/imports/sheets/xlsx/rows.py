"""The rows of a sheet, as the XML tells them, with the type of every cell."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from services.ingest.imports.sheets.cells import (
    COLUMNS_MAX,
    Batch,
    Cell,
    Odd,
    PhysicalRow,
    Sheet,
    Unreadable,
)
from services.ingest.imports.sheets.xlsx.merges import Merged, column_number
from services.ingest.imports.sheets.xlsx.package import Texts, unescaped
from services.ingest.imports.sheets.xlsx.xml import broken, too_large

ROWS_MAX = 1_048_576
CELLS_MAX = 64_000_000
HIDDEN_ROWS_KEPT = 1000
# Day 60 of Excel's calendar is 29 February 1900, a day that never was; it is kept for old files.
_DAY_60 = 60
_LAST_SERIAL = 2_958_465


@dataclass
class Rows:
    """Takes the events of a sheet and holds the rows that are complete, until `taken` gets them."""

    sheet: Sheet
    texts: Texts
    dates: frozenset[str]
    epoch: date
    merged: Merged
    row_max: int
    ready: Batch = field(default_factory=list)
    _row: int = 0
    _hidden: bool = False
    _column: int = -1
    _cells: dict[int, Cell] = field(default_factory=dict)
    _anchors: dict[tuple[int, int], Cell] = field(default_factory=dict)
    _kind: str = "n"
    _style: str = ""
    _reads: bool = False
    _formula: bool = False
    _valued: bool = False
    _parts: list[str] = field(default_factory=list)
    _size: int = 0
    _cell_count: int = 0
    _phonetic: int = 0
    _places: dict[str, int] = field(default_factory=dict)

    def taken(self) -> Batch:
        """Return the rows that are complete and hold something."""
        batch, self.ready = self.ready, []
        return batch

    def start(self, name: str, values: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "c":
            self._start_cell(values)
        elif name == "v" or (name == "t" and self._kind == "inlineStr"):
            self._reads = self._valued = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._start_row(values)
        elif name == "rPh":
            self._phonetic += 1
        elif name == "col" and values.get("hidden") in {"1", "true"}:
            self._hide(values)

    def text(self, text: str) -> None:
        """Take a text, if it is a cell's."""
        if not self._reads or self._phonetic:
            return
        self._size += len(text)
        if self._size > self.row_max:
            detail = f"a row may hold at most {self.row_max} characters"
            raise Unreadable(
                detail, "line_too_long", f"một dòng có nhiều nhất {self.row_max} ký tự"
            )
        self._parts.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in {"v", "t"}:
            self._reads = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._phonetic -= 1

    def _start_row(self, values: dict[str, str]) -> None:
        number = values.get("r", str(self._row + 1))
        if not number.isdigit() or not self._row < int(number) <= ROWS_MAX:
            raise broken()
        self._row, self._column, self._size = int(number), -1, 0
        self._hidden = values.get("hidden") in {"1", "true"}

    def _start_cell(self, values: dict[str, str]) -> None:
        self._cell_count += 1
        if self._cell_count > CELLS_MAX:
            raise too_large("a sheet")
        reference = values.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            place = self._places.get(letters)
            if place is None:
                if not letters.isalpha() or len(letters) > 3:
                    raise broken()
                place = self._places[letters] = column_number(letters.upper())
            self._column = place
        self._kind, self._style = values.get("t", "n"), values.get("s", "")
        self._formula = self._valued = False
        self._parts.clear()

    def _end_cell(self) -> None:
        value = self._value("".join(self._parts))
        if value is None:
            return
        if self._column >= COLUMNS_MAX:
            detail = f"a sheet may have at most {COLUMNS_MAX} columns"
            vi = f"một trang tính có nhiều nhất {COLUMNS_MAX} cột"
            raise Unreadable(detail, "too_many_columns", vi)
        self._cells[self._column] = value

    def _value(self, text: str) -> Cell:
        kind = self._kind
        if kind == "s":
            if not text:
                return None
            return self.texts[int(text) if text.isdigit() else -1] or None
        if kind in {"str", "inlineStr"} and (text or self._valued):
            return unescaped(text) or None
        if not text:
            return Odd("formula_without_value", "=") if self._formula else None
        if kind == "e":
            return Odd("error_value", text)
        if kind == "b":
            return text == "1"
        if kind == "d":
            return _iso(text)
        return self._number(text)

    def _number(self, text: str) -> Cell:
        try:
            number = float(text)
        except ValueError:
            raise broken() from None
        if not math.isfinite(number):
            raise broken()
        if self._style in self.dates and 0 <= number <= _LAST_SERIAL:
            return self._moment(number)
        return int(number) if number.is_integer() else number

    def _moment(self, serial: float) -> Cell:
        days, part = divmod(serial, 1)
        since = timedelta(seconds=round(part * 86_400))
        if days == 0 and serial:
            return (datetime.combine(self.epoch, time.min) + since).time()
        if self.epoch.year == 1899 and days < _DAY_60:
            days += 1
        moment = datetime.combine(self.epoch, time.min) + timedelta(days=days) + since
        return moment.date() if moment.time() == time.min else moment

    def _end_row(self) -> None:
        if self.merged.ranges:
            self._cover()
        if not self._cells:
            return
        if self._hidden and len(self.sheet.hidden_rows) < HIDDEN_ROWS_KEPT:
            self.sheet.hidden_rows.append(self._row)
        cells = [self._cells.get(place) for place in range(max(self._cells) + 1)]
        self.ready.append(PhysicalRow(self._row, cells))
        self._cells = {}

    def _cover(self) -> None:
        """Show in the cells that a merged range covers what its first cell says."""
        for place, anchor in self.merged.covered(self._row):
            top, left = anchor
            value = self._cells.get(left) if top == self._row else self._anchors.get(anchor)
            if value is not None and place not in self._cells:
                shown = value.shown if isinstance(value, Odd) else str(value)
                self._cells[place] = Odd("merged_cell", shown)
        for left in self.merged.tall.get(self._row, ()):
            self._anchors[self._row, left] = self._cells.get(left)

    def _hide(self, values: dict[str, str]) -> None:
        low, high = values.get("min", ""), values.get("max", "")
        if low.isdigit() and high.isdigit():
            self.sheet.hidden_columns |= set(range(int(low) - 1, min(int(high), COLUMNS_MAX)))


def _iso(text: str) -> Cell:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise broken() from None
    return moment.date() if moment.time() == time.min and "T" not in text.upper() else moment
