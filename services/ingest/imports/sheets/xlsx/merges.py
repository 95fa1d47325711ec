"""Which cells of a sheet are merged: read from its end, before its rows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from services.ingest.imports.sheets.cells import CHUNK_BYTES, COLUMNS_MAX
from services.ingest.imports.sheets.xlsx.package import SHEET_BYTES_MAX
from services.ingest.imports.sheets.xlsx.xml import too_large

RANGES_MAX = 100_000
_ROWS_END = re.compile(rb"</(?:[A-Za-z0-9_]+:)?sheetData\s*>|<(?:[A-Za-z0-9_]+:)?sheetData\s*/>")
_MERGE = re.compile(
    rb'<(?:[A-Za-z0-9_]+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"'
)
_LONGEST_TAG = 200


@dataclass
class Merged:
    """The cells that a merged range covers, by row; the first cell of a range is not among them.

    Excel writes the ranges after the cells, so they are looked for before the cells are read.
    """

    ranges: list[tuple[int, int, int, int]]

    def __post_init__(self) -> None:
        """Order the ranges by their first row, so that those of a row are found at once."""
        self.ranges.sort()
        self._firsts = [first for first, *_ in self.ranges]
        self._tallest = max((last - first for first, _, last, _ in self.ranges), default=0)
        self.tall: dict[int, list[int]] = {}
        for first, left, last, _ in self.ranges:
            if last > first:
                self.tall.setdefault(first, []).append(left)

    def covered(self, row: int) -> list[tuple[int, tuple[int, int]]]:
        """Return (column, first cell of its range) of each covered cell of a row."""
        if not self.ranges:
            return []
        low = bisect_right(self._firsts, row - self._tallest - 1)
        high = bisect_right(self._firsts, row)
        return [
            (column, (top, left))
            for top, left, bottom, right in self.ranges[low:high]
            if top <= row <= bottom
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        ]


def merged_cells(part: IO[bytes]) -> Iterator[Merged | None]:
    """Yield None after each chunk, at last the merged ranges."""
    ranges: list[tuple[int, int, int, int]] = []
    read, held, after = 0, b"", False
    while chunk := part.read(CHUNK_BYTES):
        read += len(chunk)
        if read > SHEET_BYTES_MAX or len(ranges) > RANGES_MAX:
            raise too_large("a sheet")
        held += chunk
        if not after and (end := _ROWS_END.search(held)):
            held, after = held[end.end() :], True
        place = 0
        if after:
            for found in _MERGE.finditer(held):
                ranges.append(_range(found))
                place = found.end()
        held = held[max(place, len(held) - _LONGEST_TAG) :]
        yield None
    yield Merged(ranges)


def _range(found: re.Match[bytes]) -> tuple[int, int, int, int]:
    left, top, right, bottom = found.groups()
    first, last = column_number(left.decode()), column_number(right.decode())
    return int(top), first, int(bottom), min(last, COLUMNS_MAX - 1)


def column_number(letters: str) -> int:
    """Return the place of a column by its letters; A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
