"""All tables: importing their modules puts them into the one metadata."""

from __future__ import annotations

from shared.access.store import audit, clients, idempotency_keys, sessions, signing_keys
from shared.areas.store import earlier, units
from shared.exports.store import exports
from shared.facts import FACTS
from shared.households.store import (
    announcements,
    exit_notices,
    history,
    households,
    persons,
    rebuilds,
    tallies,
    timelines,
    transition_traces,
)
from shared.kernel import imports, knowledge, milestones, reconciliation, retention
from shared.kernel.metadata import METADATA
from shared.kernel.revisions import table_of
from shared.law.store import seeds
from shared.messaging import crash_ledger, outbox, quarantine
from shared.money.store import fund_balances, lines, runs
from shared.press.store import feeds, figures, findings, readings
from shared.spdci.store import exchanges, notified, senders
from shared.subscriptions.store import deliveries, subscriptions

__all__ = [
    "METADATA",
    "announcements",
    "audit",
    "clients",
    "crash_ledger",
    "deliveries",
    "earlier",
    "exchanges",
    "exit_notices",
    "exports",
    "feeds",
    "figures",
    "findings",
    "fund_balances",
    "history",
    "households",
    "idempotency_keys",
    "imports",
    "knowledge",
    "lines",
    "milestones",
    "notified",
    "outbox",
    "persons",
    "quarantine",
    "readings",
    "rebuilds",
    "reconciliation",
    "retention",
    "runs",
    "seeds",
    "senders",
    "sessions",
    "signing_keys",
    "subscriptions",
    "tallies",
    "timelines",
    "transition_traces",
    "units",
]

for kind in FACTS.values():
    table_of(kind)
