"""Parquet: typed columns in groups of rows, packed; a group is all that is held in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from services.api.exports.columns import Column, Kind
from services.api.exports.writing import Sink

# Large enough to be packed well, small enough for memory.
GROUP_ROWS = 50_000

_TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "day": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
    "json": pa.string(),
}


class Parquet:
    """Writes groups of rows as they fill."""

    def __init__(self, sink: Sink, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._schema = pa.schema([(column.name, _TYPES[column.kind]) for column in columns])
        self._writer = parquet.ParquetWriter(
            pa.PythonFile(sink, "w"), self._schema, compression="zstd"
        )
        self._batches: list[pa.RecordBatch] = []
        self._rows = 0

    def rows(self, items: Sequence[Any]) -> None:
        """Take the next rows; a group that is full is written."""
        arrays = [
            pa.array([column.value(item) for item in items], kind)
            for column, kind in zip(self._columns, self._schema.types, strict=True)
        ]
        self._batches.append(pa.record_batch(arrays, self._schema))
        self._rows += len(items)
        if self._rows >= GROUP_ROWS:
            self._write()

    def _write(self) -> None:
        table = pa.Table.from_batches(self._batches, self._schema)
        self._writer.write_table(table, row_group_size=max(1, self._rows))
        self._batches, self._rows = [], 0

    def end(self) -> None:
        """Write what is left, and where the columns of each group stand."""
        if self._rows:
            self._write()
        self._writer.close()
