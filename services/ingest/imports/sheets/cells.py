"""What stands in a cell, in a row of a file, and why a file cannot be read at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, NamedTuple, Protocol

COLUMNS_MAX = 256
CHUNK_BYTES = 64 * 1024


class Unreadable(ValueError):
    """A file that is not what its name says, or whose rows cannot be told apart."""

    def __init__(self, detail: str, code: str = "unreadable_file", vi: str = "") -> None:
        """`vi`: the same in Vietnamese."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.vi = vi or "không đọc được tệp này"


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that shows something but has no value to be taken; `code` names why."""

    code: str
    shown: str


Cell = str | bool | int | float | date | datetime | time | Odd | None


class RowFault(NamedTuple):
    """Why a whole row cannot be taken."""

    code: str
    en: str
    vi: str


class PhysicalRow(NamedTuple):
    """A row as it stands in the file; `number` is what the sender's program shows beside it.

    `lines`: the lines of text that the row takes up, where they are more than one.
    """

    number: int
    cells: list[Cell]
    fault: RowFault | None = None
    lines: tuple[str, ...] = ()


Batch = list[PhysicalRow]


@dataclass
class Sheet:
    """A table of a file: its name, whether it is shown, and its rows in small batches.

    What the rows tell on the way (hidden ones) is complete when they were read to the end.
    """

    name: str | None
    batches: Iterator[Batch]
    hidden: bool = False
    delimiter: str = ","
    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)


class Reader(Protocol):
    """Opens a file as sheets; `known` says whether a text is the heading of a column."""

    def __call__(self, file: IO[bytes], row_bytes_max: int, known: Known) -> Iterator[Sheet]:
        """Yield the sheets one after the other."""
        ...


class Known(Protocol):
    """Says whether a text is the heading of a column."""

    def __call__(self, heading: str) -> bool:
        """Return whether it is."""
        ...


def column_letters(index: int) -> str:
    """Return the name of a column as spreadsheets write it; the first (0) is A."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
