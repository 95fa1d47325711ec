"""Later reviews added to what stands give the rows of the whole fold, for any household.

`make proof` tries 100,000 households, every run some thousands.
"""

from __future__ import annotations

import os
from datetime import date
from random import Random

import pytest

from shared.areas.store.files import load_areas
from shared.areas.tree import AreaTree
from shared.households.events import Assessed, Closed, HouseholdEvent
from shared.households.store.rows import EpisodeRow, Tail, difference_of, extended_rows_of, rows_of
from shared.households.tallies import Amounts
from shared.households.timeline import timeline
from shared.law.standards import LISTS
from tests.builders import POLICY_FILE, counting, policy
from tests.simulation.histories import history

POLICY = policy()
BLOCKS = 20
EACH = 5000 if os.environ.get("REGISTRY_PROOF") else 100
Rows = tuple[list[EpisodeRow], list[object]]


@pytest.fixture(scope="module")
def areas() -> AreaTree:
    return load_areas(POLICY_FILE.parents[1] / "areas")


def events_of(seed: int) -> list[HouseholdEvent]:
    """Return the events of a household without a family; closures are mostly left out."""
    apart = [
        {name: value for name, value in event.items() if name != "continues"}
        for event in history(seed)
    ]
    events = max(counting(apart).values(), key=len, default=[])
    return events if seed % 7 == 0 else [e for e in events if not isinstance(e, Closed)]


def split(events: list[HouseholdEvent], rng: Random) -> tuple[list[HouseholdEvent], list[Assessed]]:
    """Part events into those folded first and some reviews behind all of them, if there are any."""
    ordered = sorted(events, key=lambda e: e.effective_from)
    reviews: list[Assessed] = []
    for event in reversed(ordered):
        if not isinstance(event, Assessed) or (reviews and rng.random() < 0.4):
            break
        reviews.append(event)
    first = min((e.effective_from for e in reviews), default=date.max)
    before = [e for e in ordered if e not in reviews]
    if any(e.effective_from >= first or isinstance(e, Closed) for e in before):
        return events, []
    return before, reviews


def folded(events: list[HouseholdEvent], areas: AreaTree, announced: date) -> Rows:
    episodes, transitions = rows_of({"H": timeline(events, POLICY)}, areas, POLICY, announced)
    return episodes["H"], [*transitions]


def amounts(stored: list[EpisodeRow], rows: list[EpisodeRow]) -> Amounts:
    """Return by what the ledger grows."""
    grown = difference_of({"H": stored}, {}, {"H": rows}, []).amounts
    return {place: amount for place, amount in grown.items() if amount}


def tail_of(rows: list[EpisodeRow], first: date) -> Tail:
    """Return what the store would: the statement of `timelines.tails`, once more."""
    lists = {row.status for row in rows if row.valid_from < first} & set(LISTS)
    kept = [
        row
        for row in rows
        if row.valid_to is None
        or row.valid_to > first
        or (row.spell_from is not None and (row.spell_to is None or row.spell_to > first))
    ]
    begins = first.replace(month=1, day=1)
    stood = [
        row
        for row in rows
        if row not in kept
        and row.valid_from < begins
        and row.valid_to is not None
        and row.valid_to >= begins
    ]
    return Tail(kept, frozenset(str(name) for name in lists), stood)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_what_reviews_add_is_what_the_whole_fold_says(block: int, areas: AreaTree) -> None:
    extended = left = 0
    for seed in range(block * EACH, (block + 1) * EACH):
        rng = Random(seed)
        before, reviews = split(events_of(seed), rng)
        if not before or not reviews:
            continue
        announced = rng.choice([date(2016, 6, 1), date(2024, 1, 1), date(2031, 1, 1)])
        first = min(e.effective_from for e in reviews)
        episodes, transitions = folded(before, areas, announced)
        tail = tail_of(episodes, first)
        if not tail.extensible(first):
            left += 1
            continue
        extended += 1
        added, told = extended_rows_of({"H": tail}, {"H": reviews}, areas, POLICY, announced)
        unchanged = [row for row in episodes if row not in (*tail.stood, *tail.rows)]
        earlier = [one for one in transitions if one.on_date < first]  # type: ignore[attr-defined]
        whole = folded([*before, *reviews], areas, announced)
        assert sorted([*unchanged, *added["H"]]) == whole[0], seed
        assert [*earlier, *told] == whole[1], seed
        counted = amounts([*tail.stood, *tail.rows], added["H"])
        assert counted == amounts(episodes, whole[0]), seed
    # Otherwise the histories are too tame, or too much is left to the whole fold.
    assert extended > EACH / 5
    assert left < extended / 10
