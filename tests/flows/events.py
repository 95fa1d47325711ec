"""Short ways to say an event."""

from __future__ import annotations

from itertools import count
from typing import Any

_NUMBERS = count(1)


def assessed(household: str, on: str, *, poor: bool = True, **changes: Any) -> dict[str, Any]:
    """Return a rural assessment effective `on`: poor, or else well above the near-poor line."""
    event: dict[str, Any] = {
        "type": "assessed",
        "source": "flows",
        "external_id": f"a/{next(_NUMBERS)}",
        "household_id": household,
        "assessed_on": on,
        "effective_from": on,
        "area_code": "06091",
        "area_type": "rural",
        "review": "regular",
        "income_vnd": 1_000_000 if poor else 2_000_000,
        "deprived": ["water", "toilet", "telecom"] if poor else [],
    }
    return {**event, **changes}


def moved(household: str, on: str, to: str, **changes: Any) -> dict[str, Any]:
    """Return a move."""
    event = {
        "type": "moved",
        "source": "flows",
        "external_id": f"m/{next(_NUMBERS)}",
        "household_id": household,
        "effective_from": on,
        "area_code": to,
        "area_type": "rural",
    }
    return {**event, **changes}


def closed(household: str, on: str, **changes: Any) -> dict[str, Any]:
    """Return a closure."""
    event = {
        "type": "closed",
        "source": "flows",
        "external_id": f"c/{next(_NUMBERS)}",
        "household_id": household,
        "effective_from": on,
        "reason": "dissolved",
    }
    return {**event, **changes}


def registered(household: str, on: str, **changes: Any) -> dict[str, Any]:
    """Return a registration."""
    event = {
        "type": "registered",
        "source": "flows",
        "external_id": f"r/{next(_NUMBERS)}",
        "household_id": household,
        "effective_from": on,
        "area_code": "06091",
        "area_type": "rural",
    }
    return {**event, **changes}


def corrected(event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the next revision of an event."""
    return {**event, **changes, "revision": event.get("revision", 1) + 1}


def withdrawn(event: dict[str, Any]) -> dict[str, Any]:
    """Return the withdrawal of an event: only type, ids and revision."""
    kept = {name: event[name] for name in ("type", "source", "external_id")}
    return {**kept, "revision": event.get("revision", 1) + 1, "withdrawn": True}
