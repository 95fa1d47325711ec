"""Many rows into one table by one statement, put together from the table's own columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from shared.kernel.database import Transaction

# Stands in no value of ours; `unnest` would flatten arrays, so they travel as text.
_SEPARATOR = "\x1f"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


async def insert(
    tx: Transaction,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    **same: Any,
) -> None:
    """Insert rows of the columns `names`, in their order; `same` holds what all have alike."""
    if not rows:
        return
    statement, arrays = _statement(table, names, tuple(same))
    columns = [list(column) for column in zip(*rows, strict=True)]
    for position in arrays:
        columns[position] = [_joined(value) for value in columns[position]]
    await tx.execute(statement, *same.values(), *columns)


def _joined(value: Sequence[str] | None) -> str | None:
    return None if value is None else _SEPARATOR.join(value)


@lru_cache
def _statement(
    table: Table, names: tuple[str, ...], same: tuple[str, ...]
) -> tuple[str, tuple[int, ...]]:
    """Return the statement, and which columns travel as text because they are arrays."""
    arrays = tuple(n for n, name in enumerate(names) if _is_array(table, name))
    types = [_type(table, name) for name in names]
    placeholders = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(types, len(same) + 1))
    values = [_value(table, name) for name in names]
    statement = (
        f"INSERT INTO {table.name} ({', '.join((*same, *names))}) "
        f"SELECT {', '.join([*(f'${n}' for n in range(1, len(same) + 1)), *values])} "
        f"FROM unnest({placeholders}) WITH ORDINALITY AS r ({', '.join(names)}, nth) ORDER BY nth"
    )
    return statement, arrays


def _is_array(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, postgresql.ARRAY)


def _type(table: Table, name: str) -> str:
    if _is_array(table, name):
        return "text"
    # A column's collation is no part of the type of a parameter.
    return str(table.c[name].type.compile(dialect=_DIALECT)).partition(" COLLATE")[0]


def _value(table: Table, name: str) -> str:
    if not _is_array(table, name):
        return name
    return f"string_to_array({name}, chr({ord(_SEPARATOR)}))"
