"""Relapse watch: who of the near-poor and recently exited may fall back, by a published score.

Points for what is known on a day; how often the score was right on past days is counted on the
registry's own history.

Law: none (no act names a score; `relapse_watch` of `seeds/policy/register_checks.yaml` says it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shared.kernel.periods import add_months
from shared.law.register_checks import WatchRule
from shared.law.standards import LISTS, Standard, Status


@dataclass(frozen=True, slots=True)
class Watched:
    """A near-poor or recently exited household on a day, as its review in force measured it.

    `times_listed`: how often it was on a list before; `off_list_since`: when that ended last.
    `came_back`: whether it did within the months after the day; of a day to come it is false.
    """

    household_id: str
    area_id: int | None
    status: Status
    since: date
    area_type: str
    income_vnd: int | None
    deprivations: int | None
    no_labour_capacity: bool | None
    household_size: int | None
    times_listed: int
    off_list_since: date | None
    came_back: bool


def measures_of(watched: Watched, standard: Standard, day: date) -> Mapping[str, int | None]:
    """Return what rules look at; None: nobody stated it."""
    capacity = watched.no_labour_capacity
    return {
        "income_over_line_percent": _over_line(watched, standard),
        "deprivations": watched.deprivations,
        "times_listed": watched.times_listed,
        "months_since_list": _months(watched.off_list_since, day),
        "no_labour_capacity": None if capacity is None else int(capacity),
        "household_size": watched.household_size,
    }


def _over_line(watched: Watched, standard: Standard) -> int | None:
    """Return by how many percent the income is above the highest line of a list, rounded down."""
    if watched.income_vnd is None:
        return None
    rules = standard.income_rules[watched.area_type]
    line = max(rule.at_most or 0 for rule in rules if rule.outcome in LISTS)
    return (watched.income_vnd - line) * 100 // line


def _months(since: date | None, day: date) -> int | None:
    """Return how many whole months have passed."""
    if since is None:
        return None
    months = (day.year - since.year) * 12 + day.month - since.month
    return months - (add_months(since, months) > day)


@dataclass(frozen=True, slots=True)
class WatchScore:
    """Points, the rules that gave them, and the measures that nobody stated."""

    points: int
    rules: tuple[WatchRule, ...]
    missing: tuple[str, ...]


def scored(measures: Mapping[str, int | None], rules: Sequence[WatchRule]) -> WatchScore:
    """Return the score of a household."""
    stated = {name: value for name, value in measures.items() if value is not None}
    held = tuple(r for r in rules if r.measure in stated and r.holds(stated[r.measure]))
    measured = dict.fromkeys(rule.measure for rule in rules)
    missing = tuple(name for name in measured if name not in stated)
    return WatchScore(sum(rule.points for rule in held), held, missing)


@dataclass(frozen=True, slots=True)
class Band:
    """Households with so many points or more, and how many of them came back."""

    points: int
    households: int
    came_back: int


def bands(outcomes: Iterable[tuple[int, bool]]) -> list[Band]:
    """Return, for each number of points that somebody has, who has as many or more."""
    sums: dict[int, tuple[int, int]] = {}
    for points, back in outcomes:
        households, came_back = sums.get(points, (0, 0))
        sums[points] = households + 1, came_back + back
    total, returned, falling = 0, 0, []
    for points in sorted(sums, reverse=True):
        total, returned = total + sums[points][0], returned + sums[points][1]
        falling.append(Band(points, total, returned))
    return falling[::-1]
