"""A table's rows as facts: the header names the fields, an empty cell is absent.

Lists (`deprived`, `causes`, `attributes`) are separated by semicolons; integers may be written with
no grouping only, because "1.500" means two different numbers in two countries. A column named
`parent.run_id` fills the field `run_id` of `parent`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from itertools import zip_longest
from typing import Any

from services.ingest.imports.columns import Form, columns_of, headings_of, plain
from services.ingest.lines import SHOWN_BYTES, Refused
from shared.kernel.errors import Fault
from shared.kernel.facts import FactKind

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


class Unreadable(ValueError):
    """A file that is not what its name says, or whose rows cannot be told apart."""

    def __init__(self, detail: str, code: str = "unreadable_file") -> None:
        """Say what is wrong."""
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Table:
    """The header of a table; turns each row below it into a fact as it would be posted."""

    kind: FactKind
    header: tuple[str, ...]

    @classmethod
    def headed(cls, kind: FactKind, cells: Sequence[Any]) -> Table:
        """Read the header; two columns of one name would leave it open which one counts."""
        texts = (str("" if cell is None else cell).strip() for cell in cells)
        names = tuple(headings_of(kind).get(plain(text), text) for text in texts)
        named = [name for name in names if name]
        if repeated := {name for name in named if named.count(name) > 1}:
            detail = f"two columns have the name {min(repeated)[:100]!r}"
            raise Unreadable(detail, "column_repeated")
        return cls(kind, names)

    def fact(self, row: Sequence[Any]) -> dict[str, Any] | Refused:
        """Return the fact of a row; a cell without a column has no meaning, so it is refused."""
        cells = list(zip_longest(self.header, row, fillvalue=None))
        if any(not name and cell not in {None, ""} for name, cell in cells):
            detail = "the row has a cell in a column that the header gives no name"
            shown = "; ".join("" if cell is None else str(cell) for cell in row)
            return Refused(Fault("", "cell_without_column", detail), shown[:SHOWN_BYTES])
        valued = ((name, _value(self._form(name), cell)) for name, cell in cells if name)
        return self._whole({name: value for name, value in valued if value is not None})

    def _whole(self, fact: dict[str, Any]) -> dict[str, Any]:
        """Put parts of objects together, and the lists in place that an empty cell leaves empty."""
        for name in self._nested & fact.keys():
            whole, _, part = name.partition(".")
            fact.setdefault(whole, {})[part] = fact.pop(name)
        for name, beside in self._empty:
            if beside in fact:
                fact.setdefault(name, [])
        return fact

    def _form(self, name: str) -> Form:
        column = columns_of(self.kind).get(name)
        return "text" if column is None else column.form

    @cached_property
    def _nested(self) -> frozenset[str]:
        return frozenset(name for name in columns_of(self.kind) if "." in name)

    @cached_property
    def _empty(self) -> tuple[tuple[str, str], ...]:
        """Return the lists that an empty cell leaves empty, and the field that says so."""
        columns = columns_of(self.kind)
        listed = (columns[name] for name in self.header if name in columns)
        return tuple((column.field, column.none_with) for column in listed if column.none_with)


def _value(form: Form, cell: Any) -> Any:
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == time.min else cell).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, float) and form == "number" and cell.is_integer():
        return int(cell)  # a workbook knows no integers
    if isinstance(cell, int | float) and form == "number":
        return cell
    text = str(cell).strip()
    return _typed(form, text) if text else None


def _typed(form: Form, text: str) -> Any:
    if form == "list":
        return [part.strip() for part in text.split(";") if part.strip()]
    if form == "number" and _WHOLE.fullmatch(text):
        return int(text)
    if form == "flag" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return text
