"""Refused rows back in the sender's own columns and format, the reasons beside them.

What comes back can be mended and sent again as it is: the columns of reasons mean nothing to the
reader of files, and an apostrophe before what a spreadsheet would run is taken off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, time
from tempfile import TemporaryFile
from typing import Any

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from services.ingest.imports.headings import REASON_HEADINGS
from services.ingest.imports.sheets.cells import CHUNK_BYTES, Cell, Odd
from shared.kernel.imports import ImportRow, RejectedRow
from shared.kernel.spreadsheets import disarmed

JOINED = "; "
# Above this a number of JSON, and of a workbook, is no longer the one that was typed.
EXACT_MAX = 2**53
_SHEET_NAME_MAX = 31


def kept_cells(cells: Sequence[Cell]) -> str:
    """Return the cells of a row as JSON, days apart from texts."""
    return orjson.dumps([_kept(cell) for cell in cells]).decode()


def _kept(cell: Cell) -> Any:
    if isinstance(cell, Odd):
        return cell.shown
    if isinstance(cell, date | time):  # a datetime is a date too
        return {"day": cell.isoformat()} if _is_day(cell) else {"moment": cell.isoformat()}
    if isinstance(cell, int) and abs(cell) > EXACT_MAX:
        return str(cell)
    return cell


def _is_day(cell: date | time) -> bool:
    return isinstance(cell, date) and not isinstance(cell, datetime)


def _sent(kept: Any) -> Any:
    if not isinstance(kept, dict):
        return kept
    day = kept.get("day")
    return kept["moment"] if day is None else date.fromisoformat(day)


async def _by_row(faults: AsyncIterator[RejectedRow]) -> AsyncIterator[list[RejectedRow]]:
    row: list[RejectedRow] = []
    async for fault in faults:
        if row and (row[0].sheet, row[0].row) != (fault.sheet, fault.row):
            yield row
            row = []
        row.append(fault)
    if row:
        yield row


def _reasons(faults: Sequence[RejectedRow]) -> list[str]:
    """Return what stands in the columns of `REASON_HEADINGS`."""
    columns = [
        [str(faults[0].row)],
        [f.pointer for f in faults],
        [f.code for f in faults],
        [f.detail for f in faults],
        [f.detail_vi for f in faults],
    ]
    return [JOINED.join(column) for column in columns]


def _line(cells: list[Any], width: int, reasons: list[str]) -> list[Any]:
    """Put the reasons behind the named columns; cells beyond those stay beyond them."""
    return [*cells[:width], *[None] * (width - len(cells)), *reasons, *cells[width:]]


async def rejected_csv(
    state: ImportRow, faults: AsyncIterator[RejectedRow]
) -> AsyncIterator[bytes]:
    """Yield the refused rows of a CSV file under its headings, with its delimiter."""
    head = state.sheets[0]
    width = len(head.headings)
    yield csv_line([*head.headings, *REASON_HEADINGS], head.delimiter)
    async for row in _by_row(faults):
        yield csv_line(_line(orjson.loads(row[0].content), width, _reasons(row)), head.delimiter)


def csv_line(cells: Sequence[Any], delimiter: str = ",") -> bytes:
    """Return one line; a cell that a spreadsheet would run as a formula is made plain text."""
    out = io.StringIO()
    texts = ["" if cell is None else str(cell) for cell in cells]
    csv.writer(out, delimiter=delimiter).writerow(map(disarmed, texts))
    return out.getvalue().encode()


async def rejected_xlsx(
    state: ImportRow, faults: AsyncIterator[RejectedRow]
) -> AsyncIterator[bytes]:
    """Yield a workbook of the refused rows, each on a sheet of the name it came from."""
    book = Workbook(write_only=True)
    sheets = []
    for head in state.sheets:
        sheet = book.create_sheet((head.name or "Sheet")[:_SHEET_NAME_MAX])
        sheet.append([_cell(sheet, text, bold=True) for text in (*head.headings, *REASON_HEADINGS)])
        sheets.append(sheet)
    async for row in _by_row(faults):
        sheet, width = sheets[row[0].sheet], len(state.sheets[row[0].sheet].headings)
        cells = [_sent(cell) for cell in orjson.loads(row[0].content)]
        sheet.append([_cell(sheet, value) for value in _line(cells, width, _reasons(row))])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, None)
    if isinstance(value, str):
        # Texts stay texts: neither a formula nor a number is made of them.
        cell.value, cell.data_type, cell.number_format = value, "s", "@"
    else:
        cell.value = value
    if bold:
        cell.font = Font(bold=True)
    return cell
