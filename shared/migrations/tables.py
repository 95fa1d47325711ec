"""All tables: importing their modules puts them into the one metadata."""

from __future__ import annotations

from shared.messaging import crash_ledger, outbox, quarantine
from shared.store import (
    announcements,
    area_facts,
    areas,
    articles,
    history,
    household_events,
    households,
    imports,
    knowledge,
    seeds,
    timelines,
)
from shared.store.metadata import METADATA

__all__ = [
    "METADATA",
    "announcements",
    "area_facts",
    "areas",
    "articles",
    "crash_ledger",
    "history",
    "household_events",
    "households",
    "imports",
    "knowledge",
    "outbox",
    "quarantine",
    "seeds",
    "timelines",
]
