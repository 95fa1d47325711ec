"""Rows as the shapes that callers see."""

from __future__ import annotations

from datetime import date
from typing import Any

from asyncpg import Record

from shared.areas.tree import AreaTree, Unit
from shared.households.events import Assessed
from shared.households.store.events import read_event
from shared.households.transitions import EXIT_WINDOW_ENDED


def unit(found: Unit) -> dict[str, Any]:
    """Show a unit where it is part of another thing."""
    return {
        "code": found.code,
        "name": found.name,
        "level": found.level,
        "kind": found.kind,
        "parent_code": found.parent_code,
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
    }


def unit_on(tree: AreaTree, area_id: int | None, day: date) -> Unit | None:
    """Return the unit that a household placed in `area_id` counts in on `day`."""
    return None if area_id is None else tree.current(tree.by_id(area_id), day)


def transition(row: Record) -> dict[str, Any]:
    """Show a published transition; its cause is an event, or the rule that ends the exit window."""
    cause = row["cause_event"]
    movements = (movement.split(":") for movement in row["movements"])
    return {
        "transition_id": row["transition_id"],
        "household_id": row["household_id"],
        "area_code": row["area_code"],
        "on": row["on_date"],
        "from": row["from_status"],
        "to": row["to_status"],
        "movements": [{"list": name, "kind": kind} for name, kind in movements],
        "standard_changed": row["standard_changed"],
        "cause": {"rule": EXIT_WINDOW_ENDED} if cause is None else {"event_id": cause},
        "recorded_at": row["recorded_at"],
    }


def assessment(row: Record, household_id: str) -> Assessed | None:
    """Return the assessment that a status rests on, from the row of `household_reads.status`."""
    if row["event_id"] is None:
        return None
    event = read_event(
        (
            row["event_id"],
            row["source"],
            row["external_id"],
            "assessed",
            household_id,
            row["effective_from"],
            row["payload"],
        )
    )
    return event if isinstance(event, Assessed) else None


def since(row: Record) -> date | None:
    """Return the first day of the spell; a closed household's is the day it ended."""
    day: date | None = row["valid_from"] if row["status"] == "closed" else row["spell_from"]
    return day
