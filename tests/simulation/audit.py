"""What must be true of a drained registry, whatever happened to it before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from typing import Any

from shared.areas.tree import AreaTree
from tests.simulation import model

Get = Callable[..., Awaitable[Any]]
Rows = Callable[[str], Awaitable[list[Any]]]
Event = dict[str, Any]

OVERLAPS = """
SELECT a.household_id, a.valid_from, b.valid_from FROM episodes a JOIN episodes b
    ON a.household_id = b.household_id
    AND (a.valid_from, a.known_from) < (b.valid_from, b.known_from)
    AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
    AND tstzrange(a.known_from, a.known_to) && tstzrange(b.known_from, b.known_to)
"""
GAPS = """
SELECT household_id, valid_from FROM (
    SELECT *, lead(valid_from) OVER (PARTITION BY household_id ORDER BY valid_from) AS following
    FROM episodes WHERE known_to IS NULL) e
WHERE following IS DISTINCT FROM valid_to
"""


def households(events: Iterable[Event]) -> list[str]:
    """Return every household that any revision names."""
    return sorted({e["household_id"] for e in events if e.get("household_id")})


def expected_transitions(
    events: list[Event], household: str, announced: str, tree: AreaTree
) -> list[Event]:
    """Return the model's transitions, each with the unit that its area counts in on the day."""
    own = model.world_of(events).get(household, [])
    found = model.transitions(events, household, announced)
    return [{**t, "area_code": _unit(own, t["on"], tree)} for t in found]


def _unit(own: list[Event], day: str, tree: AreaTree) -> str | None:
    end = min((e["effective_from"] for e in own if e["type"] == "closed"), default="9999")
    placing = [
        e
        for e in own
        if "area_code" in e and e["effective_from"] < end and e["effective_from"] <= day
    ]
    if not placing:
        return None
    code = model._area_on(own, day)
    last = max(e["effective_from"] for e in placing)
    assert code is not None
    reported = tree.on(code, date.fromisoformat(last))
    return tree.current(reported, date.fromisoformat(day)).code


async def check_households(events: list[Event], get: Get, announced: str, tree: AreaTree) -> None:
    """Compare every household's timeline and transitions with the model's."""
    for household in households(events):
        expected = model.timeline(events, household)
        found = await get(f"/v1/households/{household}/timeline")
        assert found["spells"] == expected["spells"], household
        assert found["closed_on"] == expected["closed_on"], household
        told = [_bare(t) for t in found["transitions"]]
        assert told == expected_transitions(events, household, announced, tree), household


def _bare(transition: Event) -> Event:
    return {k: v for k, v in transition.items() if k not in ("transition_id", "recorded_at", "seq")}


async def check_receipts(events: list[Event], get: Get) -> None:
    """Every accepted revision is there and processed."""
    for event_id in {model.event_id(event) for event in events}:
        found = await get(f"/v1/receipts/{event_id}")
        assert found["state"] == "processed", (event_id, found)


async def check_store(rows: Rows, *, left: bool = False) -> None:
    """Nothing waits, nothing was put aside, nothing overlaps.

    What a worker had begun that lost its message and then died nobody ends (`left`); it grows old.
    """
    unsent = await rows("SELECT type, payload FROM outbox")
    assert not unsent, [tuple(row) for row in unsent]
    refused = await rows("SELECT item, reason, detail FROM quarantine WHERE state <> 'resolved'")
    assert not refused, [tuple(row) for row in refused]
    begun = await rows("SELECT route, message_id, item, worker FROM crash_ledger")
    assert left or not begun, [tuple(row) for row in begun]
    assert await rows(OVERLAPS) == []
    assert await rows(GAPS) == []


async def follow(get: Get, cursor: str | None, limit: int) -> tuple[list[Event], str]:
    """Follow the feed from a place until it has nothing more; return what came and the place."""
    items: list[Event] = []
    asked: dict[str, Any] = {"limit": limit} | ({} if cursor is None else {"cursor": cursor})
    while True:
        page = await get("/v1/transitions", **asked)
        items += page["items"]
        asked["cursor"] = page["next_cursor"]
        assert page["next_cursor"] is not None
        if not page["items"]:
            return items, page["next_cursor"]


def check_feed(items: list[Event], standing: set[str]) -> None:
    """Each transition once, each retraction once and after it, and what stands is what is read."""
    numbers = [item["seq"] for item in items]
    assert numbers == sorted(set(numbers))
    said: list[str] = []
    undone: list[str] = []
    for item in items:
        if "retracts" in item:
            assert item["retracts"] in said
            undone.append(item["retracts"])
        else:
            said.append(item["transition_id"])
    assert len(set(said)) == len(said)
    assert len(set(undone)) == len(undone)
    assert set(said) - set(undone) == standing


def check_one_at_a_time(items: list[Event]) -> None:
    """At no place of the feed do two transitions of a household stand for the same day."""
    held: dict[tuple[str, str], str] = {}
    where: dict[str, tuple[str, str]] = {}
    for item in items:
        if "retracts" in item:
            del held[where[item["retracts"]]]
        else:
            key = (item["household_id"], item["on"])
            assert key not in held, key
            held[key] = item["transition_id"]
            where[item["transition_id"]] = key


def by_household(items: Iterable[Event]) -> dict[str, list[Event]]:
    """Group transitions."""
    found: dict[str, list[Event]] = defaultdict(list)
    for item in items:
        found[item["household_id"]].append(item)
    return found
