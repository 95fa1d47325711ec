"""Print how well figures are read: per language and field, with every miss, and how fast.

Usage: python -m tests.eval [--quiet] [--folds] [--variations] [--untouched]

--folds fits the weights anew without the articles that are scored (some minutes); --variations
scores the same articles told otherwise; --untouched scores the texts that are set aside, with
which nobody may work.
"""

from __future__ import annotations

import re
import sys
import time
from collections import defaultdict

from shared.press.figures.extraction import extract
from tests.eval.articles import Article, gazetteer, more_articles, own_articles, real_articles
from tests.eval.folds import left_out
from tests.eval.scores import FIELDS, Score, score
from tests.eval.texts import new_articles, untouched_articles
from tests.eval.variations import VARIATIONS

_WORD = re.compile(r"\w+")
_SECONDS = 2.0


def main(options: set[str]) -> None:
    """Score every set of articles that is at hand."""
    quiet = "--quiet" in options
    if "--folds" in options:
        for name, found in left_out(sets()).items():
            print(f"\n{name}, each article read without having been fitted on")
            _rows(found, quiet)
        return
    chosen = {"untouched": untouched_articles()} if "--untouched" in options else sets()
    for name, articles in chosen.items():
        print(f"\n{name}: {len(articles)} articles")
        if articles:
            _table(articles, quiet)
        if "--variations" in options:
            _varied(articles)
    _speed([a for articles in chosen.values() for a in articles])


def sets() -> dict[str, list[Article]]:
    """Return the sets that weights are fitted on."""
    return {
        "real": real_articles(),
        "more": more_articles(),
        "own": own_articles(),
        "new": new_articles(),
    }


def _varied(articles: list[Article]) -> None:
    """Score the variations; other places are known for those of the real articles alone."""
    for name, vary in VARIATIONS.items():
        total = Score()
        for article in map(vary, articles):
            total.add(score(article, figures(article)))
        _row(name, total)


def _table(articles: list[Article], quiet: bool) -> None:
    scores: dict[str, Score] = defaultdict(Score)
    for article in articles:
        one = score(article, figures(article))
        scores[article.language].add(one)
        scores["all"].add(one)
    _rows(scores, quiet)


def _rows(scores: dict[str, Score], quiet: bool) -> None:
    print(
        f"{'':22}{'labels':>7}{'read':>6}   value P     R    F1   joint P     R    F1   "
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
    print(f"{name:22}{one.labelled:7}{one.predicted:6}     {value}     {joint}   {fields}")


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
    main(set(sys.argv[1:]))
