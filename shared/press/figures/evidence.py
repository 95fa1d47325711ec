"""Choosing by evidence: every candidate bears named features, every feature has a weight.

The weights are data, fitted on the labelled articles by `tests/eval/fit.py`; what each kind of
feature is for stands in `features.yaml`. A score is the sum of the weights of a candidate's
features; the best wins, and its share of the odds says how sure that is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import exp
from struct import Struct
from typing import Generic, Protocol, TypeVar

T = TypeVar("T", bound=Hashable)
Span = tuple[int, int]  # of a number in the text as sent
Bundle = tuple[str, ...]  # features that come together: those of one phrase, one time, one place
# slot -> feature -> class -> weight; a slot whose candidates are no classes has the one class "".
Weights = Mapping[str, Mapping[str, Mapping[str, float]]]
CLOSE = 0.15  # 57 % against 42 % is little more than the toss of a coin
_CLEAR = 400  # who leads by so much is not close, whatever three hundred others share
_HUNDREDTHS = 100  # scores are whole numbers of them: sums are the same in every order
_LANE = 32  # bits that the sum for one class takes
_MIDDLE = 1 << (_LANE - 1)
_BUNDLES_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """One answer for a slot and what speaks for or against it."""

    value: T
    bundles: Sequence[Bundle]


class Choice(Generic[T]):
    """The winner of a slot among all candidates, by their scores in hundredths."""

    __slots__ = ("_scores", "_values", "value")

    def __init__(self, values: Sequence[T], scores: Sequence[int]) -> None:
        self._values, self._scores = values, scores
        self.value = values[scores.index(max(scores))]  # the first of equals

    @property
    def ranked(self) -> tuple[tuple[T, float], ...]:
        """All candidates with their probabilities, the best first."""
        odds = self._odds()
        order = sorted(range(len(odds)), key=odds.__getitem__, reverse=True)
        whole = sum(odds[i] for i in order)
        return tuple((self._values[i], odds[i] / whole) for i in order)

    @property
    def is_close(self) -> bool:
        """Say whether the second reading is nearly as probable as the first."""
        best, *others = sorted(self._scores, reverse=True)
        if not others or best - others[0] > _CLEAR:
            return False
        odds = self._odds()
        return (1.0 - exp((others[0] - best) / _HUNDREDTHS)) / sum(odds) < CLOSE

    def _odds(self) -> list[float]:
        best = max(self._scores)
        return [exp((score - best) / _HUNDREDTHS) for score in self._scores]


class Chooser(Protocol):
    """Chooses among candidates; the fitting script looks in here."""

    def classify(
        self, slot: str, span: Span, names: Sequence[str], bundles: Sequence[Bundle]
    ) -> Choice[str]:
        """Return the best class for a number of the text."""
        ...

    def choose(self, slot: str, span: Span, candidates: Sequence[Candidate[T]]) -> Choice[T]:
        """Return the best candidate for a number of the text."""
        ...


class _Scale:
    """The weights of one slot for some classes; what a bundle weighs is summed up once.

    The scores of all classes stand side by side in one whole number, and are added at once.
    """

    def __init__(self, weights: Mapping[str, Mapping[str, float]], names: Sequence[str]) -> None:
        self._lanes = Struct(f"<{len(names)}I")
        self._middles = sum(_MIDDLE << _LANE * i for i in range(len(names)))
        lanes = {name: _LANE * i for i, name in enumerate(names)}
        self._features = {
            feature: sum(
                [round(w * _HUNDREDTHS) << lanes[name] for name, w in said.items() if name in lanes]
            )
            for feature, said in weights.items()
        }
        self._bundles: dict[Bundle, int] = {}

    def total(self, bundles: Iterable[Bundle]) -> int:
        """Return the sum of what the bundles weigh."""
        known = self._bundles
        total = 0
        for bundle in bundles:
            weight = known.get(bundle)
            total += self._weigh(bundle) if weight is None else weight
        return total

    def _weigh(self, bundle: Bundle) -> int:
        if len(self._bundles) >= _BUNDLES_MAX:
            self._bundles.clear()
        known = self._features
        weight = self._bundles[bundle] = sum([known[f] for f in bundle if f in known])
        return weight

    def scores(self, total: int) -> tuple[int, ...]:
        """Return the sum for each class; all are raised alike, which changes no difference."""
        return self._lanes.unpack((total + self._middles).to_bytes(self._lanes.size, "little"))


@dataclass(frozen=True)
class Fitted:
    """Choosing by fitted weights."""

    weights: Weights
    _scales: dict[tuple[str, Sequence[str]], _Scale] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def classify(
        self, slot: str, span: Span, names: Sequence[str], bundles: Sequence[Bundle]
    ) -> Choice[str]:
        """Return the best class; every feature speaks for every class with its own weight."""
        scale = self._scale(slot, names)
        return Choice(names, scale.scores(scale.total(bundles)))

    def choose(self, slot: str, span: Span, candidates: Sequence[Candidate[T]]) -> Choice[T]:
        """Return the best candidate; the first of equals."""
        total = self._scale(slot, ("",)).total
        return Choice([c.value for c in candidates], [total(c.bundles) for c in candidates])

    def _scale(self, slot: str, names: Sequence[str]) -> _Scale:
        scale = self._scales.get((slot, names))
        if scale is None:
            scale = self._scales[slot, names] = _Scale(self.weights.get(slot, {}), names)
        return scale


def spread(bundles: Iterable[Bundle]) -> list[str]:
    """Return the features of bundles one by one."""
    return list(chain.from_iterable(bundles))
