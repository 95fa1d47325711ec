"""The same articles told otherwise: nothing that a figure means may hang on the form."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from tests.eval.articles import Article
from tests.press.figures.masking import masked

_LINE = re.compile(r"(?<=[^\n])\n(?=[^\n-])")
_STOP = re.compile(r"(?<=[a-zà-ỹ%)]\.) (?=[^\W\da-z])")


def without_title(article: Article) -> Article:
    """Leave the title out."""
    return replace(article, title=None)


def without_date(article: Article) -> Article:
    """Leave out the day of publication."""
    return replace(article, published_on=None)


def joined(article: Article) -> Article:
    """Make one paragraph of all."""
    return replace(article, text=_LINE.sub(" ", article.text))


def split(article: Article) -> Article:
    """Begin a paragraph with every sentence."""
    return replace(article, text=_STOP.sub("\n", article.text))


def exchanged(article: Article) -> Article:
    """Put other numbers, and other places where they are known, for those told."""
    return replace(masked(article, 1), title=article.title, published_on=article.published_on)


OTHERS = "other numbers and places"
VARIATIONS: dict[str, Callable[[Article], Article]] = {
    "without title": without_title,
    "without date": without_date,
    "one paragraph": joined,
    "a paragraph a sentence": split,
    OTHERS: exchanged,
}
