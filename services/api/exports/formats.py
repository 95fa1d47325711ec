"""The formats of files: how each is called on the web, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

from services.api.exports.columns import Column
from services.api.exports.workbook import Xlsx
from services.api.exports.writing import Csv, Ndjson, Sink, Writer
from services.api.money.lines import NDJSON
from services.api.print.sheets import XLSX
from shared.exports.export import Format


def _parquet(sink: Sink, columns: Sequence[Column]) -> Writer:
    """Write Parquet; its library takes 60 MB, so it is loaded by the first who asks for it."""
    module = import_module("services.api.exports.parquet")
    writer: Writer = module.Parquet(sink, columns)
    return writer


class FileFormat(NamedTuple):
    """A format: its media type, and what writes it to a sink."""

    media_type: str
    writer: Callable[[Sink, Sequence[Column]], Writer]


FORMATS: Mapping[Format, FileFormat] = {
    "ndjson": FileFormat(NDJSON, Ndjson),
    "csv": FileFormat("text/csv", Csv),
    "xlsx": FileFormat(XLSX, Xlsx),
    "parquet": FileFormat("application/vnd.apache.parquet", _parquet),
}
