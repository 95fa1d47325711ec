"""Choosing by evidence: every candidate bears named features, every feature has a weight.

The weights are data, fitted on the labelled articles by `tests/eval/fit.py`; what each kind of
feature is for stands in `features.yaml`. A score is the sum of the weights of a candidate's
features; the best wins, and its share of the odds says how sure that is.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
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
    # slot, classes -> feature -> its weight for each class in their order: one look-up a feature
    _rows: dict[tuple[str, tuple[str, ...]], Mapping[str, tuple[float, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def classify(
        self, slot: str, span: Span, names: Sequence[str], features: Sequence[str]
    ) -> Choice[str]:
        """Return the best class; every feature speaks for every class with its own weight."""
        known = self._known(slot, tuple(names))
        weights = [known[feature] for feature in features if feature in known]
        scores = list(map(sum, zip(*weights, strict=True))) if weights else [0.0] * len(names)
        return ranked(names, scores)

    def _known(self, slot: str, names: tuple[str, ...]) -> Mapping[str, tuple[float, ...]]:
        """Return the weights of a slot by feature, each a row over the classes."""
        rows = self._rows.get((slot, names))
        if rows is None:
            known = self.weights.get(slot, {})
            rows = {f: tuple(w.get(name, 0.0) for name in names) for f, w in known.items()}
            self._rows[slot, names] = rows
        return rows

    def choose(self, slot: str, span: Span, candidates: Sequence[Candidate[T]]) -> Choice[T]:
        """Return the best candidate; the first of equals."""
        known = self._known(slot, ("",))
        scores = [
            sum([known[f][0] for f in candidate.features if f in known]) for candidate in candidates
        ]
        return ranked([c.value for c in candidates], scores)


def ranked(values: Sequence[T], scores: Sequence[float]) -> Choice[T]:
    """Return the choice that scores make."""
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)  # equals stay in order
    best = scores[order[0]]
    odds = [exp(scores[i] - best) for i in order]
    whole = sum(odds)
    return Choice(
        values[order[0]], tuple([(values[i], o / whole) for i, o in zip(order, odds, strict=True)])
    )
