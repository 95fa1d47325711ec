"""CSV, strictly: a quote opens and closes a cell or the row is refused; no row hides another.

Rows are the lines of the file as an editor numbers them. A cell with line breaks is one row that
takes several lines; whether that may be is for the reader of its columns to say.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import IO
from unicodedata import normalize

from services.ingest.imports.sheets.cells import (
    COLUMNS_MAX,
    Batch,
    Known,
    PhysicalRow,
    RowFault,
    Sheet,
    Unreadable,
)
from services.ingest.imports.sheets.encodings import encoding_of

DELIMITERS = ",;\t|"
HEAD_LINES = 30
ROWS_TOGETHER = 200
_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_ENDS = "\r\n"

STRAY = RowFault(
    "stray_quote",
    'the row has a quote inside a cell; write a quote as two ("") and put the cell in quotes',
    'dòng có dấu nháy kép nằm lạc trong ô; hãy viết hai dấu nháy ("") và đặt cả ô trong dấu nháy',
)
NOT_UTF8 = RowFault(
    "invalid_utf8",
    "the row holds bytes that are not UTF-8; save the file as CSV UTF-8",
    "dòng có ký tự không phải UTF-8; hãy lưu tệp dưới dạng CSV UTF-8",
)
WIDE = RowFault(
    "too_many_columns",
    f"a row may have at most {COLUMNS_MAX} cells",
    f"mỗi dòng có nhiều nhất {COLUMNS_MAX} ô",
)


def csv_sheets(file: IO[bytes], row_bytes_max: int, known: Known) -> Iterator[Sheet]:
    """Yield the one table of a CSV file."""
    text = io.TextIOWrapper(file, encoding=encoding_of(file), errors="surrogateescape", newline="")
    try:
        yield _sheet(text, row_bytes_max, known)
    finally:
        with suppress(ValueError):  # of a file that was refused and closed meanwhile
            text.detach()


def _sheet(text: io.TextIOWrapper, row_max: int, known: Known) -> Sheet:
    lines = _lines(text, row_max)
    head = list(islice(lines, HEAD_LINES))
    first = 1
    if head and (declared := _DECLARED.fullmatch(head[0])):
        delimiter, first = declared[1], 2
    else:
        delimiter = _delimiter(head, known)
    records = Records(chain(head[first - 1 :], lines), delimiter, row_max, first)
    return Sheet(None, records.batches(), delimiter=delimiter)


def _lines(text: io.TextIOWrapper, longest: int) -> Iterator[str]:
    while line := text.readline(longest):
        if len(line) == longest:
            detail = f"a line may hold at most {longest} characters"
            raise Unreadable(detail, "line_too_long", f"một dòng có nhiều nhất {longest} ký tự")
        yield normalize("NFC", line)


def _delimiter(head: list[str], known: Known) -> str:
    """Return the sign that makes most headings known in one line, then the most frequent one."""

    def score(sign: str) -> tuple[int, int]:
        rows = [line.rstrip(_ENDS).split(sign, COLUMNS_MAX) for line in head]
        headings = (sum(known(cell.strip('"')) for cell in row[:COLUMNS_MAX]) for row in rows)
        return max(headings, default=0), head[0].count(sign) if head else 0

    return max(DELIMITERS, key=score)


@dataclass
class Records:
    """Cuts lines into rows of cells; `number` counts the lines."""

    lines: Iterator[str]
    delimiter: str
    row_max: int
    number: int

    def batches(self) -> Iterator[Batch]:
        """Yield the rows, a few at a time."""
        rows = self._rows()
        while batch := list(islice(rows, ROWS_TOGETHER)):
            yield batch

    def _rows(self) -> Iterator[PhysicalRow]:
        for line in self.lines:
            number, self.number = self.number, self.number + 1
            bare = line.rstrip(_ENDS)
            if '"' not in bare:
                yield self._row(number, bare.split(self.delimiter, COLUMNS_MAX), (bare,))
                continue
            cells = self._cells(bare)
            if cells is None and self._opens(bare):
                yield from self._spanning(number, line)
            elif cells is None:
                yield PhysicalRow(number, [bare], STRAY)
            else:
                yield self._row(number, cells, (bare,))

    def _row(self, number: int, cells: list[str], lines: tuple[str, ...]) -> PhysicalRow:
        fault = WIDE if len(cells) > COLUMNS_MAX else None
        if not lines[0].isascii() or len(lines) > 1:
            cells, fault = [_mended(cell) for cell in cells], fault or _encoded(lines)
        return PhysicalRow(number, list(cells), fault, lines if len(lines) > 1 else ())

    @cached_property
    def _cell(self) -> re.Pattern[str]:
        sign = re.escape(self.delimiter)
        return re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"|([^"{sign}]*))({sign}|\Z)')

    def _cells(self, text: str) -> list[str] | None:
        """Return the cells of a row, None if its quotes do not fit together."""
        cells: list[str] = []
        place, more = 0, True
        while more:
            found = self._cell.match(text, place)
            if found is None:
                return None
            quoted, plain, sign = found.groups()
            cells.append(plain if quoted is None else quoted.replace('""', '"'))
            place, more = found.end(), bool(sign)
        return cells

    @cached_property
    def _complete(self) -> re.Pattern[str]:
        sign = re.escape(self.delimiter)
        return re.compile(rf'(?:(?:"[^"]*(?:""[^"]*)*"|[^"{sign}]*){sign})*"[^"]*(?:""[^"]*)*\Z')

    def _opens(self, text: str) -> bool:
        """Say whether the row's last cell opens with a quote that its line does not close."""
        return self._complete.match(text) is not None

    def _spanning(self, first: int, line: str) -> Iterator[PhysicalRow]:
        """Yield the row whose quote closes on a later line, or each of its lines as refused."""
        held, size, odd = [line], len(line), True
        for more in self.lines:
            self.number += 1
            held.append(more)
            size += len(more)
            odd ^= bool(more.count('"') % 2)
            if not odd:
                break
            if size > self.row_max:
                raise Unreadable(*unclosed(first))
        bare = tuple(each.rstrip(_ENDS) for each in held)
        cells = None if odd else self._cells("".join(held).rstrip(_ENDS))
        if cells is not None:
            yield self._row(first, cells, bare)
            return
        detail, code, vi = unclosed(first)
        fault = RowFault(code, detail, vi) if odd else STRAY
        for position, each in enumerate(bare):
            yield PhysicalRow(first + position, [_mended(each)], fault)


def unclosed(first: int) -> tuple[str, str, str]:
    """Return what is wrong with a quote that never closes: detail, code, and in Vietnamese."""
    return (
        f"the quote opened in line {first} never closes",
        "quote_unclosed",
        f"dấu nháy kép mở ở dòng {first} không được đóng",
    )


def _encoded(lines: tuple[str, ...]) -> RowFault | None:
    try:
        "".join(lines).encode()
    except UnicodeEncodeError:
        return NOT_UTF8
    return None


def _mended(text: str) -> str:
    """Return the text with what could not be decoded shown as such."""
    return text.encode("utf-8", "replace").decode()
