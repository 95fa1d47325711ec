"""Levels: what an article says stood on a day, as counts and rates of one class of households.

An article that gives two different numbers for one level leaves it open which counts; such a level
takes part in nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared.press.figures.checks.bounds import Bounds, bounds, quantum, shared_quantum
from shared.press.figures.checks.items import Item, PlaceKey, levels
from shared.press.figures.checks.official import confirming
from shared.press.figures.figure import Figure
from shared.press.reference_figures import References

MISREAD = 2  # bases so many times apart are of two places, not of one
# Units kept their codes when they merged on this day, so no base is carried across it.
MERGER = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Class:
    """The measures of one class of households."""

    count: str
    rate: str
    count_change: str
    rate_change: str


CLASSES = (
    Class("poor_households", "poverty_rate", "poor_households_change", "poverty_rate_change_pp"),
    Class(
        "near_poor_households",
        "near_poverty_rate",
        "near_poor_households_change",
        "near_poverty_rate_change_pp",
    ),
    Class(
        "poor_and_near_poor_households",
        "poor_and_near_poor_rate",
        "poor_and_near_poor_households_change",
        "poor_and_near_poor_rate_change_pp",
    ),
)
COUNTS = frozenset(name for one in CLASSES for name in (one.count, one.count_change))
UNITS = {one.count: "households" for one in CLASSES} | {one.rate: "percent" for one in CLASSES}
UNITS |= {one.count_change: "households" for one in CLASSES}
UNITS |= {one.rate_change: "percentage_points" for one in CLASSES}

Population = tuple[PlaceKey, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The levels of one place and population by day and measure, and their printed places.

    `official` are the numbers that official figures give for a level which they confirm: an article
    may quote the first count of a new standard, or a later one.
    """

    days: dict[date, dict[str, Item]]
    step: Fraction | None
    official: dict[int, list[Fraction]]

    def get(self, day: date | None, measure: str) -> Item | None:
        """Return the level of a measure on a day, if there is one."""
        return self.days[day].get(measure) if day in self.days else None

    def bounds(self, item: Item) -> Bounds:
        """Return the bounds of one of the levels or changes of this place and population."""
        own = bounds(item.figure, self.step if item.measure in COUNTS else None)
        said = self.official.get(item.position, ())
        return Bounds(min((own.low, *said)), max((own.high, *said))) if said else own


def tables(found: Sequence[Item], references: References) -> dict[Population, Table]:
    """Return the table of each place and population of which a level or a change is given."""
    counted: dict[Population, list[Figure]] = defaultdict(list)
    for item in found:
        if item.measure in COUNTS and item.figure.unit == "households":
            counted[population(item)].append(item.figure)
    days = _days(item for item in levels(found) if UNITS.get(item.measure) == item.figure.unit)
    keys = dict.fromkeys((*days, *counted))
    return {key: _table(days.get(key, {}), counted.get(key, []), references) for key in keys}


def _table(
    days: dict[date, dict[str, Item]], counted: list[Figure], references: References
) -> Table:
    told = [item for day in days.values() for item in day.values()]
    official = {item.position: [one.value for one in confirming(item, references)] for item in told}
    return Table(days, shared_quantum(counted), official)


def population(item: Item) -> Population:
    """Return the place and population of an item."""
    return (item.place, item.figure.population)


def _days(found: Iterable[Item]) -> dict[Population, dict[date, dict[str, Item]]]:
    said: dict[Population, dict[date, dict[str, list[Item]]]] = {}
    for item in found:
        if item.day is not None:
            day = said.setdefault(population(item), {}).setdefault(item.day, {})
            day.setdefault(item.measure, []).append(item)
    return {
        key: {day: _agreed(measures) for day, measures in sorted(days.items())}
        for key, days in said.items()
    }


def _agreed(measures: dict[str, list[Item]]) -> dict[str, Item]:
    finest = {name: min(items, key=_fineness) for name, items in measures.items()}
    return {name: item for name, item in finest.items() if _all_meet(item, measures[name])}


def _fineness(item: Item) -> tuple[bool, Fraction]:
    return (item.figure.qualifier != "exact", quantum(item.figure))


def _all_meet(item: Item, others: list[Item]) -> bool:
    own = bounds(item.figure)
    return all(own.meets(bounds(other.figure)) for other in others)


def merged_between(first: date, last: date) -> bool:
    """Say whether the units of the first day are not those of the last."""
    return first < MERGER <= last
