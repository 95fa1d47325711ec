"""Tables: the same cells as HTML for a reader and as CSV for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from typing import Any, Literal

from services.api.page.writing import UNKNOWN, Writing
from shared.kernel.spreadsheets import BOM, disarmed
from shared.kernel.texts import Text

Kind = Literal["text", "number", "signed", "percent", "points", "money", "day", "instant"]
NUMERIC = frozenset({"number", "signed", "percent", "points", "money"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in CSV, its head, how its values are written; `words` name codes."""

    name: str
    head: Text
    kind: Kind = "text"
    words: Mapping[str, Text] | None = None

    @property
    def numeric(self) -> bool:
        """Say whether the column is set to the right."""
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the api gave it, where it leads, and what is read in its place.

    `swatch` is the kind whose colour stands before it, as in the picture beside.
    """

    value: Any
    href: str | None = None
    text: str | None = None
    swatch: str | None = None

    def shown(self, column: Column, writing: Writing) -> str:
        """Return what a reader sees."""
        if self.text is not None:
            return self.text
        if column.words is not None:
            return _named(column.words, self.value, writing)
        if column.kind == "money":
            # The caption says the unit once; behind every amount it would fill the table.
            return writing.number(self.value)
        if column.kind == "text":
            return UNKNOWN if self.value is None else str(self.value)
        return str(getattr(writing, column.kind)(self.value))


@dataclass(frozen=True)
class Table:
    """Rows under heads; `key` is its name in addresses. The first cell of a row is its head."""

    key: str
    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    foot: Sequence[Sequence[Cell]] = field(default=())
    sortable: bool = False

    @property
    def of_money(self) -> bool:
        """Say whether amounts of đồng stand in it."""
        return any(column.kind == "money" for column in self.columns)

    def lines(self) -> Iterable[Sequence[tuple[Column, Cell]]]:
        """Give each row as pairs of column and cell."""
        return (list(zip(self.columns, row, strict=True)) for row in self.rows)

    def foot_lines(self) -> Iterable[Sequence[tuple[Column, Cell]]]:
        """Give each row of the foot as pairs of column and cell."""
        return (list(zip(self.columns, row, strict=True)) for row in self.foot)

    def csv(self) -> bytes:
        """Return the rows as CSV: raw values, so that nothing depends on a language."""
        out = StringIO()
        writer = csv.writer(out)
        writer.writerow([column.name for column in self.columns])
        writer.writerows([_raw(cell.value) for cell in row] for row in (*self.rows, *self.foot))
        return BOM + out.getvalue().encode()


def _named(words: Mapping[str, Text], code: Any, writing: Writing) -> str:
    """Return what a code is called; one without a name is shown as it is."""
    if code is None:
        return UNKNOWN
    text = words.get(str(code))
    return str(code).replace("_", " ") if text is None else writing.say(text)


def _raw(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return disarmed(value)
    return "" if value is None else value
