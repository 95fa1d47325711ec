"""Fit the weights of the reader on the labelled articles.

Usage: python -m tests.eval.fit (writes `shared/press/figures/weights.json`; half a minute)

Each article is read once with a teacher that answers every question by the labels, so that a slot
learns with the right history. Then a log-linear model is fitted to those answers: all answers that
the conventions accept count as right together. Small weights are left out.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import exp, sqrt
from typing import Any

import yaml

from shared.press.figures.evidence import (
    Bundle,
    Candidate,
    Choice,
    Chooser,
    Fitted,
    Span,
    Weights,
    spread,
)
from shared.press.figures.extraction import extract
from shared.press.figures.figure import Figure
from shared.press.figures.slots.measure import HOUSEHOLDS, RATES
from tests.eval.articles import (
    ROOT,
    Article,
    Label,
    gazetteer,
    more_articles,
    own_articles,
    real_articles,
)
from tests.eval.scores import plain
from tests.eval.texts import new_articles, sentence_articles

FEATURES = ROOT / "shared" / "press" / "figures" / "features.yaml"
WEIGHTS = FEATURES.with_name("weights.json")
TOLD = 6  # a case of the tests counts as often: it is short and says what must be
ROUNDS = 20
RATE = 0.25
STRENGTH = 0.05  # of the pull towards zero, whenever a feature is touched
LEAST = 0.04  # smaller weights decide nothing
SEEN = 3  # a feature of fewer examples is chance
SLIGHT = 0.003
_SEED = 7
_SURE = 900  # hundredths by which a label is ahead
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_YEAR = re.compile(r"(?:19|20|25)\d\d")


@dataclass(frozen=True)
class Example:
    """One question of a slot: the candidates' features, and which candidates are right."""

    slot: str
    features: tuple[tuple[tuple[str, str], ...], ...]
    right: tuple[bool, ...]


@dataclass
class Teacher:
    """Answers by the labels and notes the questions; without a label as the weights say."""

    labels: Sequence[Label]
    fallback: Fitted
    complete: bool = True  # a number without a label is no figure
    examples: list[Example] = field(default_factory=list)

    def classify(
        self, slot: str, at: Span, names: Sequence[str], bundles: Sequence[Bundle]
    ) -> Choice[str]:
        label = self._label(at)
        if label is None and not self.complete:
            return self.fallback.classify(slot, at, names, bundles)
        features = spread(bundles)
        right = tuple(_class_right(slot, name, label) for name in names)
        return self._answer(
            slot, at, names, [tuple((f, n) for f in features) for n in names], right
        )

    def choose(self, slot: str, at: Span, candidates: Sequence[Candidate[Any]]) -> Choice[Any]:
        label = self._label(at)
        right = tuple(label is not None and _right(slot, c.value, label) for c in candidates)
        features = [tuple((f, "") for f in spread(c.bundles)) for c in candidates]
        return self._answer(slot, at, [c.value for c in candidates], features, right)

    def _answer(self, slot, at, values, features, right) -> Choice[Any]:
        if any(right) and not all(right):
            self.examples.append(Example(slot, tuple(features), right))
        if any(right):
            return Choice(values, [_SURE * r for r in right])
        weights = self.fallback.weights.get(slot, {})
        scores = [sum(weights.get(f, {}).get(n, 0.0) for f, n in fs) for fs in features]
        return Choice(values, [round(100 * score) for score in scores])

    def _label(self, at: Span) -> Label | None:
        start, end = at
        return next((x for x in self.labels if start < x["end"] and x["start"] < end), None)


def _class_right(slot: str, name: str, label: Label | None) -> bool:
    if label is not None and ("kind" if slot == "kind" else "measure") not in label:
        return False
    if label is None:
        return slot not in ("stem", "kind") and name == "none"
    if slot == "kind":
        return name in {label["kind"], *label.get("accept_kinds", [])}
    measures = {label["measure"], *label.get("accept_measures", [])}
    if slot == "stem":
        return any(_stem(m) == name for m in measures)
    return any(_name(m) == name for m in measures)


def _name(measure: str) -> str:
    """Return the class of a measure among those of its unit."""
    base = measure.removesuffix("_change_pp").removesuffix("_change")
    if base in {*RATES.values(), *HOUSEHOLDS.values()}:
        return "change" if base != measure else "level"
    if measure == "recently_exited_households":
        return "households_exited_poverty"
    return measure


def _stem(measure: str) -> str | None:
    base = measure.removesuffix("_change_pp").removesuffix("_change")
    return next((k for t in (RATES, HOUSEHOLDS) for k, m in t.items() if m == base), None)


def _right(slot: str, value: Any, label: Label) -> bool:
    if slot not in label:
        return False
    if slot == "period":
        periods = [label.get("period"), *(label.get("accept_periods") or [])]
        ends = (value.start.isoformat(), value.end.isoformat()) if value else (None, None)
        return ends in {((p or {}).get("start"), (p or {}).get("end")) for p in periods}
    places = [label.get("place") or {}, *(label.get("places") or [])]
    names = {plain(p.get("name")) for p in [*places, *(label.get("accept_places") or [])]} - {""}
    if not names:
        return True
    shown = {plain(value.region)} if value.region else {plain(u.name) for u in value.units}
    level = places[0].get("level")
    if value.units and level in ("commune", "district", "province"):
        shown = {plain(u.name) for u in value.units if u.level == level} or shown
    return bool(names & (shown or {plain(value.printed)}))


def cases() -> list[Article]:
    """Return the sentences of the tests, labelled as far as they say something."""
    found = []
    for path in sorted((ROOT / "tests" / "press" / "figures" / "cases").glob("*.yaml")):
        for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))):
            labels = list(_case_labels(case))
            found.append(Article(f"{path.stem}-{number}", path.stem, case["text"], tuple(labels),
                                 case.get("published_on")))  # fmt: skip
    return found


