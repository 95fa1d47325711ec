"""What is measured while the process runs: the rows that wait, sampled."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from shared.households.store import announcements
from shared.kernel import server
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.messaging import outbox, quarantine
from shared.observability.metrics import Metrics
from shared.subscriptions.store import deliveries

SAMPLE_SECONDS = 5.0
OUTBOX_COUNTED_MAX = 1_000_000

log = structlog.get_logger()


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
            archived = await server.archived(snapshot)
            undelivered = await deliveries.oldest(snapshot)
        self.metrics.outbox_rows.set(rows)
        self.metrics.outbox_oldest_seconds.set(age)
        self.metrics.quarantine_rows.set(quarantined)
        self.metrics.announced_lag_days.set((self.clock.today() - announced).days)
        self.metrics.archive_failing.set(server.archiving_fails(archived))
        waited = deliveries.waited(undelivered, self.clock.now())
        self.metrics.webhooks_oldest_seconds.set(waited.total_seconds())
        pool = self.database.pool
        self.metrics.database_pool_in_use.set(pool.get_size() - pool.get_idle_size())
