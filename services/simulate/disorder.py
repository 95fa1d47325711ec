"""Disorder on purpose: items sent late, twice, wrong and then right, or taken back, out of order.

Whatever is done here ends in the same state: of each (source, external_id) the highest revision
is the true one, and what was never true is withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

Item = dict[str, Any]
Sent = tuple[int, float, str, Item]  # day of sending, a lot that breaks ties, the door, the item

_OFF = {"source", "external_id", "revision", "household_id", "type"}


@dataclass(frozen=True, slots=True)
class Disorder:
    """How much of it: shares of the items, and days."""

    window: int = 30  # days within which an item is normally sent, in any order
    late: float = 0.02  # sent up to 16 months after: next year's may be there before
    late_days: tuple[int, int] = (60, 480)
    duplicated: float = 0.015
    corrected: float = 0.02
    facts_corrected: float = 0.08
    withdrawn: float = 0.004  # sent in error beside the true item, and taken back
    ahead: float = 0.2  # of corrections and withdrawals: there before what they change

    def for_facts(self) -> Disorder:
        """Return the same, with the share of corrections that area facts have."""
        return replace(self, corrected=self.facts_corrected, withdrawn=0.0)


NONE = Disorder(
    window=1, late=0, duplicated=0, corrected=0, facts_corrected=0, withdrawn=0, ahead=0
)


def sendings(
    door: str, dated: Iterable[tuple[date, Item]], disorder: Disorder, rng: Random
) -> Iterator[Sent]:
    """Yield every sending of the items, each with the day it falls on, in no order."""
    neighbours: dict[str, str] = {}
    for effective, item in dated:
        day = effective.toordinal() + 1 + rng.randrange(disorder.window)
        if rng.random() < disorder.late:
            day += rng.randrange(*disorder.late_days)
        versions = [(day, item)]
        if rng.random() < disorder.corrected:
            versions = _corrected(day, item, neighbours, disorder, rng)
        if rng.random() < disorder.withdrawn:
            versions += _withdrawn(day, item, disorder, rng)
        for sent, version in versions:
            yield sent, rng.random(), door, version
            if rng.random() < disorder.duplicated:
                yield sent + rng.randrange(60), rng.random(), door, version
        if "household_id" in item and "area_code" in item:
            neighbours[item["area_code"]] = item["household_id"]


def _corrected(
    day: int, item: Item, neighbours: dict[str, str], disorder: Disorder, rng: Random
) -> list[tuple[int, Item]]:
    """Return a first, wrong revision and the true one, which may skip a number or come first."""
    wrong = _mistaken(item, neighbours, rng)
    true = {**item, "revision": rng.choice((2, 2, 2, 3))}
    return [(day, wrong), (_after(day, disorder, rng), true)]


def _withdrawn(day: int, item: Item, disorder: Disorder, rng: Random) -> list[tuple[int, Item]]:
    """Return an item that was never true, and its withdrawal."""
    error = _mistaken(item, {}, rng) | {"external_id": f"{item['external_id']}/x"}
    if item["type"] == "assessed" and rng.random() < 0.3:
        kept = {k: error[k] for k in ("source", "external_id", "household_id", "effective_from")}
        error = {"type": "closed", **kept, "reason": "moved_out"}
    back = {k: v for k, v in error.items() if k in _OFF} | {"revision": 2, "withdrawn": True}
    return [(day, error), (_after(day, disorder, rng), back)]


def _after(day: int, disorder: Disorder, rng: Random) -> int:
    if rng.random() < disorder.ahead:
        return day - rng.randrange(1, 10)
    return day + rng.randrange(2, 400)


def _mistaken(item: Item, neighbours: dict[str, str], rng: Random) -> Item:
    """Return the item as someone wrote it down wrongly; the doors still take it."""
    if "on" in item:
        return item | {"households_total": item["households_total"] + rng.randrange(1, 100)}
    neighbour = neighbours.get(item.get("area_code", ""))
    if neighbour is not None and rng.random() < 0.15:
        return item | {"household_id": neighbour}
    return item | _MISTAKES[item["type"]](item, rng)


def _wrong_review(item: Item, rng: Random) -> Item:
    if "b1" in item:
        return {"b1": item["b1"] + rng.randrange(20, 80)}
    if item["deprived"] and rng.random() < 0.5:
        return {"deprived": item["deprived"][1:]}
    return {"income_vnd": item["income_vnd"] * 10}


def _wrong_registration(item: Item, rng: Random) -> Item:
    return {"ethnic_group": "Kinh" if item["ethnic_group"] != "Kinh" else "Tày"}


def _other_day(item: Item, rng: Random) -> Item:
    return {"effective_from": item["effective_from"][:-2] + f"{rng.randrange(1, 29):02}"}


_MISTAKES: dict[str, Callable[[Item, Random], Item]] = {
    "assessed": _wrong_review,
    "registered": _wrong_registration,
    "moved": _other_day,
    "closed": _other_day,
}
