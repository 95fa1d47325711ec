"""Why a figure was read as it was: the readings weighed for each slot, and what spoke for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.press.figures.evidence import Bundle, Candidate, Choice, Fitted, Span, T, spread
from shared.press.figures.extraction import extract
from shared.press.figures.figure import Period
from shared.press.figures.fitted import FITTED
from shared.press.figures.gazetteer import Gazetteer, Named

_READINGS_MAX = 3
_REASONS_MAX = 5


@dataclass(frozen=True, slots=True)
class Weighed:
    """One slot of one figure: readings with their probability, and the features of the winner."""

    slot: str
    readings: tuple[tuple[str, float], ...]
    reasons: tuple[tuple[str, float], ...]


@dataclass
class _Explaining:
    """Chooses as the weights say and notes why."""

    fitted: Fitted
    noted: dict[Span, list[Weighed]] = field(default_factory=dict)

    def classify(
        self, slot: str, span: Span, names: Sequence[str], bundles: Sequence[Bundle]
    ) -> Choice[str]:
        """Choose and note."""
        choice = self.fitted.classify(slot, span, names, bundles)
        self._note(slot, span, choice, bundles, choice.value)
        return choice

    def choose(self, slot: str, span: Span, candidates: Sequence[Candidate[T]]) -> Choice[T]:
        """Choose and note."""
        choice = self.fitted.choose(slot, span, candidates)
        winner = next(c for c in candidates if c.value == choice.value)
        self._note(slot, span, choice, winner.bundles, "")
        return choice

    def _note(
        self, slot: str, span: Span, choice: Choice[T] | Choice[str],
        bundles: Sequence[Bundle], name: str,
    ) -> None:  # fmt: skip
        known = self.fitted.weights.get(slot, {})
        weights = {f: known[f][name] for f in spread(bundles) if name in known.get(f, {})}
        strongest = sorted(weights.items(), key=_by_strength)[:_REASONS_MAX]
        readings = tuple((_shown(v), round(p, 3)) for v, p in choice.ranked[:_READINGS_MAX])
        self.noted.setdefault(span, []).append(Weighed(slot, readings, tuple(strongest)))


def _by_strength(weight: tuple[str, float]) -> tuple[float, str]:
    return -abs(weight[1]), weight[0]


def _shown(reading: object) -> str:
    if isinstance(reading, Named):
        return reading.region or (reading.units[0].name if reading.units else reading.printed)
    if isinstance(reading, Period):
        return f"{reading.start.isoformat()}/{reading.end.isoformat()}"
    return "none" if reading is None else str(reading)


def explain(
    text: str,
    *,
    language: str | None,
    published_on: date | None,
    title: str | None,
    gazetteer: Gazetteer,
) -> dict[Span, tuple[Weighed, ...]]:
    """Read an article again; by the span of each figure, how its slots were filled."""
    chooser = _Explaining(FITTED)
    reading = extract(
        text,
        language=language,
        published_on=published_on,
        title=title,
        gazetteer=gazetteer,
        chooser=chooser,
    )
    spans = {(figure.start, figure.end) for figure in reading.figures}
    return {span: tuple(found) for span, found in chooser.noted.items() if span in spans}
