"""Facts as posted, with as little said as the door needs."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.harness import Registry

_NUMBERS = count(1)


def assessed(household: str, day: str, **said: Any) -> dict[str, Any]:
    """Return a review that finds the household poor, unless said otherwise."""
    return {
        "type": "assessed",
        "source": "api-tests",
        "external_id": f"a{next(_NUMBERS)}",
        "household_id": household,
        "assessed_on": day,
        "effective_from": day,
        "area_code": "06091",
        "area_type": "rural",
        "review": "annual",
        "income_vnd": 1_200_000,
        "deprived": ["health_insurance", "toilet", "water"],
        **said,
    }


def event(kind: str, household: str, day: str, **said: Any) -> dict[str, Any]:
    """Return another household event."""
    return {
        "type": kind,
        "source": "api-tests",
        "external_id": f"e{next(_NUMBERS)}",
        "household_id": household,
        "effective_from": day,
        **said,
    }


def moved(household: str, day: str, area: str) -> dict[str, Any]:
    """Return a move to a rural commune."""
    return event("moved", household, day, area_code=area, area_type="rural")


def closed(household: str, day: str) -> dict[str, Any]:
    """Return the end of a household."""
    return event("closed", household, day, reason="dissolved")


def total(area: str, on: str, households: int, **said: Any) -> dict[str, Any]:
    """Return how many households a unit has."""
    return {
        "source": "api-tests",
        "external_id": f"f{next(_NUMBERS):06}",  # of two facts of one day the higher id counts
        "area_code": area,
        "on": on,
        "households_total": households,
        **said,
    }


RICH = {"income_vnd": 5_000_000, "deprived": []}
NEAR_POOR = {"income_vnd": 1_200_000, "deprived": ["water"]}


async def pages(world: Registry, path: str, **params: Any) -> list[dict[str, Any]]:
    """Return the items of all pages of a list."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await world.get(path, **params, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items
