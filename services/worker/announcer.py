"""The component that reads the clock: when a day begins, the changes due on it are published.

An exit window that ends, or a future-dated event, changes a status on a day on which nobody sends
anything; so does a day on which it is to be told that a window ends soon. After a stop of days, one
look catches up with all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from shared.households.store import announcements, exit_notices
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.law.store.seeds import POLICY, SeedCache
from shared.messages import HOUSEHOLDS_DUE, chunks
from shared.messaging import outbox
from shared.messaging.message import Message

LOOK_EVERY_SECONDS = 20.0

log = structlog.get_logger()


@dataclass
class Announcer:
    """Advances the stored "announced up to" day and wakes the households with a change due."""

    database: Database
    clock: Clock
    seeds: SeedCache
    nudge: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Look again and again; a failing database only delays the day."""
        while True:
            try:
                await self.run_once()
            except Exception as error:  # the day must be announced when the database is back
                log.warning("announcer.failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def run_once(self) -> int:
        """Announce the days up to today; return for how many households it mattered."""
        today = self.clock.today()
        async with self.database.statement() as snapshot:
            if await announcements.peek(snapshot) >= today:
                return 0
        async with self.database.transaction() as tx:
            changes = await announcements.advance(tx, today)
            policy = await self.seeds.read(tx, POLICY)
            ends = await exit_notices.due(tx, today, policy.exit_window_notice_days)
            ids = sorted({*changes, *ends})
            now = self.clock.now()
            await outbox.append(
                tx, [Message.new(HOUSEHOLDS_DUE, now, {"household_ids": c}) for c in chunks(ids)]
            )
        log.info("announcer.advanced", to=today.isoformat(), households=len(ids))
        self.nudge()
        return len(ids)
