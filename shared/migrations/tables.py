"""All tables: importing their modules puts them into the one metadata."""

from __future__ import annotations

from shared.areas.store import facts as area_facts
from shared.areas.store import units
from shared.households.store import (
    announcements,
    events,
    history,
    households,
    tallies,
    timelines,
)
from shared.kernel import imports, knowledge, milestones
from shared.kernel.metadata import METADATA
from shared.law.store import seeds
from shared.messaging import crash_ledger, outbox, quarantine
from shared.money.store import disbursements, fund_balances, funds, lines, runs, support_records
from shared.press.store import articles, feeds, figures, findings, readings, reference_figures

__all__ = [
    "METADATA",
    "announcements",
    "area_facts",
    "articles",
    "crash_ledger",
    "disbursements",
    "events",
    "feeds",
    "figures",
    "findings",
    "fund_balances",
    "funds",
    "history",
    "households",
    "imports",
    "knowledge",
    "lines",
    "milestones",
    "outbox",
    "quarantine",
    "readings",
    "reference_figures",
    "runs",
    "seeds",
    "support_records",
    "tallies",
    "timelines",
    "units",
]
