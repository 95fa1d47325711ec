"""The year-end book: what happened to both lists of a place in a year, in the official form.

Households pass: they are on a list, come on it, leave it, move. What a row of the form counts is
summed up from such passages; a row is a set of places, so one reading of the register serves them
all. A flow that the form has no column for goes into the nearest one, with a footnote, so that
start - left + relapsed + newly arisen = end holds on the sheet.

Law: 17/2016/TT-BLĐTBXH form 3 and 07/2021/TT-BLĐTBXH annex VII (movement of poor and near-poor
households by unit, town and country, minorities beside), 24/2021/QĐ-TTg (recognised households).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Generic, Literal, Protocol, TypeVar

from shared.law.standards import ListName, Standards

Kind = Literal[
    "start",
    "left",
    "relapsed",
    "newly_arisen",
    "moved",
    "closed",
    "renumbered_in",
    "renumbered_out",
    "end",
]


@dataclass(frozen=True, slots=True)
class Dwelling:
    """Where a household lives: its commune as reported, and whether that is town or country."""

    area_id: int | None
    area_type: str | None


Within = Callable[[Dwelling], bool]


@dataclass(frozen=True, slots=True)
class Passage:
    """Households that did one thing on one list; `origin`: where those that moved lived before."""

    list: ListName
    kind: Kind
    place: Dwelling
    origin: Dwelling | None
    minority: bool
    standard_changed: bool
    households: int


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of the form counts of one list, gross, before anything is put into a column.

    `by_standard_…`: the part of a flow in which the poverty standard changed with the class.
    """

    start: int = 0
    start_minority: int = 0
    left: int = 0
    relapsed: int = 0
    newly_arisen: int = 0
    moved_in: int = 0
    moved_out: int = 0
    closed: int = 0
    renumbered_in: int = 0
    renumbered_out: int = 0
    end: int = 0
    end_minority: int = 0
    by_standard_left: int = 0
    by_standard_relapsed: int = 0
    by_standard_newly_arisen: int = 0

    @property
    def renumbered(self) -> int:
        """Return how many more went on under a new id here than did so elsewhere."""
        return self.renumbered_in - self.renumbered_out

    @property
    def form_left(self) -> int:
        """Return the form's column "thoát nghèo": left, moved out, ended."""
        return self.left + self.moved_out + self.closed + max(0, -self.renumbered)

    @property
    def form_newly_arisen(self) -> int:
        """Return the form's column "phát sinh": newly arisen, moved in."""
        return self.newly_arisen + self.moved_in + max(0, self.renumbered)

    @property
    def balanced(self) -> bool:
        """Say whether the sheet adds up."""
        return self.end == self.start - self.form_left + self.relapsed + self.form_newly_arisen


class AtPlace(Protocol):
    """What a book counts somewhere."""

    @property
    def place(self) -> Dwelling:
        """Return where that is."""


Counted = TypeVar("Counted", bound=AtPlace)


class ByCommune(Generic[Counted]):
    """What a book counts, by commune: a row of few communes looks at what is theirs alone."""

    def __init__(self, every: Iterable[Counted]) -> None:
        """Put each under where it is; a move also under where it began."""
        self._every = tuple(every)
        self._at: dict[int | None, list[Counted]] = {}
        self._from: dict[int | None, list[Counted]] = {}
        for each in self._every:
            self._at.setdefault(each.place.area_id, []).append(each)
            origin: Dwelling | None = getattr(each, "origin", None)
            if origin is not None:
                self._from.setdefault(origin.area_id, []).append(each)

    def touching(self, communes: Collection[int] | None) -> Iterator[Counted]:
        """Give what is in some communes (None: all), or left them, each once."""
        if communes is None:
            yield from self._every
            return
        for area_id in self._at.keys() & communes:
            yield from self._at[area_id]
        for area_id in self._from.keys() & communes:
            yield from (m for m in self._from[area_id] if m.place.area_id not in communes)


def row_of(passages: Iterable[Passage], listed: str, within: Within) -> Row:
    """Sum up what the places of a row count of one list; moves inside the row count nothing."""
    sums = dict.fromkeys((each.name for each in fields(Row)), 0)
    for passage in passages:
        if passage.list == listed:
            for name in _columns(passage, within):
                sums[name] += passage.households
    return Row(**sums)


def _columns(passage: Passage, within: Within) -> Sequence[str]:
    here = within(passage.place)
    if passage.kind == "moved":
        was_here = passage.origin is not None and within(passage.origin)
        return [] if here == was_here else ["moved_in" if here else "moved_out"]
    if not here:
        return []
    columns: list[str] = [passage.kind]
    if passage.minority and passage.kind in ("start", "end"):
        columns.append(f"{passage.kind}_minority")
    if passage.standard_changed and passage.kind in ("left", "relapsed", "newly_arisen"):
        columns.append(f"by_standard_{passage.kind}")
    return columns


def period_of(standards: Standards, year: int) -> tuple[date, date]:
    """Return the days at whose ends a year's lists are counted.

    A year in which a standard begins starts with the lists of that standard's first day: those of
    the day before were measured by another one.
    """
    first = date(year, 1, 1)
    if any(standard.start == first for standard in standards.items):
        return first, date(year, 12, 31)
    return date(year - 1, 12, 31), date(year, 12, 31)


@dataclass(frozen=True, slots=True)
class Group:
    """Households on a list at the year's end that are alike in where they live, and their numbers.

    `size_unknown`: of whom no review says how many persons they are; `undecided`: whose review
    states no decision.
    """

    list: ListName
    place: Dwelling
    households: int
    minority: int
    no_labour_capacity: int
    merit_member: int
    persons: int
    size_unknown: int
    undecided: int


@dataclass(frozen=True, slots=True)
class TargetGroups:
    """The target groups of one list in one row."""

    households: int = 0
    minority: int = 0
    no_labour_capacity: int = 0
    merit_member: int = 0
    persons: int = 0
    size_unknown: int = 0
    undecided: int = 0


def target_groups(groups: Iterable[Group], listed: str, within: Within) -> TargetGroups:
    """Sum up the target groups of a row."""
    own = [group for group in groups if group.list == listed and within(group.place)]
    names = [each.name for each in fields(TargetGroups)]
    return TargetGroups(**{name: sum(getattr(group, name) for group in own) for name in names})
