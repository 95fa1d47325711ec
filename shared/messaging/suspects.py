"""Messages that somebody had before and did not settle: one of their items may kill or hang us.

All items of such a message are under suspicion. They are handled together once more, and success
clears them all. If that too ends in a death, each is handled alone; only what dies alone again and
again is put aside, for any process may be killed for reasons of its own, at any moment.

Who else has the same message, as after a lost connection, is waited for: its start is no crash
while it is at work.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import structlog

from shared.kernel.database import Database, Transaction
from shared.messaging import crash_ledger
from shared.messaging.apply import Apply, Persistence, Work
from shared.messaging.crash_ledger import WHOLE, Starts
from shared.messaging.outcome import DeadlineExceeded, Quarantine

# 150 random kills without any poison put 11 innocent households aside when one death alone was
# enough. A death takes some milliseconds out of seconds; the same item thrice is no accident.
DEATHS_ALONE_MAX = 3
_HUNG = Quarantine(DeadlineExceeded.code, "it did not end in its time, alone too")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """How long a start counts as being at work without a renewal, and how often one looks."""

    seconds: float = 10.0
    renew_seconds: float = 2.0
    look_seconds: float = 0.5


LEASE_TIMES = LeaseTimes()


@dataclass(frozen=True, slots=True)
class Suspects:
    """Handles suspected messages of one route, one at a time."""

    route: str
    worker: str
    database: Database
    apply: Apply
    times: LeaseTimes = LEASE_TIMES

    async def handle(self, work: Work, persist: Persistence) -> None:
        """Commit or put aside every item of the message."""
        begun = await self._nobody_at_work(work, persist)
        lease = uuid4()
        async with self._renewed(lease):
            if WHOLE in begun.deaths or not await self._handle_whole(work, lease, persist):
                for item in work.items:
                    await self._handle_item(work, item, begun.deaths.get(item, 0), lease, persist)
        await persist(lambda: self._end(work))

    async def _nobody_at_work(self, work: Work, persist: Persistence) -> Starts:
        while (begun := await persist(lambda: self._starts(work))).at_work:
            await persist.pause(self.times.look_seconds)
        return begun

    async def _handle_whole(self, work: Work, lease: UUID, persist: Persistence) -> bool:
        await persist(lambda: self._start(work, WHOLE, lease))
        try:
            await persist(lambda: self.apply.run([work]))
        except DeadlineExceeded:
            return False
        return True

    async def _handle_item(
        self, work: Work, item: str, deaths: int, lease: UUID, persist: Persistence
    ) -> None:
        alone = replace(work, items=(item,))

        async def also(tx: Transaction) -> None:
            await crash_ledger.end(tx, self.route, work.message, item)

        if deaths >= DEATHS_ALONE_MAX:
            why = Quarantine("process_killed", f"its process died {deaths} times with it alone")
            await persist(lambda: self.apply.refuse([alone], item, why))
            return
        await persist(lambda: self._start(work, item, lease))
        try:
            await persist(lambda: self.apply.run([alone], also))
        except DeadlineExceeded:
            # It has had its minute in the batch, in its message and now alone.
            await persist(lambda: self.apply.refuse([alone], item, _HUNG))

    @asynccontextmanager
    async def _renewed(self, lease: UUID) -> AsyncIterator[None]:
        renewing = asyncio.create_task(self._renew(lease))
        try:
            yield
        except Exception:
            with suppress(Exception):
                async with self.database.transaction() as tx:
                    await crash_ledger.give_up(tx, lease)
            raise
        finally:
            renewing.cancel()

    async def _renew(self, lease: UUID) -> None:
        while True:
            await asyncio.sleep(self.times.renew_seconds)
            try:
                async with self.database.transaction() as tx:
                    await crash_ledger.renew(tx, lease)
            except Exception as error:  # whoever judges us has the same database, and waits for it
                log.info("messaging.lease_not_renewed", error=type(error).__name__)

    async def _starts(self, work: Work) -> Starts:
        async with self.database.transaction() as tx:
            return await crash_ledger.starts(
                tx, self.route, work.message, self.times.seconds, self.worker
            )

    async def _start(self, work: Work, item: str, lease: UUID) -> None:
        async with self.database.transaction() as tx:
            await crash_ledger.start(tx, self.route, work.message, item, lease, self.worker)

    async def _end(self, work: Work) -> None:
        async with self.database.transaction() as tx:
            await crash_ledger.end(tx, self.route, work.message)
