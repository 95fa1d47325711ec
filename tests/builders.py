"""Posted events as domain events, without a door or a store in between."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import yaml

from shared.households.events import HouseholdEvent
from shared.households.store.households import read_event
from shared.kernel.revisions import event_id_of
from shared.law.standards import Policy, read_policy

POLICY_FILE = Path(__file__).parent.parent / "seeds" / "policy" / "poverty_standards.yaml"


def policy() -> Policy:
    """Return the policy of the seeds."""
    return read_policy(yaml.safe_load(POLICY_FILE.read_text("utf-8")))


def domain_event(item: dict[str, Any]) -> HouseholdEvent:
    """Return the domain event of an item as posted to the door."""
    revision = item.get("revision", 1)
    return read_event(
        (
            event_id_of("household-events", item["source"], item["external_id"], revision),
            item["source"],
            item["external_id"],
            item["type"],
            item["household_id"],
            date.fromisoformat(item["effective_from"]),
            orjson.loads(orjson.dumps(item)),
        )
    )


def counting(items: Iterable[dict[str, Any]]) -> dict[str, list[HouseholdEvent]]:
    """Return the events that count, by household: highest revisions, none withdrawn."""
    highest: dict[tuple[str, str], dict[str, Any]] = {}
    for item in items:
        key = (item["source"], item["external_id"])
        if key not in highest or item.get("revision", 1) > highest[key].get("revision", 1):
            highest[key] = item
    found: dict[str, list[HouseholdEvent]] = {}
    for item in highest.values():
        if not item.get("withdrawn"):
            event = domain_event(item)
            found.setdefault(event.household_id, []).append(event)
    return found
