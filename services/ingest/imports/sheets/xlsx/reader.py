"""An XLSX file as sheets of typed rows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from typing import IO

from services.ingest.imports.sheets.cells import Batch, Known, Sheet
from services.ingest.imports.sheets.xlsx.merges import Merged, merged_cells
from services.ingest.imports.sheets.xlsx.package import (
    SHEET_BYTES_MAX,
    SheetPart,
    Texts,
    Workbook,
    date_styles,
    opened,
    read_workbook,
    refuse_bomb,
)
from services.ingest.imports.sheets.xlsx.rows import Rows
from services.ingest.imports.sheets.xlsx.xml import broken, parsed

_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)


def xlsx_sheets(file: IO[bytes], row_bytes_max: int, known: Known) -> Iterator[Sheet]:
    """Yield the sheets of a workbook in their order; hidden ones without their rows."""
    del known  # a workbook says itself where its cells end
    try:
        parts = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError):
        raise broken() from None
    with parts:
        refuse_bomb(parts)
        book = read_workbook(parts)
        dates = date_styles(parts, book.styles)
        texts = Texts.read(parts, book.texts)
        for part in book.sheets:
            if part.hidden:
                yield Sheet(part.name, iter(()), hidden=True)
            else:
                yield _sheet(parts, part, book, dates, texts, row_bytes_max)


def _sheet(
    parts: zipfile.ZipFile,
    part: SheetPart,
    book: Workbook,
    dates: frozenset[str],
    texts: Texts,
    row_max: int,
) -> Sheet:
    sheet = Sheet(part.name, iter(()))

    def batches() -> Iterator[Batch]:
        merged = Merged([])
        with opened(parts, part.path) as stream:
            for ranges in merged_cells(stream):
                merged = ranges or merged
                yield []
        epoch = _EPOCH_1904 if book.dates_from_1904 else _EPOCH
        rows = Rows(sheet, texts, dates, epoch, merged, row_max)
        with opened(parts, part.path) as stream:
            for _ in parsed(stream, SHEET_BYTES_MAX, rows.start, rows.end, rows.text):
                yield rows.taken()

    sheet.batches = batches()
    return sheet
