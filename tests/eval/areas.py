"""The areas of the seeds, read without a database."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from shared.areas.tree import AreaTree, Unit, read_tree


def read_areas(folder: Path) -> AreaTree:
    """Read the units; figures need no successions."""
    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        units = [_unit(index, row) for index, row in enumerate(csv.DictReader(file))]
    return read_tree(units, [])


def _unit(index: int, row: dict[str, str]) -> Unit:
    return Unit(
        area_id=index,
        code=row["code"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        level=row["level"],
        kind=row["kind"],
        name=row["name"],
        parent_code=row["parent_code"] or None,
        aliases=tuple(filter(None, row["aliases"].split("|"))),
    )
