"""What is measured while the process runs: batches as they end, and the waiting rows, sampled."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from shared.households.store import announcements
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.messaging import outbox, quarantine
from shared.messaging.observer import Observer
from shared.observability.metrics import Metrics

SAMPLE_SECONDS = 5.0
OUTBOX_COUNTED_MAX = 1_000_000

log = structlog.get_logger()


@dataclass
class Measured(Observer):
    """Turns what the messaging core tells into metrics; the rows that wait are sampled."""

    metrics: Metrics

    def batch(self, route: str, items: int, seconds: float, transactions: int) -> None:
        """Count a committed batch."""
        self.metrics.batch_items.labels(route).inc(items)
        self.metrics.batch_seconds.labels(route).observe(seconds)

    def feed(self, kind: str, outcome: str, number: int) -> None:
        """Count polls of feeds, or entries that they brought."""
        found = self.metrics.feed_polls if kind == "poll" else self.metrics.feed_entries
        found.labels(outcome).inc(number)

    def due(self, work: str, seconds: float) -> None:
        """Note how long the oldest overdue work of a kind has been waiting."""
        self.metrics.oldest_due_seconds.labels(work).set(seconds)

    def resent(self, messages: int) -> None:
        """Count messages that were delivered too often and go round once more."""
        self.metrics.spent_messages.inc(messages)

    def reconnected(self) -> None:
        """Count a broker connection that had to be built again."""
        self.metrics.broker_reconnects.inc()


@dataclass
class Sampler:
    """Reads the gauges that live in the database."""

    database: Database
    clock: Clock
    metrics: Metrics

    async def run(self) -> None:
        """Sample for ever; a failing database leaves the last values standing."""
        while True:
            try:
                await self._sample()
            except Exception as error:
                log.debug("sampler.failed", error=type(error).__name__)
            await asyncio.sleep(SAMPLE_SECONDS)

    async def _sample(self) -> None:
        async with self.database.statement() as snapshot:
            rows, age = await outbox.depth(snapshot, OUTBOX_COUNTED_MAX)
            quarantined = await quarantine.count_open(snapshot)
            announced = await announcements.peek(snapshot)
        self.metrics.outbox_rows.set(rows)
        self.metrics.outbox_oldest_seconds.set(age)
        self.metrics.quarantine_rows.set(quarantined)
        self.metrics.announced_lag_days.set((self.clock.today() - announced).days)
        pool = self.database.pool
        self.metrics.database_pool_in_use.set(pool.get_size() - pool.get_idle_size())
