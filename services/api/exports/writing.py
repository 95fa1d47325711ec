"""Writers of files, NDJSON as in answers and CSV; the same rows make the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from services.api.exports.columns import Column
from shared.kernel.clock import written_instant
from shared.kernel.spreadsheets import BOM, disarmed


class Sink(Protocol):
    """Where the bytes of a file go, one after another."""

    def write(self, content: bytes, /) -> int:
        """Take the next bytes."""
        ...

    def tell(self) -> int:
        """Return how many bytes were taken."""
        ...

    def flush(self) -> None:
        """Do nothing: whoever reads takes what is there."""
        ...

    def close(self) -> None:
        """Take nothing more."""
        ...


class Writer(Protocol):
    """Writes a file to its sink: rows as they come, then the end."""

    def rows(self, items: Sequence[Any]) -> None:
        """Write the next rows."""
        ...

    def end(self) -> None:
        """Write what comes behind the last row."""
        ...


class Ndjson:
    """Each item as the answer has it, on a line of its own."""

    def __init__(self, sink: Sink, _: Sequence[Column]) -> None:
        self._sink = sink
        self._lines = msgspec.json.Encoder().encode_lines

    def rows(self, items: Sequence[Any]) -> None:
        """Write the next lines."""
        self._sink.write(self._lines(items))

    def end(self) -> None:
        """Write nothing: lines have no end."""


class Csv:
    """Raw values under the names of the columns, in UTF-8 that spreadsheets know as such."""

    def __init__(self, sink: Sink, columns: Sequence[Column]) -> None:
        self._sink, self._columns = sink, columns
        sink.write(BOM)
        self._write([[column.name for column in columns]])

    def rows(self, items: Sequence[Any]) -> None:
        """Write the next lines."""
        values = [column.value for column in self._columns]
        self._write([[_cell(value(item)) for value in values] for item in items])

    def _write(self, rows: Sequence[Sequence[Any]]) -> None:
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        self._sink.write(out.getvalue().encode())

    def end(self) -> None:
        """Write nothing: lines have no end."""


def _cell(value: Any) -> Any:
    """Return what stands in a cell: as JSON would say it, and nothing that is run."""
    if isinstance(value, str):
        return disarmed(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return written_instant(value)
    return value
