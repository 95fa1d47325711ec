"""The year-end book counted once more, household by household and day by day.

Nothing here may come from the registry's own code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.simulation import model
from tests.simulation.model import AREA_ORDER, Event, World

Place = tuple[str | None, str | None]
Counts = Counter[str]


def period_of(year: int) -> tuple[str, str]:
    """Return the days at whose ends a year's lists are counted."""
    first = f"{year}-01-01"
    begins = any(standard["from"] == first for standard in model.STANDARDS)
    return first if begins else f"{year - 1}-12-31", f"{year}-12-31"


def by_decision(
    by_figures: Callable[[Event], tuple[str, str | None, str]],
) -> Callable[[Event], tuple[str, str | None, str]]:
    """Return what classifies as the chairman decided; where nothing is decided, by the figures."""

    def classify(event: Event) -> tuple[str, str | None, str]:
        status, living_standard, standard = by_figures(event)
        decided = event.get("recognised")
        return (
            (status, living_standard, standard)
            if decided in (None, status)
            else (decided, None, standard)
        )

    return classify


def place_on(own: list[Event], day: str) -> Place:
    """Return commune and area type on a day: the last event that says where."""
    placing = [e for e in model._lasting(own, AREA_ORDER) if e["effective_from"] <= day]
    if not placing:
        return None, None
    last = max(
        placing,
        key=lambda e: (e["effective_from"], AREA_ORDER[e["type"]], e["external_id"], e["source"]),
    )
    return last["area_code"], last["area_type"]


def is_minority(own: list[Event], day: str) -> bool:
    """Say whether the last group that was stated by the day is another than Kinh."""
    stated = [
        e
        for e in model._lasting(own, ("assessed", "registered"))
        if e["effective_from"] <= day and e.get("ethnic_group")
    ]
    if not stated:
        return False
    last = max(
        stated,
        key=lambda e: (e["effective_from"], AREA_ORDER[e["type"]], e["external_id"], e["source"]),
    )
    return str(last["ethnic_group"]) != "Kinh"


def rows(
    events: list[Event], year: int, listed: str, within: dict[str, Callable[[Place], bool]]
) -> dict[str, Counts]:
    """Count each row (by name: which places it counts) of one list."""
    world = model.world_of(events)
    start, end = period_of(year)
    counts: dict[str, Counts] = {name: Counter() for name in within}
    for household, own in world.items():
        for what, day in (("start", start), ("end", end)):
            if model._status_on(world, household, day)["status"] == listed:
                for name, here in within.items():
                    if here(place_on(own, day)):
                        counts[name][what] += 1
                        counts[name][f"{what}_minority"] += is_minority(own, day)
        for what, place, origin in _year(world, household, listed, start, end):
            for name, here in within.items():
                _count(counts[name], what, here(place), here(origin))
    return counts


def _count(counts: Counts, what: str, here: bool, was_here: bool) -> None:
    if what != "moved":
        counts[what] += here
    elif here != was_here:
        counts["moved_in" if here else "moved_out"] += 1


def _year(
    world: World, household: str, listed: str, start: str, end: str
) -> list[tuple[str, Place, Place]]:
    """Return what a household did in a year: which flow, where it then lived, and before."""
    own, flows = world[household], list[tuple[str, Place, Place]]()
    changes = {change["on"]: change for change in model._transitions(world, household)}
    for day in sorted({event["effective_from"] for event in own} | set(changes)):
        if not start < day <= end:
            continue
        eve = model.day_before(day)
        was_on = model._status_on(world, household, eve)["status"] == listed
        was, now, change = place_on(own, eve), place_on(own, day), changes.get(day)
        for what in _flows(world, household, change, was_on, listed):
            flows.append((what, was if change and change["to"] == "closed" else now, was))
        ends = change is not None and change["to"] == "closed"
        closed = model._closed_on(own)
        if was_on and not ends and was != now and (closed is None or day < closed):
            flows.append(("moved", now, was))
    return flows


def _flows(
    world: World, household: str, change: dict[str, Any] | None, was_on: bool, listed: str
) -> list[str]:
    if change is None:
        return []
    other = None
    if change["from"] is None or change["to"] == "closed":
        other = model._other_number(world, household, change["to"])
    if change["to"] == "closed":
        return [] if not was_on else ["renumbered_out" if other else "closed"]
    if other is not None:
        return ["renumbered_in"] if change["to"] == listed else []
    kinds = [m["kind"] for m in change["movements"] if m["list"] == listed]
    return kinds + [f"by_standard_{kind}" for kind in kinds if change["standard_changed"]]
