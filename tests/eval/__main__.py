"""Print how well figures are read: per language and field, with every miss, and how fast.

Usage: python -m tests.eval [--quiet]
"""

from __future__ import annotations

import re
import sys
import time
from collections import defaultdict

from shared.press.figures.extraction import extract
from tests.eval.articles import Article, demo_articles, gazetteer, own_articles, real_articles
from tests.eval.scores import FIELDS, Score, score

_WORD = re.compile(r"\w+")
_SECONDS = 2.0


def main(quiet: bool) -> None:
    """Score every set of articles that is at hand."""
    sets = {"real": real_articles(), "own": own_articles(), "demo": demo_articles()}
    everything: list[Article] = []
    for name, articles in sets.items():
        print(f"\n{name}: {len(articles)} articles")
        if articles:
            _table(articles, quiet)
        everything += articles
    _speed(everything)


def _table(articles: list[Article], quiet: bool) -> None:
    scores: dict[str, Score] = defaultdict(Score)
    for article in articles:
        one = score(article, figures(article))
        scores[article.language].add(one)
        scores["all"].add(one)
    print(
        f"{'':5}{'labels':>7}{'read':>6}   value P     R    F1   joint P     R    F1   "
        + " ".join(FIELDS)
    )
    for language in sorted(scores, key=lambda code: (code == "all", code)):
        _row(language, scores[language])
    if not quiet:
        for remark in scores["all"].remarks:
            print("  " + " ".join(remark.split()))


def figures(article: Article):
    """Read an article."""
    return extract(
        article.text,
        language=None,
        published_on=article.published_on,
        title=article.title,
        gazetteer=gazetteer(),
    ).figures


def _row(name: str, one: Score) -> None:
    value = " ".join(f"{x:5.3f}" for x in one.value())
    joint = " ".join(f"{x:5.3f}" for x in one.joint())
    fields = " ".join(
        f"{one.right[n] / one.found if one.found else 1:{len(n)}.{max(0, min(2, len(n) - 2))}f}"
        for n in FIELDS
    )
    print(f"{name:5}{one.labelled:7}{one.predicted:6}     {value}     {joint}   {fields}")


def _speed(articles: list[Article]) -> None:
    if not articles:
        return
    rate = _rate(articles, figures)
    words = _rate(articles, lambda article: _WORD.findall(article.text))
    size = sum(len(a.text) for a in articles) // len(articles)
    print(f"\nspeed: {rate:.0f} articles a second of {size} characters each", end="; ")
    print(f"merely splitting them into words {words:.0f}")


def _rate(articles: list[Article], work) -> float:
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < _SECONDS:
        for article in articles:
            work(article)
        count += len(articles)
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    main("--quiet" in sys.argv)
