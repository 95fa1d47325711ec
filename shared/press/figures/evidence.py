"""Choosing by evidence: every candidate bears named features, every feature has a weight.

The weights are data, fitted on the labelled articles by `tests/eval/fit.py`; what each kind of
feature is for stands in `features.yaml`. A score is the sum of the weights of a candidate's
features; the best wins, and its share of the odds says how sure that is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Generic, Protocol, TypeVar

T = TypeVar("T", bound=Hashable)
# slot -> feature -> class -> weight; a slot whose candidates are no classes has the one class "".
Span = tuple[int, int]  # of a number in the text as sent
CLOSE = 0.15  # 57 % against 42 % is little more than the toss of a coin
Weights = Mapping[str, Mapping[str, Mapping[str, float]]]


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """One answer for a slot and what speaks for or against it."""

    value: T
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """The winner of a slot; `ranked` holds all candidates with their probabilities, best first."""

    value: T
    ranked: tuple[tuple[T, float], ...]

    @property
    def is_close(self) -> bool:
        """Say whether the second reading is nearly as probable as the first."""
        return self.margin < CLOSE

    @property
    def margin(self) -> float:
        """Return how much more probable the winner is than the second."""
        return self.ranked[0][1] - (self.ranked[1][1] if len(self.ranked) > 1 else 0.0)


class Chooser(Protocol):
    """Chooses among candidates; the fitting script looks in here."""

    def classify(
        self, slot: str, span: Span, names: Sequence[str], features: Sequence[str]
    ) -> Choice[str]:
        """Return the best class for a number of the text."""
        ...

    def choose(self, slot: str, span: Span, candidates: Sequence[Candidate[T]]) -> Choice[T]:
        """Return the best candidate for a number of the text."""
        ...


@dataclass(frozen=True)
class Fitted:
    """Choosing by fitted weights."""

    weights: Weights

    def classify(
        self, slot: str, span: Span, names: Sequence[str], features: Sequence[str]
    ) -> Choice[str]:
        """Return the best class; every feature speaks for every class with its own weight."""
        known = self.weights.get(slot, {})
        scores: dict[str, float] = defaultdict(float)
        for feature in features:
            if feature in known:
                for name, weight in known[feature].items():
                    scores[name] += weight
        return ranked(names, [scores[name] for name in names])

    def choose(self, slot: str, span: Span, candidates: Sequence[Candidate[T]]) -> Choice[T]:
        """Return the best candidate; the first of equals."""
        known = self.weights.get(slot, {})
        scores = [
            sum([known[f][""] for f in candidate.features if f in known])
            for candidate in candidates
        ]
        return ranked([c.value for c in candidates], scores)


def ranked(values: Sequence[T], scores: Sequence[float]) -> Choice[T]:
    """Return the choice that scores make."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    odds = [exp(scores[i] - scores[order[0]]) for i in order]
    whole = sum(odds)
    return Choice(
        values[order[0]], tuple((values[i], o / whole) for i, o in zip(order, odds, strict=True))
    )
