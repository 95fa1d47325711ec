"""Administrative units as loaded from `seeds/areas`, and the version that each load made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    Identity,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.areas.tree import AreaTree, Succession, Unit, read_tree
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

AREAS = Table(
    "areas",
    METADATA,
    Column("area_id", Integer, Identity(always=True), primary_key=True),
    Column("code", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("level", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_code", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("aliases", ARRAY(Text), nullable=False),
    UniqueConstraint("code", "valid_from"),
)

AREA_SUCCESSIONS = Table(
    "area_successions",
    METADATA,
    Column("old_code", Text, primary_key=True),
    Column("new_code", Text, primary_key=True),
    Column("on_date", Date, primary_key=True),
    Column("whole", Boolean, nullable=False),
)

_COLUMNS = (
    "code",
    "valid_from",
    "valid_to",
    "level",
    "kind",
    "name",
    "parent_code",
    "latitude",
    "longitude",
    "aliases",
)


async def replace(
    tx: Transaction, units: Sequence[Unit], successions: Sequence[Succession]
) -> None:
    """Load a version of the areas: units keep their ids as long as (code, valid_from) stays."""
    await tx.execute("CREATE TEMP TABLE loaded_areas (LIKE areas) ON COMMIT DROP")
    await tx.execute("ALTER TABLE loaded_areas ALTER area_id DROP NOT NULL")
    await tx.copy_records_to_table(
        "loaded_areas",
        records=[tuple(getattr(unit, column) for column in _COLUMNS) for unit in units],
        columns=list(_COLUMNS),
    )
    names = ", ".join(_COLUMNS)
    updates = ", ".join(f"{c} = excluded.{c}" for c in _COLUMNS[2:])
    await tx.execute(
        f"INSERT INTO areas ({names}) SELECT {names} FROM loaded_areas "
        f"ORDER BY code, valid_from ON CONFLICT (code, valid_from) DO UPDATE SET {updates}"
    )
    await tx.execute("DELETE FROM area_successions")
    await tx.copy_records_to_table(
        "area_successions",
        records=[(s.old_code, s.new_code, s.on, s.whole) for s in successions],
        columns=["old_code", "new_code", "on_date", "whole"],
    )


async def tree(snapshot: Snapshot) -> AreaTree:
    """Return all units as they stand loaded."""
    rows = await snapshot.fetch(f"SELECT area_id, {', '.join(_COLUMNS)} FROM areas")
    successions = await snapshot.fetch(
        "SELECT old_code, new_code, on_date, whole FROM area_successions"
    )
    digest: str | None = await snapshot.fetchval(
        "SELECT digest FROM seed_versions WHERE kind = 'areas' ORDER BY recorded_at DESC LIMIT 1"
    )
    return read_tree(
        (_unit(tuple(row)) for row in rows),
        (Succession(*row) for row in successions),
        digest or "",
    )


# An abolished district has no successor of its own: its communes' successors have its territory.
_HEIRS = """
WITH lines AS (SELECT a.code, a.code AS part, a.valid_to FROM areas a WHERE a.code = ANY($1::text[])
    UNION SELECT p.code, c.code, c.valid_to FROM areas p JOIN areas c
        ON c.parent_code = p.code AND c.valid_to = p.valid_to WHERE p.code = ANY($1::text[]))
SELECT code, code FROM lines
UNION SELECT l.code, s.new_code FROM lines l JOIN area_successions s
    ON s.old_code = l.part AND s.on_date = l.valid_to
"""


async def heirs(snapshot: Snapshot, codes: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return, by code, itself and the units that took over territory of it; none if it is none."""
    found: dict[str, set[str]] = {}
    for code, heir in await snapshot.fetch(_HEIRS, list(codes)):
        found.setdefault(code, set()).add(heir)
    return {code: frozenset(each) for code, each in found.items()}


def _unit(row: tuple[Any, ...]) -> Unit:
    values: tuple[Any, ...] = (*row[:10], tuple(row[10]))
    return Unit(*values)


async def recorded_at(snapshot: Snapshot) -> datetime | None:
    """Return when the areas in force were loaded, None before the first load."""
    at: datetime | None = await snapshot.fetchval(
        "SELECT recorded_at FROM seed_versions WHERE kind = 'areas' "
        "ORDER BY recorded_at DESC LIMIT 1"
    )
    return at
