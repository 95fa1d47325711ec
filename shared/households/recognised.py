"""Recognised beside computed: the timeline by what chairmen decided, not by the figures.

It is the same fold with another input: each review counts as the class that its decision
recognised, where one is stated; where none is, the computed class stands in. The two differ in few
households, and only of those a second timeline is kept.

Law: 24/2021/QĐ-TTg Arts. 4-5 (the decision of the chairman makes a household poor or near-poor;
official forms count recognised households), 28/2015/QĐ-TTg (a household left "the list").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from shared.households.events import Assessed, HouseholdEvent
from shared.households.families import Events, older_households
from shared.households.families import timelines as fold
from shared.households.spells import standard_of, verdict_of
from shared.households.tallies import ByStandardChange, Counts, Flows
from shared.households.timeline import Timeline
from shared.law.standards import LISTS, Policy, Recognised

Basis = Literal["computed", "recognised"]


def class_of(status: str) -> Recognised:
    """Return the class behind a status: a household in its exit window is a non-poor one."""
    if status == "poor":
        return "poor"
    return "near_poor" if status in LISTS else "non_poor"


def decided_otherwise(review: Assessed, policy: Policy) -> bool:
    """Say whether a decision recognised another class than the figures give."""
    if review.recognised is None:
        return False
    return verdict_of(review, standard_of(review, policy)).status != review.recognised


def differs(line: Timeline) -> bool:
    """Say whether any review that counts in a computed timeline was decided otherwise."""
    return any(
        episode.assessment is not None
        and episode.assessment.recognised is not None
        and episode.status is not None
        and episode.status != "closed"
        and class_of(episode.status) != episode.assessment.recognised
        for episode in line.episodes
    )


def as_decided(events: Iterable[HouseholdEvent]) -> list[HouseholdEvent]:
    """Return the events with each review counting as what was recognised, where that is stated."""
    return [
        replace(event, decided=event.recognised)
        if isinstance(event, Assessed) and event.recognised is not None
        else event
        for event in events
    ]


def recognised_timelines(
    events: Events, computed: Mapping[str, Timeline], policy: Policy
) -> dict[str, Timeline]:
    """Return the recognised timelines of those households in which they may differ.

    That are those with a review decided otherwise, and their families: what an older household was
    recognised as is what a younger one has of it. `events` and `computed` hold whole families.
    """
    decided = {name for name, line in computed.items() if differs(line)}
    if not decided:
        return {}
    names = sorted(decided | _families(events, decided))
    own = {name: as_decided(each) for name, each in events.items() if name in names}
    return fold(own, [name for name in names if name in computed], policy)


def _families(events: Events, some: set[str]) -> set[str]:
    """Return all that are joined with some households by `continues`, in either direction."""
    joined: dict[str, set[str]] = {}
    for name, own in events.items():
        for older, _ in older_households(own):
            joined.setdefault(name, set()).add(older)
            joined.setdefault(older, set()).add(name)
    family, waiting = set[str](), list(some)
    while waiting:
        for other in joined.get(waiting.pop(), set()) - family:
            family.add(other)
            waiting.append(other)
    return family


@dataclass(frozen=True, slots=True)
class Recognition:
    """Counts by what was recognised; (computed, recognised, households) where decided otherwise."""

    counts: Counts
    differs: list[tuple[Recognised, Recognised, int]]


def corrected(counts: Counts, by_figures: Counts, by_decision: Counts) -> Counts:
    """Return counts with some households counted by decision and no more by figures."""
    parts = ((counts, 1), (by_figures, -1), (by_decision, 1))
    return Counts(
        *(_summed([(getattr(one, name), sign) for one, sign in parts]) for name in _KINDS)
    )


_KINDS = [each.name for each in fields(Counts)]


def _summed(parts: Sequence[tuple[Sequence[tuple[Any, ...]], int]]) -> list[Any]:
    """Add up rows that end with a number; what comes to nothing is left out."""
    sums: dict[tuple[Any, ...], int] = {}
    for rows, sign in parts:
        for *group, number in rows:
            key = tuple(group)
            sums[key] = sums.get(key, 0) + sign * number
    return [(*key, number) for key, number in sums.items() if number]


def corrected_flows(moved: Flows, by_figures: Flows, by_decision: Flows) -> Flows:
    """Return flows with some households moving by decision and no more by figures."""
    return _add(_add(moved, by_figures, -1), by_decision, 1)


def _add(one: Flows, other: Flows, sign: int) -> Flows:
    change = ByStandardChange(
        *(
            getattr(one.by_standard_change, each.name)
            + sign * getattr(other.by_standard_change, each.name)
            for each in fields(ByStandardChange)
        )
    )
    numbers = {
        each.name: getattr(one, each.name) + sign * getattr(other, each.name)
        for each in fields(Flows)
        if each.name != "by_standard_change"
    }
    return Flows(**numbers, by_standard_change=change)
