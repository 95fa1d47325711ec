"""The seeds, read once, and streams of Bình Gia, made once for each seed number."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.simulate import EVENTS, load_figures, simulate
from services.simulate.figures import Figures
from shared.areas.store.files import load_areas
from shared.areas.tree import AreaTree

SEEDS = Path(__file__).parents[2] / "seeds"

Entry = dict[str, Any]
Streams = Callable[[int], list[Entry]]


@pytest.fixture(scope="session")
def areas() -> AreaTree:
    """Return both administrative worlds."""
    return load_areas(SEEDS / "areas")


@pytest.fixture(scope="session")
def figures() -> Figures:
    """Return the published figures and the parameters."""
    return load_figures(SEEDS / "demo" / "published_figures.yaml")


@pytest.fixture(scope="session")
def binh_gia(areas: AreaTree, figures: Figures) -> Streams:
    """Return what makes the stream of Bình Gia, 2022 to 2024, from a seed number."""

    @cache
    def stream(seed: int) -> list[Entry]:
        return list(simulate("181", 2022, 2024, seed, areas=areas, figures=figures))

    return stream


def events(stream: list[Entry]) -> list[Entry]:
    """Return a stream's household events, bare."""
    return [entry["item"] for entry in stream if entry["door"] == EVENTS]


def facts(stream: list[Entry]) -> list[Entry]:
    """Return a stream's area facts, bare."""
    return [entry["item"] for entry in stream if entry["door"] != EVENTS]
