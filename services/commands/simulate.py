"""`registry simulate`: a made-up registry as a stream of facts, calibrated on published figures."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from shared.areas.store.files import load_areas
from shared.law.store.files import ROOT


def simulate(
    area: Annotated[str, typer.Option(help="code of the area, e.g. 181")],
    year_from: Annotated[int, typer.Option("--from", help="first year")],
    year_to: Annotated[int, typer.Option("--to", help="last year")],
    seed: Annotated[int, typer.Option(help="the same seed gives the same bytes")] = 1,
    households: Annotated[int | None, typer.Option(help="size, if not the published one")] = None,
    door: Annotated[str | None, typer.Option(help="only this door's items, ready to post")] = None,
) -> None:
    """Write a simulated stream of facts, calibrated on published figures, as NDJSON."""
    from services import simulate as simulation

    areas = load_areas(ROOT / "areas")
    figures = simulation.load_figures(ROOT / "demo" / "published_figures.yaml")
    stream = simulation.simulate(
        area, year_from, year_to, seed, areas=areas, figures=figures, households=households
    )
    written = simulation.write_ndjson(stream, sys.stdout.buffer, door)
    print(f"{written} items", file=sys.stderr)
