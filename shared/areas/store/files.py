"""The administrative units as files: `units.csv` and `successions.csv` of `seeds/areas`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared.areas.tree import AreaTree, Succession, Unit, read_tree

UNITS, SUCCESSIONS = "units.csv", "successions.csv"


def load_areas(directory: Path) -> AreaTree:
    """Read both files; units that do not hang together are `areas_inconsistent`.

    The ids are row numbers: a database gives its own.
    """
    rows = enumerate(_rows(directory / UNITS))
    units = [_unit(number, row) for number, row in rows]
    return read_tree(units, map(_succession, _rows(directory / SUCCESSIONS)))


def file_digests(directory: Path) -> str:
    """Return what tells one version of both files from another."""
    files = (directory / name for name in (UNITS, SUCCESSIONS))
    return "\n".join(sha256(file.read_bytes()).hexdigest() for file in files)


def _unit(number: int, row: dict[str, Any]) -> Unit:
    return Unit(
        number,
        row["code"],
        date.fromisoformat(row["valid_from"]),
        date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        row["level"],
        row["kind"],
        row["name"],
        row["parent_code"] or None,
        float(row["latitude"]) if row["latitude"] else None,
        float(row["longitude"]) if row["longitude"] else None,
        tuple(row["aliases"].split("|")) if row["aliases"] else (),
    )


def _succession(row: dict[str, str]) -> Succession:
    on = date.fromisoformat(row["on"])
    return Succession(row["old_code"], row["new_code"], on, row["part"] == "whole")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
