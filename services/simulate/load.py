"""The published figures that a simulation is calibrated on, read from their file."""

from __future__ import annotations

from pathlib import Path

import yaml

from services.simulate.figures import Figures, read_figures


def load_figures(path: Path) -> Figures:
    """Read `published_figures.yaml`."""
    return read_figures(yaml.safe_load(path.read_text(encoding="utf-8")))
