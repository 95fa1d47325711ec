"""Tallies: what is counted of households, as amounts that add up over days, communes and commits.

A household's episodes are turned into amounts per (commune, day, key). The sum of all amounts with
a day up to `as_of`, stored up to `known_at`, is the count then: a status that begins adds one on
its day, one that ends takes it away, a flow adds one on the day it happens. A correction stores the
amounts by which the new episodes differ from the old ones, so no stored amount is ever changed.

The commune is the one that was reported, on the map of the day that the fact names: it never
changes, and a unit after a merger is the sum of what was merged.

Law: none (sums of what the episodes say, for speed).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Protocol

from shared.households.status_flows import UNCLASSED, keys_since
from shared.law.standards import LISTS

# A household without a place counts for the country alone.
NOWHERE = -1
# How the key begins of households that are in a class on a day; all others are of flows or lacks.
HELD = "held|"
BY_STANDARD = "by_standard_"

_UNCLASSED = (UNCLASSED,)

Count = tuple[str | None, str, int]


# Per commune, day and key, which is one of `_keys`, of `_flows` or of `keys_since`.
Amounts = dict[tuple[int, date, str], int]


class Counted(Protocol):
    """An episode, as far as it is counted."""

    @property
    def valid_from(self) -> date:
        """Its first day."""

    @property
    def valid_to(self) -> date | None:
        """The day after its last; None: open."""

    @property
    def status(self) -> str | None:
        """None before the first review, "closed" after the end."""

    @property
    def standard(self) -> str | None:
        """The poverty standard of its review."""

    @property
    def area_id(self) -> int | None:
        """The commune as reported."""

    @property
    def area_type(self) -> str | None:
        """Rural or urban."""

    @property
    def ethnic_group(self) -> str | None:
        """As reported, in the words of the caller."""

    @property
    def deprived(self) -> Sequence[str] | None:
        """Codes of the indicators that the household lacks."""

    @property
    def entry(self) -> str | None:
        """How a list was entered on its first day, if one was."""

    @property
    def renumbered_area(self) -> int | None:
        """Where the household lived or lives under its other id, if it changed it on that day."""


@dataclass
class Counts:
    """How many households there are: (group, status, number) per grouping.

    `by_indicator` has (standard, indicator code, status, number of deprived households).
    """

    by_status: list[tuple[str, int]] = field(default_factory=list)
    by_ethnicity: list[Count] = field(default_factory=list)
    by_area_type: list[Count] = field(default_factory=list)
    by_indicator: list[tuple[str, str, str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ByStandardChange:
    """The part of the flows in which the poverty standard changed with the status."""

    left: int = 0
    relapsed: int = 0
    newly_arisen: int = 0


@dataclass(frozen=True, slots=True)
class Flows:
    """Gross flows of one list, with start and end counted on their own.

    `renumbered` went out under one id and came in under another, so they change no sum.
    """

    start: int
    left: int
    relapsed: int
    newly_arisen: int
    moved_in: int
    moved_out: int
    closed: int
    end: int
    renumbered: int = 0
    by_standard_change: ByStandardChange = ByStandardChange()

    def balanced(self) -> bool:
        """Say whether the flows lead from the start to the end."""
        gained = self.relapsed + self.newly_arisen + self.moved_in
        return self.end == self.start + gained - self.left - self.moved_out - self.closed


def add(
    amounts: Amounts,
    earlier: Sequence[Counted],
    episodes: Iterable[Counted],
    sign: int,
) -> None:
    """Add what a household's episodes count, or take it away; `earlier` are those before them.

    A change is to take away the episodes stored and to add the new ones, from the first that
    differs: so a long history costs nothing. Of `earlier` those are needed that begin in the year
    of the first that differs, and one before.
    """
    count = amounts.get
    before = earlier[-1] if earlier else None
    base: tuple[str | None, int] | None = None
    year: int | None = None
    for episode in episodes:
        commune, start, end = _commune(episode), episode.valid_from, episode.valid_to
        for key in _keys(episode):
            place = commune, start, key
            amounts[place] = count(place, 0) + sign
            if end is not None:
                place = commune, end, key
                amounts[place] = count(place, 0) - sign
        for where, key in _flows(before, episode, commune):
            place = where, start, key
            amounts[place] = count(place, 0) + sign
        if start.year != year:
            base, year = _base(earlier, before, start.year), start.year
        if since := keys_since(base, episode.status, commune):
            _add_since(amounts, since, start, end, sign)
        before = episode


def _add_since(
    amounts: Amounts, since: Sequence[tuple[int, str]], start: date, end: date | None, sign: int
) -> None:
    """Add what is told of the year that an episode begins in, until it or the year ends."""
    for where, key in since:
        amounts[where, start, key] = amounts.get((where, start, key), 0) + sign
        if end is not None and end.year == start.year:
            amounts[where, end, key] = amounts.get((where, end, key), 0) - sign


def _base(
    earlier: Sequence[Counted], before: Counted | None, year: int
) -> tuple[str | None, int] | None:
    """Return where a household stood when a year began, if it was registered.

    `before` is the episode before the first one of the year that is counted.
    """
    if before is not None and before.valid_from.year == year:
        before = next((e for e in reversed(earlier) if e.valid_from.year < year), None)
    if before is None or (before.valid_to is not None and before.valid_to.year < year):
        return None
    return before.status, _commune(before)


def _commune(episode: Counted) -> int:
    return NOWHERE if episode.area_id is None else episode.area_id


def _keys(episode: Counted) -> Sequence[str]:
    """Return what an episode is counted as on each of its days."""
    status = episode.status
    if status is None:
        return _UNCLASSED
    if status == "closed":
        return ()
    key = _held(status, episode.area_type, episode.ethnic_group)
    if status not in LISTS:
        return (key,)
    standard = episode.standard
    return [key, *(_lacking(status, standard, code) for code in episode.deprived or ())]


# The ethnic group is the caller's text: it comes last and may hold any character.
@lru_cache(4096)
def _held(status: str, area_type: str | None, group: str | None) -> str:
    key = f"{HELD}{status}|{area_type or ''}"
    return key if group is None else f"{key}|{group}"


@lru_cache(4096)
def _lacking(status: str, standard: str | None, code: str) -> str:
    return f"lacking|{status}|{standard}|{code}"


def _flows(before: Counted | None, episode: Counted, commune: int) -> Sequence[tuple[int, str]]:
    """Return the flows on an episode's first day, each with the commune that it counts in.

    A day's move comes before its change of status: what happens on the day happens where the
    household lives at its end. A closure is told where it lived before. `entry` stands only on the
    day that a list is entered, so it needs no look at the day before.
    """
    flows = _entry(before, episode, commune)
    if before is None or before.status not in LISTS:
        return flows
    listed, origin = before.status, _commune(before)
    if episode.status == "closed":
        return [*flows, (origin, _closing(listed, episode))]
    if episode.status != listed:
        flows += _changed(before, episode, commune, f"left|{listed}")
    if commune != origin:
        flows += (origin, f"moved_out|{listed}|{commune}"), (commune, f"moved_in|{listed}|{origin}")
    return flows


def _entry(before: Counted | None, episode: Counted, commune: int) -> list[tuple[int, str]]:
    if episode.entry is None or episode.status not in LISTS:
        return []
    key = f"{episode.entry}|{episode.status}"
    if episode.renumbered_area is not None:
        return [(commune, f"{key}|{episode.renumbered_area}")]
    return _changed(before, episode, commune, key)


def _closing(listed: str, episode: Counted) -> str:
    if episode.renumbered_area is None:
        return f"closed|{listed}"
    return f"moved_on|{listed}|{episode.renumbered_area}"


def _changed(
    before: Counted | None, episode: Counted, commune: int, key: str
) -> list[tuple[int, str]]:
    """Return a flow, and again as the part of a new standard if it came with one."""
    standards = before and before.standard, episode.standard
    changed = None not in standards and standards[0] != standards[1]
    return [(commune, key), *([(commune, f"{BY_STANDARD}{key}")] if changed else [])]


def counts_of(totals: Mapping[str, int]) -> Counts:
    """Read the totals of a day as counts by status, group, area type and indicator."""
    by_status: dict[str, int] = {}
    by_group: dict[tuple[str | None, str], int] = {}
    by_type: dict[tuple[str | None, str], int] = {}
    counts = Counts()
    for key, number in totals.items():
        kind, _, rest = key.partition("|")
        if kind == "held":
            status, area_type, *group = rest.split("|", 2)
            by_status[status] = by_status.get(status, 0) + number
            one = (group[0] if group else None, status)
            by_group[one] = by_group.get(one, 0) + number
            other = (area_type or None, status)
            by_type[other] = by_type.get(other, 0) + number
        elif kind == "lacking" and number:
            status, standard, code = rest.split("|", 2)
            counts.by_indicator.append((standard, code, status, number))
    counts.by_status = [(status, number) for status, number in by_status.items() if number]
    counts.by_ethnicity = [(*group, number) for group, number in by_group.items() if number]
    counts.by_area_type = [(*kind, number) for kind, number in by_type.items() if number]
    return counts


def flows_of(
    start: Mapping[str, int],
    end: Mapping[str, int],
    listed: str,
    communes: Collection[int] | None,
) -> Flows:
    """Read a list's flows between two days from the totals of both, summed over communes.

    Moves between two of them (None: all) stay inside the area asked for and count nothing.
    """
    inside = None if communes is None else set(communes)
    sums: dict[tuple[str, bool], int] = {}
    for key in start.keys() | end.keys():
        kind, _, rest = key.partition("|")
        name, _, other = rest.partition("|")
        if name == listed and kind not in ("held", "lacking"):
            within = not other or inside is None or int(other) in inside
            number = end.get(key, 0) - start.get(key, 0)
            sums[kind, within] = sums.get((kind, within), 0) + number
    return Flows(
        start=_held_on(start, listed),
        end=_held_on(end, listed),
        **{kind: sums.get((kind, True), 0) for kind in (*_ENTRIES, "closed", "renumbered")},
        moved_in=sums.get(("moved_in", False), 0) + sums.get(("renumbered", False), 0),
        moved_out=sums.get(("moved_out", False), 0) + sums.get(("moved_on", False), 0),
        by_standard_change=ByStandardChange(
            *(sums.get((BY_STANDARD + kind, True), 0) for kind in _ENTRIES)
        ),
    )


_ENTRIES = ("left", "relapsed", "newly_arisen")


def _held_on(totals: Mapping[str, int], status: str) -> int:
    return sum(number for key, number in totals.items() if key.startswith(f"{HELD}{status}|"))
