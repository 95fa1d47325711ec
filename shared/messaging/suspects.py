"""Messages that somebody had before and did not settle: one of their items may kill or hang us.

An item is started at most `STARTS_MAX` times: in its batch, in its message alone, and alone. Each
start after the first is committed to the crash ledger before the work, so that a start without an
end is known to the next process. Then the item is quarantined and its neighbours go on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.kernel.database import Database, Transaction
from shared.messaging import crash_ledger
from shared.messaging.apply import Apply, Work
from shared.messaging.crash_ledger import WHOLE
from shared.messaging.outcome import DeadlineExceeded, Quarantine
from shared.messaging.persistence import Persistence

STARTS_MAX = 3
STARTS_IN_COMPANY = 2


@dataclass(frozen=True, slots=True)
class Suspects:
    """Handles suspected messages of one route, one at a time."""

    route: str
    worker: str
    database: Database
    apply: Apply

    async def handle(self, work: Work, persist: Persistence) -> None:
        """Commit or put aside every item of the message."""
        begun = await persist(lambda: self._starts(work))
        if WHOLE in begun or not await self._handle_whole(work, persist):
            for item in work.items:
                await self._handle_item(work, item, begun.get(item, 0), persist)
        await persist(lambda: self._end(work))

    async def _handle_whole(self, work: Work, persist: Persistence) -> bool:
        await persist(lambda: self._start(work, WHOLE))
        try:
            await persist(lambda: self.apply.run([work]))
        except DeadlineExceeded:
            return False
        return True

    async def _handle_item(self, work: Work, item: str, begun: int, persist: Persistence) -> None:
        alone = replace(work, items=(item,))
        reason = "process_killed"

        async def also(tx: Transaction) -> None:
            await crash_ledger.end(tx, self.route, work.message, item)

        for _ in range(STARTS_MAX - STARTS_IN_COMPANY - begun):
            await persist(lambda: self._start(work, item))
            try:
                await persist(lambda: self.apply.run([alone], also))
                return
            except DeadlineExceeded:
                reason = DeadlineExceeded.code
        verdict = Quarantine(reason, f"started {STARTS_MAX} times without an end")
        await persist(lambda: self.apply.refuse([alone], item, verdict))

    async def _starts(self, work: Work) -> dict[str, int]:
        async with self.database.transaction() as tx:
            return await crash_ledger.starts(tx, self.route, work.message)

    async def _start(self, work: Work, item: str) -> None:
        async with self.database.transaction() as tx:
            await crash_ledger.start(tx, self.route, work.message, item, self.worker)

    async def _end(self, work: Work) -> None:
        async with self.database.transaction() as tx:
            await crash_ledger.end(tx, self.route, work.message)
