"""A table's rows as door items: the header names the fields, an empty cell is absent.

Lists (`deprived`, `causes`, `attributes`) are separated by semicolons; integers may be written with
no grouping only, because "1.500" means two different numbers in two countries. A column named
`parent.run_id` fills the field `run_id` of `parent`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any

from services.ingest.lines import SHOWN_BYTES, Refused
from shared.http.problems import Fault

LISTS = frozenset({"deprived", "causes", "attributes"})
NUMBERS = frozenset(
    {
        "revision",
        "income_vnd",
        "b1",
        "b2",
        "household_size",
        "households_total",
        "minority_households_total",
        "extremely_difficult_villages",
        "year",
        "amount_vnd",
    }
)
NESTED = frozenset({"parent.run_id", "parent.area_code"})
FLAGS = frozenset({"withdrawn", "no_labour_capacity", "merit_member", "preliminary"})
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
    """The header of a table; turns each row below it into an item."""

    header: tuple[str, ...]

    @classmethod
    def headed(cls, cells: Sequence[Any]) -> Table:
        """Read the header; two columns of one name would leave it open which one counts."""
        names = tuple(str("" if cell is None else cell).strip() for cell in cells)
        named = [name for name in names if name]
        if repeated := {name for name in named if named.count(name) > 1}:
            detail = f"two columns have the name {min(repeated)[:100]!r}"
            raise Unreadable(detail, "column_repeated")
        return cls(names)

    def item(self, row: Sequence[Any]) -> dict[str, Any] | Refused:
        """Return the item of a row; a cell without a column has no meaning, so it is refused."""
        cells = list(zip_longest(self.header, row, fillvalue=None))
        if any(not name and cell not in {None, ""} for name, cell in cells):
            detail = "the row has a cell in a column that the header gives no name"
            shown = "; ".join("" if cell is None else str(cell) for cell in row)
            return Refused(Fault("", "cell_without_column", detail), shown[:SHOWN_BYTES])
        valued = ((name, _value(name, cell)) for name, cell in cells if name)
        item = {name: value for name, value in valued if value is not None}
        # An assessment by income needs the list even when nothing is lacking and the cell is empty.
        if "income_vnd" in item and "deprived" in self.header:
            item.setdefault("deprived", [])
        for name in NESTED & item.keys():
            whole, _, part = name.partition(".")
            item.setdefault(whole, {})[part] = item.pop(name)
        return item


def _value(name: str, cell: Any) -> Any:
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == time.min else cell).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, float) and name in NUMBERS and cell.is_integer():
        return int(cell)  # a workbook knows no integers
    if isinstance(cell, int | float) and name in NUMBERS:
        return cell
    text = str(cell).strip()
    return _typed(name, text) if text else None


def _typed(name: str, text: str) -> Any:
    if name in LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    if name in NUMBERS and _WHOLE.fullmatch(text):
        return int(text)
    if name in FLAGS and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return text
