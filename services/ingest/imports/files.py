"""Files as rows to be judged: CSV, XLSX and NDJSON, told apart by name; memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Literal, Protocol, cast

from services.ingest.bodies import Refused, Splitter
from services.ingest.imports.area_checks import area_check
from services.ingest.imports.columns import columns_of
from services.ingest.imports.sheets.cells import CHUNK_BYTES, Reader, Unreadable
from services.ingest.imports.sheets.delimited import csv_sheets
from services.ingest.imports.sheets.xlsx.reader import xlsx_sheets
from services.ingest.imports.tables import TableRow, Tables
from services.ingest.imports.vocabularies import with_words
from shared.kernel.facts import FactKind
from shared.kernel.imports import Notice
from shared.law.world import World

Format = Literal["csv", "xlsx", "ndjson"]
FileRow = bytes | Refused | TableRow
FORMATS: dict[str, Format] = {
    "csv": "csv",
    "tsv": "csv",
    "xlsx": "xlsx",
    "ndjson": "ndjson",
    "jsonl": "ndjson",
}
_READERS: dict[Format, Reader] = {"csv": csv_sheets, "xlsx": xlsx_sheets}


class Rows(Protocol):
    """The rows of one file, and what was learned of it on the way."""

    @property
    def notices(self) -> Sequence[Notice]:
        """Return what the sender should know besides."""
        ...

    def batches(self) -> Iterator[Sequence[FileRow]]:
        """Yield the rows, a few at a time; an empty batch only gives others a turn."""
        ...


@dataclass(frozen=True)
class Lines:
    """The lines of an NDJSON file, which an editor may have given a byte order mark."""

    file: IO[bytes]
    line_max: int
    notices: Sequence[Notice] = ()

    def batches(self) -> Iterator[Sequence[FileRow]]:
        """Yield the lines."""
        splitter = Splitter(self.line_max)
        chunk = self.file.read(CHUNK_BYTES).removeprefix(b"\xef\xbb\xbf")
        while chunk:
            yield list(splitter.feed(chunk))
            chunk = self.file.read(CHUNK_BYTES)
        yield list(splitter.end())


def format_of(filename: str) -> Format | None:
    """Return the format that a file's name promises, None if it is none of ours."""
    return FORMATS.get(filename.rpartition(".")[2].lower())


def rows_of(file: IO[bytes], form: Format, kind: FactKind, world: World, row_max: int) -> Rows:
    """Return the rows of a file as a kind of fact; reading them may raise `Unreadable`."""
    if form == "ndjson":
        return Lines(file, row_max)
    columns, typed = with_words(columns_of(kind), world), form == "xlsx"
    sheets = _READERS[form](file, row_max, columns.known)
    return cast("Rows", Tables(sheets, columns, area_check(world.areas, typed=typed), typed))


__all__ = ["FORMATS", "FileRow", "Format", "Rows", "TableRow", "Unreadable", "format_of", "rows_of"]
