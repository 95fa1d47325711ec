"""Passages as papers print them: one wrong number is found, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.press.figures.extraction import extract
from shared.press.findings import check
from shared.press.reference_figures import read_reference_figures
from tests.eval.articles import ROOT, gazetteer

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "snippets.yaml").read_text("utf-8"))
OFFICIAL = read_reference_figures(
    yaml.safe_load((ROOT / "seeds" / "reference_figures.yaml").read_text("utf-8"))
)


def test_half_of_them_hold_an_inconsistency_in_every_language() -> None:
    for code in ("vi", "en", "id", "th"):
        own = [case for case in CASES if case["language"] == code]
        assert len(own) >= 10
        assert abs(sum("found" in case for case in own) * 2 - len(own)) <= 2


@pytest.mark.parametrize("case", CASES, ids=[f"{c['language']}{at}" for at, c in enumerate(CASES)])
def test_what_does_not_add_up_is_found_and_nothing_else(case: dict[str, Any]) -> None:
    figures = extract(
        case["text"], language=None, published_on=None, title=None, gazetteer=gazetteer()
    ).figures
    found = sorted({one.kind for one in check(figures, OFFICIAL)})
    wanted = sorted(case.get("found", []))
    assert len(found) == len(wanted), found
    assert all(kind in one.split("|") for kind, one in zip(found, wanted, strict=True)), found
