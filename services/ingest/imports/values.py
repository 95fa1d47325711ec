"""A cell to the value of its field, or the fault that it is: nothing is guessed.

The heading's language is the language of what stands below it. Under a Vietnamese heading 1.200.000
is a number and 14/12/2023 a day; under the name of a field both are as a program writes them, and
what is not (12/10/2023: October or December?) is left for the door to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from services.ingest.imports.headings import Column, Kind, folded
from services.ingest.imports.sheets.cells import Cell, Odd
from services.ingest.imports.sheets.encodings import is_mojibake
from shared.kernel.spreadsheets import FORMULA_STARTS

BLANKS = " \t\r\n\u00a0\u202f\u3000"
NONE = frozenset({"none", "khong", "khong co", "khong thieu hut", "0"})
_YES = frozenset({"true", "co", "yes", "x", "dung", "1"})
_NO = frozenset({"false", "khong", "no", "sai", "0"})
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.\u00a0\u202f ])[0-9]{3})(?:\1[0-9]{3})*")
_DECIMAL_VI = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),([0-9]+)")
_UNIT = re.compile(r"\s*(?:đồng|đ|vnđ|vnd)\.?$", re.IGNORECASE)
_DAY_VI = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_LISTED = re.compile(r"[;|,\n]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What a cell is instead of a value: a code of `reasons.CELLS`."""

    code: str


def read_cell(cell: Cell, column: Column, *, vietnamese: bool) -> Any:
    """Return the value of a cell, None if it is blank, or its `Fault`."""
    if isinstance(cell, str):
        text = cell.strip(BLANKS)
        if not text:
            return None
        if text[0] == "'" and text[1:2] in FORMULA_STARTS:
            text = text[1:]  # so that no spreadsheet runs it: how we and others send such text
        if _INVISIBLE.search(text):
            return Fault("invisible_character")
        return _TEXTS[column.kind](text, column, vietnamese)
    if cell is None:
        return None
    if isinstance(cell, Odd):
        return Fault(cell.code)
    return _TYPED[column.kind](cell, column)


def shown(cell: Cell) -> str:
    """Return a cell as its sheet shows it, more or less."""
    if isinstance(cell, Odd):
        return cell.shown
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return "" if cell is None else str(cell)


# --- texts ----------------------------------------------------------------------------------------


def _text(text: str, column: Column, vietnamese: bool) -> Any:
    if column.choices:
        return _choice(text, column)
    return Fault("legacy_text") if is_mojibake(text) else text


def _choice(text: str, column: Column) -> str:
    return column.words.get(folded(text), text) if column.words else text


def _prose(text: str, column: Column, vietnamese: bool) -> Any:
    return text


def _whole(text: str, column: Column, vietnamese: bool) -> Any:
    if _WHOLE.fullmatch(text):
        return int(text)
    if vietnamese and _GROUPED.fullmatch(bare := _UNIT.sub("", text)):
        return int(re.sub(r"\D", "", bare))
    if vietnamese and _WHOLE.fullmatch(bare := _UNIT.sub("", text)):
        return int(bare)
    return text


def _decimal(text: str, column: Column, vietnamese: bool) -> Any:
    bare = _UNIT.sub("", text) if vietnamese else text
    if vietnamese and (parts := _DECIMAL_VI.fullmatch(bare)):
        return f"{parts[1].replace('.', '')}.{parts[2]}"
    if vietnamese and _GROUPED.fullmatch(bare):
        return re.sub(r"\D", "", bare)
    return bare


def _day(text: str, column: Column, vietnamese: bool) -> Any:
    if vietnamese and (parts := _DAY_VI.fullmatch(text)):
        day, month, year = map(int, parts.groups())
        return f"{year:04}-{month:02}-{day:02}"
    return text


def _flag(text: str, column: Column, vietnamese: bool) -> Any:
    word = folded(text)
    return True if word in _YES else False if word in _NO else text


def _list(text: str, column: Column, vietnamese: bool) -> Any:
    if folded(text) in NONE:
        return []
    parts = (part.strip(BLANKS) for part in _LISTED.split(text))
    return [_choice(part, column) for part in parts if part]


# --- cells of a workbook that have a type ---------------------------------------------------------

Typed = bool | int | float | date | datetime | time


def _code_cell(cell: Typed, column: Column) -> Any:
    if isinstance(cell, bool):
        return Fault("truth_in_code_column")
    if isinstance(cell, int | float):
        return Fault("number_in_code_column")
    return Fault("date_in_code_column")


def _number_cell(cell: Typed, column: Column) -> Any:
    return Fault("date_in_number_column") if isinstance(cell, date | time) else cell


def _decimal_cell(cell: Typed, column: Column) -> Any:
    if isinstance(cell, float):  # repr is the shortest text that is this number: what was typed
        return format(Decimal(repr(cell)), "f")
    return _number_cell(cell, column) if isinstance(cell, bool | date | time) else str(cell)


def _day_cell(cell: Typed, column: Column) -> Any:
    if isinstance(cell, datetime | time):
        return Fault("invalid_date")
    return cell.isoformat() if isinstance(cell, date) else Fault("number_in_date_column")


def _flag_cell(cell: Typed, column: Column) -> Any:
    if isinstance(cell, int | float) and cell in {0, 1}:
        return bool(cell)
    return _number_cell(cell, column)


def _list_cell(cell: Typed, column: Column) -> Any:
    if cell == 0 and not isinstance(cell, bool):
        return []
    return _code_cell(cell, column)


_TEXTS: Mapping[Kind, Callable[[str, Column, bool], Any]] = {
    "code": _text,
    "area": _text,
    "text": _text,
    "prose": _prose,
    "whole": _whole,
    "decimal": _decimal,
    "day": _day,
    "flag": _flag,
    "list": _list,
}
_TYPED: Mapping[Kind, Callable[[Typed, Column], Any]] = {
    "code": _code_cell,
    "area": _code_cell,
    "text": _code_cell,
    "prose": _code_cell,
    "whole": _number_cell,
    "decimal": _decimal_cell,
    "day": _day_cell,
    "flag": _flag_cell,
    "list": _list_cell,
}
