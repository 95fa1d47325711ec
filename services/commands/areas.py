"""`registry areas`: report communes of earlier days, which the seeded map does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from services.commands.shell import OUT, open_database, run_with_database
from services.processes import seeding
from shared.areas.earlier import EarlierUnit
from shared.areas.store import earlier
from shared.kernel.clock import SystemClock


def report_areas(
    file: Annotated[
        Path,
        typer.Argument(
            help=f"CSV with the columns {', '.join(earlier.COLUMNS)}; successors are parted by |."
        ),
    ],
) -> None:
    """Report communes of earlier days; what they touch is recomputed. All of the file or none."""
    units = earlier.read_file(file)
    run_with_database(lambda _, dsn: _report(dsn, units))


def list_areas() -> None:
    """List the communes of earlier days that were reported."""
    run_with_database(lambda _, dsn: _list(dsn))


async def _report(dsn: str, units: list[EarlierUnit]) -> None:
    async with open_database(dsn) as database:
        loaded = await seeding.load(database, SystemClock(), reports=units)
    OUT.print(f"Reported {len(units)} units; {loaded.households_due} households are due.")


async def _list(dsn: str) -> None:
    async with open_database(dsn) as database, database.statement() as snapshot:
        units = await earlier.reported(snapshot)
    table = Table(*earlier.COLUMNS)
    for unit in units:
        values = (getattr(unit, name) for name in earlier.COLUMNS)
        table.add_row(*("|".join(v) if isinstance(v, tuple) else str(v) for v in values))
    OUT.print(table)
