"""All tables: importing their modules puts them into the one metadata."""

from __future__ import annotations

from shared.messaging import crash_ledger, outbox, quarantine
from shared.store import (
    allocation_lines,
    allocation_runs,
    announcements,
    area_facts,
    areas,
    articles,
    disbursements,
    feeds,
    figures,
    findings,
    fund_balances,
    funds,
    history,
    household_events,
    households,
    imports,
    knowledge,
    reference_figures,
    seeds,
    support_records,
    timelines,
)
from shared.store.metadata import METADATA

__all__ = [
    "METADATA",
    "allocation_lines",
    "allocation_runs",
    "announcements",
    "area_facts",
    "areas",
    "articles",
    "crash_ledger",
    "disbursements",
    "feeds",
    "figures",
    "findings",
    "fund_balances",
    "funds",
    "history",
    "household_events",
    "households",
    "imports",
    "knowledge",
    "outbox",
    "quarantine",
    "reference_figures",
    "seeds",
    "support_records",
    "timelines",
]
