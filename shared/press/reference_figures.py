"""Reference figures: official numbers that articles are held against, and set amounts for each one.

Several official values may stand for one place, measure and day: of two standards, or before and
after a revision. A soft value (an estimate, a preliminary number, one that no source was read for)
can agree with a figure but never contradicts one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from shared.kernel.errors import PolicyError
from shared.press.figures.figure import Figure

HOUSEHOLDS = "households_total"
_RATES = {"poor_households": "poverty_rate", "near_poor_households": "near_poverty_rate"}
_BOTH_COUNT, _BOTH_RATE = "poor_and_near_poor_households", "poor_and_near_poor_rate"
_HARD_MARKS = frozenset({"C", "P"})
_MARKS = _HARD_MARKS | {"K"}
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ReferenceFigure:
    """One official number. `step` is its last printed place, 0 where it is worked out exactly.

    `baseline` marks a first count under a new standard, which is revised later by small amounts.
    """

    area_code: str
    measure: str
    on: date
    value: Fraction
    step: Fraction = Fraction(1)
    population: str = "all"
    standard: str | None = None
    decision_no: str | None = None
    confidence: str = "C"
    soft: bool = False
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class Norm:
    """What each one gets by law: households or persons of a group, in money or in kind."""

    counted: str
    population: str
    measure: str
    unit: str
    each: Fraction
    legal_basis: str

    def covers(self, count: Figure, total: Figure) -> bool:
        """Say whether a count and a sum are of the group and of the kind that the norm sets."""
        grouped = self.population == count.population and self.counted == count.unit
        return grouped and self.measure == total.measure and self.unit == total.unit


@dataclass(frozen=True, slots=True)
class BaseBreak:
    """Some day after `after`, up to `until`, all households of a place were counted otherwise."""

    area_code: str
    after: date
    until: date


@dataclass(frozen=True)
class References:
    """All reference figures and norms, found by place, measure and population."""

    figures: tuple[ReferenceFigure, ...] = ()
    norms: tuple[Norm, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    breaks: tuple[BaseBreak, ...] = ()
    _series: dict[Key, dict[date, list[ReferenceFigure]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Index the figures, and what follows from them exactly."""
        for figure in (*self.figures, *_derived(self.figures)):
            key = (figure.area_code, figure.measure, figure.population)
            self._series.setdefault(key, {}).setdefault(figure.on, []).append(figure)

    def lookup(
        self, area_code: str, measure: str, on: date, population: str = "all"
    ) -> tuple[ReferenceFigure, ...]:
        """Return every official value of a place, measure and day; any of them may be quoted."""
        return tuple(self._series.get((area_code, measure, population), {}).get(on, ()))

    def series(self, area_code: str, measure: str) -> list[ReferenceFigure]:
        """Return every official value of a place and measure, in order of days."""
        days = self._series.get((area_code, measure, "all"), {})
        return [figure for day in sorted(days) for figure in days[day]]

    def other_days(
        self, area_code: str, measure: str, on: date, population: str = "all"
    ) -> Iterator[ReferenceFigure]:
        """Yield the official values of all other days, the nearest day first."""
        days = self._series.get((area_code, measure, population), {})
        for day in sorted(days, key=lambda other: (abs(other - on), other)):
            if day != on:
                yield from days[day]

    def base_broken(self, area_code: str, first: date, last: date) -> bool:
        """Say whether a break of the base may lie between two days."""
        return any(
            one.area_code == area_code and first < one.until and one.after < last
            for one in self.breaks
        )

    def region(self, name: str) -> str | None:
        """Return the code of a region, which has no area code of its own, by one of its names."""
        return self.names.get(name.casefold())


Register = Callable[[str, str, date, str], Decimal | None]
"""What the register counts: (area code, measure, day, population); None where it does not know."""


