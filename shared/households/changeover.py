"""The changeover board: the class of today's households under another standard, before it counts.

A review measured what its own standard asks. What another standard asks beside that is not known,
and may be lacking or not: such a household has a range of classes, never a guess. Indicators are
comparable where both standards call them by one word.

Law: 351/2025/NĐ-CP (the standard of 2027-2030), 07/2021/NĐ-CP Art. 3 (that of today); no act says
how indicators of the two compare.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from shared.law.standards import LISTS, ClassRule, Recognised, Standard

Becomes = Literal["stays", "newly_poor", "newly_near_poor", "leaves", "uncertain", "unknown"]
CLASSES: tuple[Recognised, ...] = (*LISTS, "non_poor")


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What measures a household: rules by area type, and the words of the indicators counted.

    None: whatever indicators the household's own review measured.
    """

    rules: Mapping[str, Sequence[ClassRule]]
    indicators: frozenset[str] | None

    @classmethod
    def of(cls, standard: Standard) -> Yardstick:
        """Return that of a standard."""
        return cls(standard.income_rules, frozenset(i.key for i in standard.indicators))

    def unknown(self, measured: Collection[str]) -> frozenset[str]:
        """Return the indicators that a review which measured some others says nothing of."""
        return frozenset() if self.indicators is None else self.indicators - frozenset(measured)

    def classes(
        self, area_type: str, income: int, lacking: Collection[str], measured: Collection[str]
    ) -> tuple[Recognised, ...]:
        """Return the classes that a household may be in: one where no unknown can matter."""
        lacks = frozenset(lacking)
        least = len(lacks if self.indicators is None else self.indicators & lacks)
        most = least + len(self.unknown(measured))
        possible = {self._class(area_type, income, number) for number in range(least, most + 1)}
        return tuple(name for name in CLASSES if name in possible)

    def _class(self, area_type: str, income: int, lacking: int) -> Recognised:
        for rule in self.rules[area_type]:
            if rule.matches(income, lacking):
                return "poor" if rule.outcome == "poor" else _near(rule.outcome)
        return "non_poor"

    def lines(self) -> list[int]:
        """Return the incomes at which a rule begins or ends to hold: the first đồng above each."""
        bounds = {
            bound + 1
            for rules in self.rules.values()
            for rule in rules
            for bound in (rule.above, rule.at_most)
            if bound is not None
        }
        return sorted(bounds)


def _near(outcome: str) -> Recognised:
    return "near_poor" if outcome in LISTS else "non_poor"


def incomes_of(lines: Sequence[int]) -> list[int]:
    """Return an income of each stretch between two lines: all of a stretch are judged alike."""
    return [0, *lines]


@dataclass(frozen=True, slots=True)
class Judged:
    """Households alike: today's class, and those they may be in; none where nothing tells."""

    area_id: int | None
    today: Recognised
    coming: tuple[Recognised, ...]
    households: int


@dataclass(frozen=True, slots=True)
class Board:
    """Households of a place by what becomes of them.

    All are in one of the six from `stays` on: certain ones by their class, `uncertain` where what
    is unknown decides, `unknown` where the review has no income. A class lies between `_least` and
    `_most`: who may be in it, all unknown ones included.
    """

    households: int = 0
    poor_today: int = 0
    near_poor_today: int = 0
    non_poor_today: int = 0
    poor_least: int = 0
    poor_most: int = 0
    near_poor_least: int = 0
    near_poor_most: int = 0
    non_poor_least: int = 0
    non_poor_most: int = 0
    stays: int = 0
    newly_poor: int = 0
    newly_near_poor: int = 0
    leaves: int = 0
    uncertain: int = 0
    unknown: int = 0


def board_of(judged: Iterable[Judged]) -> Board:
    """Sum up a place."""
    sums = dict.fromkeys((each.name for each in fields(Board)), 0)
    for each in judged:
        possible = each.coming or CLASSES
        names = ["households", f"{each.today}_today", becomes(each.today, each.coming)]
        names += [f"{name}_most" for name in possible]
        names += [f"{name}_least" for name in possible if len(possible) == 1]
        for name in names:
            sums[name] += each.households
    return Board(**sums)


def becomes(today: Recognised, coming: Sequence[Recognised]) -> Becomes:
    """Say what becomes of a household."""
    if not coming:
        return "unknown"
    if len(coming) > 1:
        return "uncertain"
    (name,) = coming
    if name == today:
        return "stays"
    if name == "non_poor":
        return "leaves"
    return "newly_poor" if name == "poor" else "newly_near_poor"
