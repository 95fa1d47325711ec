"""Scores on labelled articles, and that they do not hang on the articles' numbers and places."""

from __future__ import annotations

import pytest

from shared.press.figures.extraction import extract
from tests.eval.articles import Article, gazetteer, own_articles, real_articles
from tests.eval.scores import Score, score
from tests.press.figures.masking import masked

REAL = real_articles()
needs_articles = pytest.mark.skipif(not REAL, reason="the real articles are not at hand")


def scored(articles: list[Article]) -> Score:
    total = Score()
    for article in articles:
        reading = extract(
            article.text,
            language=None,
            published_on=article.published_on,
            title=article.title,
            gazetteer=gazetteer(),
        )
        total.add(score(article, reading.figures))
    return total


@needs_articles
def test_real_articles() -> None:
    total = scored(REAL)
    precision, recall, _ = total.value()
    assert precision >= 0.95, total.remarks
    assert recall >= 0.95, total.remarks
    assert total.joint()[2] >= 0.90, total.remarks


@needs_articles
def test_an_article_without_figures_gives_none() -> None:
    for article in REAL:
        if not article.labels:
            assert scored([article]).predicted == 0


@needs_articles
@pytest.mark.parametrize("seed", range(4))
def test_other_numbers_and_places_score_the_same(seed: int) -> None:
    plain = scored(REAL)
    changed = scored([masked(article, seed) for article in REAL])
    assert changed.value() == plain.value(), changed.remarks
    assert changed.joint() == plain.joint(), changed.remarks


def test_own_articles() -> None:
    total = scored(own_articles())
    precision, recall, _ = total.value()
    assert precision >= 0.95, total.remarks
    assert recall >= 0.95, total.remarks
    assert total.joint()[2] >= 0.80, total.remarks