def read_reference_figures(document: Mapping[str, Any]) -> References:
    """Build the references from their document (`seeds/reference_figures.yaml`).

    Raises `reference_incomplete`, `reference_repeated` and `reference_unknown`.
    """
    figures = tuple(_figure(entry) for entry in document["figures"])
    _check_repeated(figures)
    norms = tuple(_norm(entry) for entry in document.get("norms") or ())
    names = {
        name.casefold(): region["code"]
        for region in document.get("regions") or ()
        for name in region["names"]
    }
    breaks = tuple(
        BaseBreak(one["area_code"], one["after"], one["until"])
        for one in document.get("base_breaks") or ()
    )
    return References(figures, norms, names, breaks)


def _figure(entry: Mapping[str, Any]) -> ReferenceFigure:
    for key in ("area_code", "measure", "date", "value", "confidence"):
        if entry.get(key) in (None, ""):
            raise PolicyError("reference_incomplete", f"a reference figure has no {key}: {entry}")
    confidence, value = entry["confidence"], Decimal(str(entry["value"]))
    if confidence not in _MARKS:
        raise PolicyError("reference_unknown", f"{confidence!r} is no mark of confidence: {entry}")
    unsure = entry.get("estimate") or entry.get("preliminary") or entry.get("approximate")
    exponent = value.as_tuple().exponent
    return ReferenceFigure(
        area_code=entry["area_code"],
        measure=entry["measure"],
        on=entry["date"],
        value=Fraction(value),
        step=Fraction(10) ** (exponent if isinstance(exponent, int) else 0),
        population=entry.get("population", "all"),
        standard=entry.get("standard"),
        decision_no=entry.get("decision_no"),
        confidence=confidence,
        soft=bool(unsure) or confidence not in _HARD_MARKS,
        baseline=bool(entry.get("baseline")),
    )


def _norm(entry: Mapping[str, Any]) -> Norm:
    return Norm(
        counted=entry["counted"],
        population=entry["population"],
        measure=entry["measure"],
        unit=entry["unit"],
        each=Fraction(Decimal(str(entry["each"]))),
        legal_basis=entry["legal_basis"],
    )


def _check_repeated(figures: Iterable[ReferenceFigure]) -> None:
    seen: set[tuple[object, ...]] = set()
    for one in figures:
        key = (one.area_code, one.measure, one.on, one.population, one.standard, one.value)
        if key in seen:
            raise PolicyError("reference_repeated", f"a reference figure stands twice: {one}")
        seen.add(key)


def _derived(figures: Sequence[ReferenceFigure]) -> Iterator[ReferenceFigure]:
    """Yield the rates and the sums of both lists that no decision prints."""
    days: dict[tuple[object, ...], dict[str, list[ReferenceFigure]]] = defaultdict(dict)
    for one in figures:
        day = days[one.area_code, one.on, one.population, one.standard]
        day.setdefault(one.measure, []).append(one)
    for measures in days.values():
        yield from _both_lists(measures)
    for measures in days.values():
        yield from _rates(measures)


def _both_lists(measures: dict[str, list[ReferenceFigure]]) -> Iterator[ReferenceFigure]:
    poor, near = measures.get("poor_households", ()), measures.get("near_poor_households", ())
    if len(poor) == len(near) == 1 and _BOTH_COUNT not in measures:
        both = _worked_out(_BOTH_COUNT, poor[0].value + near[0].value, poor[0], near[0])
        measures[_BOTH_COUNT] = [both]
        yield both


def _rates(measures: Mapping[str, list[ReferenceFigure]]) -> Iterator[ReferenceFigure]:
    for base in measures.get(HOUSEHOLDS, ()):
        for count, rate in (*_RATES.items(), (_BOTH_COUNT, _BOTH_RATE)):
            for one in measures.get(count, ()) if rate not in measures else ():
                yield _worked_out(rate, one.value * 100 / base.value, one, base)


def _worked_out(
    measure: str, value: Fraction, one: ReferenceFigure, other: ReferenceFigure
) -> ReferenceFigure:
    return ReferenceFigure(
        area_code=one.area_code,
        measure=measure,
        on=one.on,
        value=value,
        step=Fraction(0),
        population=one.population,
        standard=one.standard,
        decision_no=one.decision_no,
        confidence=min(one.confidence, other.confidence, key="KPC".index),
        soft=one.soft or other.soft,
        baseline=one.baseline or other.baseline,
    )
