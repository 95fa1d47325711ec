"""One sentence a case, both sides of every rule: `cases/<language>.yaml`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.press.figures.extraction import extract
from shared.press.figures.figure import Figure
from tests.eval.articles import gazetteer

CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}-{number}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize(("language", "case"), CASES)
def test_case(language: str, case: dict[str, Any]) -> None:
    reading = extract(
        case["text"],
        language=language,
        published_on=case.get("published_on"),
        title=None,
        gazetteer=gazetteer(),
    )
    shown = [
        _shown(figure, wanted)
        for figure, wanted in zip(reading.figures, case["figures"], strict=False)
    ]
    assert len(reading.figures) == len(case["figures"]), reading.figures
    assert shown == case["figures"]


def _shown(figure: Figure, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a figure that a case names, written as the case writes them."""
    change, period, high = figure.comparison, figure.period, figure.value_max
    known = {
        "measure": figure.measure,
        "value": str(figure.value),
        "value_max": str(high) if high is not None else None,
        "unit": figure.unit,
        "qualifier": figure.qualifier,
        "kind": figure.kind,
        "per": figure.per,
        "place": figure.place.name if figure.place else None,
        "direction": change.direction if change else None,
        "vs": change.vs if change else None,
        "ambiguous": [str(value) for value in figure.ambiguous],
        "period": _period(period.start, period.end) if period else None,
    }
    return {name: known[name] for name in wanted}


def _period(start: date, end: date) -> date | list[date]:
    return start if start == end else [start, end]
