"""Units of earlier days as an operator reported them; loading the areas puts them into the map."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Date, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from shared.areas.earlier import EarlierUnit
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.errors import DomainError
from shared.kernel.metadata import METADATA

EARLIER_UNITS = Table(
    "earlier_units",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_code", Text, nullable=False),
    Column("successors", ARRAY(Text), nullable=False),
    Column("legal_basis", Text, nullable=False),
)
COLUMNS = tuple(column.name for column in EARLIER_UNITS.columns)
_SEPARATOR = "|"
_MAY_BE_EMPTY = {"legal_basis"}


async def reported(snapshot: Snapshot) -> list[EarlierUnit]:
    """Return all that was reported, by code and day."""
    rows = await snapshot.fetch(f"SELECT {', '.join(COLUMNS)} FROM earlier_units ORDER BY 1, 2")
    return [_unit(*row) for row in rows]


def _unit(*values: Any) -> EarlierUnit:
    code, first, last, kind, name, parent, successors, legal_basis = values
    return EarlierUnit(code, first, last, kind, name, parent, tuple(successors), legal_basis)


async def report(tx: Transaction, units: Sequence[EarlierUnit]) -> None:
    """Keep these units; one that was reported before is corrected."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[2:])
    await tx.executemany(
        f"INSERT INTO earlier_units ({', '.join(COLUMNS)}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
        f"ON CONFLICT (code, valid_from) DO UPDATE SET {updates}",
        [tuple(_value(unit, name) for name in COLUMNS) for unit in units],
    )


def _value(unit: EarlierUnit, name: str) -> object:
    value = getattr(unit, name)
    return list(value) if name == "successors" else value


def read_file(path: Path) -> list[EarlierUnit]:
    """Return the units of a CSV file; a row that says less or other than asked is named."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
            raise DomainError("file_unreadable", f"line 1 lacks {', '.join(missing)}")
        return [_read_row(reader.line_num, row) for row in reader]


def _read_row(line: int, row: dict[str, str]) -> EarlierUnit:
    values = {name: (row[name] or "").strip() for name in COLUMNS}
    for name, value in values.items():
        if not value and name not in _MAY_BE_EMPTY:
            raise DomainError("file_unreadable", f"line {line}: {name} is empty")
    try:
        first, last = (date.fromisoformat(values[name]) for name in ("valid_from", "valid_to"))
    except ValueError as error:
        raise DomainError("file_unreadable", f"line {line}: {error}; write YYYY-MM-DD") from None
    heirs = tuple(sorted(heir.strip() for heir in values["successors"].split(_SEPARATOR)))
    return EarlierUnit(
        values["code"],
        first,
        last,
        values["kind"],
        values["name"],
        values["parent_code"],
        heirs,
        values["legal_basis"],
    )


def said(units: Sequence[EarlierUnit]) -> str:
    """Return what tells one report from another; empty before the first."""
    return "".join(f"\n{unit}" for unit in units)
