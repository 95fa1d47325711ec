"""What the broker gave up delivering goes back through the outbox: nothing is spent for good.

A queue drops a message after so many deliveries, whatever ended them: a connection that was reset
again and again while the database was away, as well as a worker that it killed. What is wrong with
a message itself the crash ledger sees and puts into quarantine, so here no blame is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from shared.kernel.database import Database
from shared.messaging import outbox, quarantine
from shared.messaging.message import FutureMessage, MalformedMessage, decode
from shared.messaging.received import unreadable
from shared.messaging.transport import Keep
from shared.observability.metrics import SILENT, Observer

LOOK_EVERY_SECONDS = 30.0
# What spent it may still be going on; a quarter of a million ids go back in one look.
PAUSE_SECONDS = 60.0
TAKEN_MAX = 500
ROUTE = "spent"

log = structlog.get_logger()


class SpentQueue(Protocol):
    """The queue of what was delivered too often."""

    async def take_spent(self, keep: Keep, limit: int) -> int:
        """Hand at most `limit` bodies to `keep` and remove them when it returns."""
        ...


@dataclass
class SpentMessages:
    """Looks again and again; several workers may, each takes other messages."""

    database: Database
    queue: SpentQueue
    nudge: Callable[[], None] = lambda: None
    observer: Observer = SILENT
    pause_seconds: float = PAUSE_SECONDS

    async def run(self) -> None:
        """Look for ever; a database or a broker that is away only delays the next look."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                while await self.look() == TAKEN_MAX:
                    pass
            except Exception as error:
                log.warning("spent.failed", error=type(error).__name__)

    async def look(self) -> int:
        """Put back what lies there and return how many messages it was."""
        # First the database: a message that is taken and given back has one delivery less to live.
        async with self.database.statement() as snapshot:
            await snapshot.fetchval("SELECT 1")
        taken = await self.queue.take_spent(self._keep, TAKEN_MAX)
        if taken:
            log.warning("spent.resent", messages=taken)
            self.observer.resent(taken)
            self.nudge()
        return taken

    async def _keep(self, bodies: Sequence[bytes]) -> None:
        async with self.database.transaction() as tx:
            for body in bodies:
                try:
                    type_ = decode(body).type
                except FutureMessage as future:
                    type_ = future.type
                except MalformedMessage as error:
                    await quarantine.put(tx, [unreadable(ROUTE, body, str(error))])
                    continue
                await outbox.resend(tx, type_, body, after=self.pause_seconds, error="spent")