def _case_labels(case: dict[str, Any]) -> Iterator[Label]:
    """Find each figure of a case by its digits, in their order; one without a value is the next."""
    numbers = list(_NUMBER.finditer(case["text"]))
    at = 0
    for figure in case["figures"]:
        digits = _digits(str(figure["value"])) if "value" in figure else None
        hits = (i for i in range(at, len(numbers)) if digits in (None, _digits(numbers[i].group()))
                and not (digits is None and _YEAR.fullmatch(numbers[i].group())))  # fmt: skip
        index = next(hits, None)
        if index is None:
            continue
        at = index + 1
        label = {k: v for k, v in figure.items() if k in ("measure", "kind")}
        if "period" in figure:
            period = figure["period"]
            ends = period if isinstance(period, list) else [period, period]
            label["period"] = dict(zip(("start", "end"), (e and e.isoformat() for e in ends),
                                       strict=True))  # fmt: skip
        if figure.get("place"):
            label["place"] = {"name": figure["place"]}
        yield label | {"start": numbers[index].start(), "end": numbers[index].end()}


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text).strip("0")


def examples(articles: Sequence[Article], weights: Weights | None = None) -> list[list[Example]]:
    """Return the questions that each article asks."""
    found = []
    for article in articles:
        labels = [label for label in article.labels if not label.get("implicit")]
        partial = (bool(labels) and "measure" not in labels[0]) or "-" in article.name
        teacher = Teacher(labels, Fitted(weights or {}), not (partial and labels))
        read(article, teacher)
        found.append(teacher.examples)
    return found


def read(article: Article, chooser: Chooser) -> tuple[Figure, ...]:
    """Return the figures of an article as a chooser makes them."""
    return extract(
        article.text,
        language=None,
        published_on=article.published_on,
        title=article.title,
        gazetteer=gazetteer(),
        chooser=chooser,
    ).figures


def fit(found: Sequence[Example], rounds: int = ROUNDS) -> dict[str, dict[str, dict[str, float]]]:
    """Return the weights that make the right answers likely, by stochastic gradients."""
    keys, packed = _packed(found)
    known = priors()
    start = [known.get(key, 0.0) for key in keys]
    weights, squares = list(start), [1.0] * len(keys)
    draw = random.Random(_SEED)
    for _ in range(rounds):
        draw.shuffle(packed)
        for rows, right in packed:
            _step(rows, right, weights, squares, start)
    seen = set(keys)
    weights += [w for key, w in known.items() if key not in seen]
    keys += [key for key in known if key not in seen]
    kept: dict[str, dict[str, dict[str, float]]] = {}
    for (slot, feature, name), weight in sorted(zip(keys, weights, strict=True)):
        if abs(weight) >= LEAST:
            kept.setdefault(slot, {}).setdefault(feature, {})[name] = round(weight, 2)
    return kept


def priors() -> dict[tuple[str, str, str], float]:
    """Return the weights that the measure table gives before any article is read."""
    document = yaml.safe_load(FEATURES.read_text(encoding="utf-8"))
    found: dict[tuple[str, str, str], float] = {}
    for slot, words in document["table"].items():
        for tag, measures in words.items():
            for name, weight in measures.items():
                for place, said in document["places"].items():
                    if said["weight"]:
                        found[slot, f"{place} {tag}", name] = weight * said["weight"]
    for slot, features in document["direct"].items():
        for feature, said in features.items():
            weights = said if isinstance(said, dict) else {"": said}
            found |= {(slot, feature, name): weight for name, weight in weights.items()}
    return found


Packed = tuple[list[list[int]], tuple[bool, ...]]


def _packed(found: Sequence[Example]) -> tuple[list[tuple[str, str, str]], list[Packed]]:
    """Return the features seen often enough, numbered, and the examples by those numbers."""
    counts: Counter[tuple[str, str]] = Counter()
    for example in found:
        counts.update({(example.slot, f) for fs in example.features for f, _ in fs})
    numbers: dict[tuple[str, str, str], int] = {}
    packed: list[Packed] = []
    for example in found:
        rows = [
            [
                numbers.setdefault((example.slot, f, n), len(numbers))
                for f, n in fs
                if counts[example.slot, f] >= SEEN
            ]
            for fs in example.features
        ]
        packed.append((rows, example.right))
    return list(numbers), packed


def _step(
    rows: list[list[int]],
    right: tuple[bool, ...],
    weights: list[float],
    squares: list[float],
    start: list[float],
) -> None:
    scores = [sum([weights[i] for i in row]) for row in rows]
    top = max(scores)
    odds = [exp(s - top) for s in scores]
    whole = sum(odds)
    good = sum(o for o, r in zip(odds, right, strict=True) if r)
    for row, odd, ok in zip(rows, odds, right, strict=True):
        pull = (odd / good if ok else 0.0) - odd / whole
        if abs(pull) < SLIGHT:
            continue
        for i in row:
            slope = pull - STRENGTH * (weights[i] - start[i])
            squares[i] += slope * slope
            weights[i] += RATE * slope / sqrt(squares[i])


def main() -> None:
    """Fit on every label at hand but those set aside, and write the weights."""
    articles = [*real_articles(), *more_articles(), *own_articles(), *new_articles()]
    articles += [*sentence_articles(), *(cases() * TOLD)]
    weights = fit([e for found in examples(articles) for e in found])
    lines = (
        f"{json.dumps(slot)}: {{\n"
        + ",\n".join(
            f"{json.dumps(feature, ensure_ascii=False)}: {json.dumps(said)}"
            for feature, said in features.items()
        )
        + "\n}"
        for slot, features in weights.items()
    )
    WEIGHTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
