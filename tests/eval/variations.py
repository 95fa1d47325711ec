"""The same articles told otherwise: nothing that a figure means may hang on the form."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

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


def reordered(article: Article) -> Article:
    """Tell the entries of every list, a line each, the last first."""
    lines = article.text.split("\n")
    order, at = [], 0
    while at < len(lines):
        stop = at + 1
        while _is_entry(lines[at]) and stop < len(lines) and _is_entry(lines[stop]):
            stop += 1
        order += reversed(range(at, stop))
        at = stop
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    ends = accumulate(len(lines[n]) + 1 for n in order)
    moved = {n: end - len(lines[n]) - 1 for n, end in zip(order, ends, strict=True)}
    labels = []
    for label in article.labels:
        own = max(n for n, start in enumerate(starts[:-1]) if start <= label["start"])
        by = moved[own] - starts[own]
        labels.append(label | {"start": label["start"] + by, "end": label["end"] + by})
    return replace(article, text="\n".join(lines[n] for n in order), labels=tuple(labels))


def _is_entry(line: str) -> bool:
    return line.startswith(("- ", "+ ", "* ", "• "))


def respelled(article: Article) -> Article:
    """Spell words as others do: hoà for hòa, tỉ for tỷ, per cent, milyar, ด่ง for ดอง."""
    spellings = _SPELLINGS[article.language]
    found = re.compile("|".join(map(re.escape, spellings)))
    text, labels, last = "", [dict(label) for label in article.labels], 0
    for word in found.finditer(article.text):
        new = spellings[word.group()]
        by = len(new) - len(word.group())
        at = len(text) + word.start() - last
        for label in labels:
            label["start"] += by if label["start"] > at else 0
            label["end"] += by if label["end"] > at else 0
        text += article.text[last : word.start()] + new
        last = word.end()
    return replace(article, text=text + article.text[last:], labels=tuple(labels))


def exchanged(article: Article) -> Article:
    """Put other numbers, and other places where they are known, for those told."""
    return replace(masked(article, 1), title=article.title, published_on=article.published_on)


_SPELLINGS = {
    "vi": {
        "òa": "oà",
        "óa": "oá",
        "ủy": "uỷ",
        "úy": "uý",
        "%": " %",
        " tỷ": " tỉ",
        " tỉ ": " tỷ ",
        "ngàn": "nghìn",
        "nghìn": "ngàn",
    },
    "en": {
        "percent": "per cent",
        "per cent": "percent",
        "billion VND": "bn dong",
        "program ": "programme ",
        "programmes": "programs",
        "nearly": "almost",
    },
    "id": {"miliar": "milyar", "Provinsi": "Propinsi", "persen": "%", "dong": "VND"},
    "th": {"ดอง": "ด่ง", "ด่ง": "ดอง", "ร้อยละ ": "ร้อยละ", "เปอร์เซ็นต์": "%"},
}
OTHERS = "other numbers and places"
VARIATIONS: dict[str, Callable[[Article], Article]] = {
    "without title": without_title,
    "without date": without_date,
    "one paragraph": joined,
    "a paragraph a sentence": split,
    "lists the other way round": reordered,
    "other spellings": respelled,
    OTHERS: exchanged,
}
