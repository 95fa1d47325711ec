"""Files to rows, a row at a time: NDJSON, CSV, XLSX; whatever they hold, memory stays bounded."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from openpyxl import load_workbook

from services.ingest.imports.tables import Table, Unreadable
from services.ingest.lines import Refused, Splitter
from shared.kernel.errors import Fault
from shared.kernel.facts import FactKind

__all__ = ["READERS", "Unreadable"]

Row = bytes | dict[str, Any] | Refused

CHUNK_BYTES = 64 * 1024
COLUMNS_MAX = 256
XLSX_ROWS_MAX = 1_048_576
# A workbook unpacks to about ten times its size; one that wants much more is made to hurt.
XLSX_UNPACKED_MAX = 256 * 1024 * 1024
XLSX_UNPACKED_FREE = 16 * 1024 * 1024
XLSX_RATIO_MAX = 100

csv.field_size_limit(8 * 1024 * 1024)


def ndjson_rows(file: IO[bytes], line_max: int, kind: FactKind) -> Iterator[Row]:
    """Yield the lines of a file, which an editor may have given a byte order mark."""
    splitter = Splitter(line_max)
    chunk = file.read(CHUNK_BYTES).removeprefix(b"\xef\xbb\xbf")
    while chunk:
        yield from splitter.feed(chunk)
        chunk = file.read(CHUNK_BYTES)
    yield from splitter.end()


def csv_rows(file: IO[bytes], line_max: int, kind: FactKind) -> Iterator[Row]:
    """Yield the rows of a CSV file in UTF-8, with or without a byte order mark."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    lines = _bounded(text, line_max)
    first = next(lines, "")
    separator = max(",;\t", key=first.count)
    header = next(csv.reader([first], delimiter=separator), [])
    if not _is_utf8(header) or "\x00" in first:
        raise Unreadable("the file is not a table in UTF-8", "not_utf8")
    table = Table.headed(kind, header)
    try:
        for row in csv.reader(lines, delimiter=separator):
            yield table.fact(row) if _is_utf8(row) else _not_utf8(row)
    except csv.Error:
        raise Unreadable("the file cannot be read as CSV") from None
    text.detach()


def _bounded(text: IO[str], line_max: int) -> Iterator[str]:
    while line := text.readline(line_max):
        if len(line) == line_max:
            raise Unreadable(f"a line may hold at most {line_max} characters", "line_too_long")
        yield line


def _is_utf8(cells: list[str]) -> bool:
    text = "".join(cells)
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_utf8(cells: list[str]) -> Refused:
    detail = "the row holds bytes that are not UTF-8; save the file as CSV UTF-8"
    shown = ",".join(cells)[:4000].encode("utf-8", "replace").decode()
    return Refused(Fault("", "invalid_utf8", detail), shown)


def xlsx_rows(file: IO[bytes], line_max: int, kind: FactKind) -> Iterator[Row]:
    """Yield the rows of the first sheet of a workbook; an empty one as an empty fact."""
    _refuse_bomb(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles that we do not read
            book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the sheet says of its own size may be far too much
        rows = _narrow(sheet.iter_rows(max_row=XLSX_ROWS_MAX, values_only=True))
        table = Table.headed(kind, next(rows, ()))
        for row in rows:
            yield table.fact(row) if any(cell is not None for cell in row) else {}
        book.close()
    except Unreadable:
        raise
    # The library lets through whatever its parts raise at a file that is broken or made to hurt.
    except Exception as error:
        raise Unreadable("the file cannot be read as XLSX") from error


def _narrow(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        if len(row) > COLUMNS_MAX:
            raise Unreadable(f"a sheet may have at most {COLUMNS_MAX} columns", "too_many_columns")
        yield row


def _refuse_bomb(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            packed = sum(part.compress_size for part in parts.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("the file cannot be read as XLSX") from error
    file.seek(0)
    stuffed = unpacked > XLSX_UNPACKED_FREE and unpacked > XLSX_RATIO_MAX * packed
    if unpacked > XLSX_UNPACKED_MAX or stuffed:
        raise Unreadable("the workbook unpacks to far too much; send CSV", "file_too_large")


READERS: Mapping[str, Callable[[IO[bytes], int, FactKind], Iterator[Row]]] = {
    "csv": csv_rows,
    "xlsx": xlsx_rows,
    "ndjson": ndjson_rows,
    "jsonl": ndjson_rows,
}
