"""The articles of the demo: what is true in them is accused of nothing, what is not is found."""

from __future__ import annotations

import pytest
import yaml

from shared.press.figures.extraction import extract
from shared.press.findings import check
from shared.press.reference_figures import read_reference_figures
from tests.eval.articles import ROOT, demo_articles, gazetteer

OFFICIAL = read_reference_figures(
    yaml.safe_load((ROOT / "seeds" / "reference_figures.yaml").read_text("utf-8"))
)
ARTICLES = {article.name: article for article in demo_articles()}


def kinds(name: str, printed: str = "", instead: str = "") -> list[str]:
    """Return what is found in an article in which one number may be printed otherwise."""
    article = ARTICLES[name]
    assert article.text.count(printed) == 1 or not printed
    reading = extract(
        article.text.replace(printed, instead) if printed else article.text,
        language=article.language,
        published_on=article.published_on,
        title=article.title,
        gazetteer=gazetteer(),
    )
    return [found.kind for found in check(reading.figures, OFFICIAL)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("000", ["change_mismatch", "change_mismatch"]),
        ("001", []),
        ("002", []),
        ("003", []),
        ("004", ["uses_exceed_fund"]),
    ],
)
def test_only_what_does_not_add_up_is_found(name: str, found: list[str]) -> None:
    assert kinds(name) == found


@pytest.mark.parametrize(
    ("name", "printed", "instead", "found"),
    [
        ("001", "2,14%", "2,41%", "average_mismatch"),
        ("001", "34.434", "43.434", "transposed_digits"),
        ("001", "12,79%", "17,29%", "differs_from_reference"),
        ("003", "2,942", "3,492", "parts_exceed_total"),
        ("003", "348,089,300,000", "384,089,300,000", "parts_exceed_total|uses_exceed_fund"),
        ("004", "hampir 40 miliar", "hampir 30 miliar", "uses_exceed_fund"),
    ],
)
def test_one_wrong_number_in_a_true_article_is_found(
    name: str, printed: str, instead: str, found: str
) -> None:
    assert set(found.split("|")) & set(kinds(name, printed, instead))
