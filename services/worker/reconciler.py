"""The component that says again what is due and carried by nobody.

A broker that was purged, lost its volume or was made anew forgets messages, and nothing in it can
tell. So a look reads from the database what is overdue, and if none of it has moved since the look
before, and no message about it waits to be sent, it is ordered anew: in batches, and less often
each time. A queue that is merely long moves, and is left alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from services.worker.due import DueWork, Ids
from shared.kernel import reconciliation, server
from shared.kernel.clock import Clock
from shared.kernel.database import Database, Transaction
from shared.kernel.reconciliation import Late, WorkProgress
from shared.messaging import outbox
from shared.messaging.message import Message

LOOK_EVERY_SECONDS = 30.0
# Longer than any batch may take (a minute), so that what is at work is not taken for lost.
OVERDUE_SECONDS = 90.0
# Of one kind of work in one look; the next look goes on.
ITEMS_MAX = 20_000
PAUSE_MAX = timedelta(hours=1)

log = structlog.get_logger()

Observe = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one look saw of a kind of work, and how much of it was ordered anew."""

    work: str
    items: int
    oldest_seconds: float
    ordered: int


@dataclass
class Reconciler:
    """Looks again and again; of many processes one at a time does."""

    database: Database
    clock: Clock
    works: Sequence[DueWork]
    nudge: Callable[[], None] = lambda: None
    observe: Observe = lambda work, seconds: None
    look_every_seconds: float = LOOK_EVERY_SECONDS
    overdue_seconds: float = OVERDUE_SECONDS

    async def run(self) -> None:
        """Look for ever; a failing database only delays the next look."""
        while True:
            await asyncio.sleep(self.look_every_seconds)
            try:
                await self.look()
            except Exception as error:  # what is lost must be found when the database is back
                log.warning("reconciler.failed", error=type(error).__name__)

    async def look(
        self, overdue_seconds: float | None = None, *, at_once: bool = False
    ) -> list[Outlook]:
        """Look at every kind of work; `at_once` orders what is due without waiting for a second."""
        overdue = self.overdue_seconds if overdue_seconds is None else overdue_seconds
        outlooks = [await self._look(work, overdue, at_once) for work in self.works]
        if any(outlook and outlook.ordered for outlook in outlooks):
            self.nudge()
        return [outlook for outlook in outlooks if outlook]

    async def _look(self, work: DueWork, overdue: float, at_once: bool) -> Outlook | None:
        async with self.database.transaction() as tx:
            if not await reconciliation.alone(tx):
                return None
            await server.read_stretches(tx)
            before = await reconciliation.progress(tx, work.name)
            late: list[Late] = []
            since = before.done_through
            while True:
                until = await reconciliation.horizon(tx, since, overdue)
                late += await work.late(tx, since, until, ITEMS_MAX)
                if since == until or (late and not at_once):
                    break
                since = until
                if not late:
                    before = replace(before, done_through=until)
            outlook = await self._judge(tx, work, before, late, until, at_once)
        self.observe(work.name, outlook.oldest_seconds)
        return outlook

    async def _judge(
        self,
        tx: Transaction,
        work: DueWork,
        before: WorkProgress,
        late: Sequence[Late],
        until: datetime,
        at_once: bool,
    ) -> Outlook:
        if not late:
            done = WorkProgress(done_through=until, looked_through=until)
            await reconciliation.remember(tx, work.name, done)
            return Outlook(work.name, 0, 0.0, 0)
        now = await server.clock(tx)
        oldest = min(one.since for one in late)
        after = replace(
            before,
            # Just before the oldest, so that the next look sees it again.
            done_through=_just_before(oldest, before.done_through),
            oldest=oldest,
            items=len(late),
            looked_through=until,
        )
        stuck = late if at_once else stuck_since(before, late, now, self.overdue_seconds)
        overdue = now - timedelta(seconds=self.overdue_seconds)
        if stuck and not at_once and await outbox.waits(tx, work.carried_by, overdue):
            stuck = []
        if stuck:
            await outbox.append(tx, list(orders(work, stuck, self.clock.now())))
            after = replace(after, said_at=now, times=before.times + 1)
            log.warning("reconciler.ordered", work=work.name, items=len(stuck))
        await reconciliation.remember(tx, work.name, after)
        age = max(0.0, (now - oldest).total_seconds())
        return Outlook(work.name, len(late), age, len(stuck))


def orders(work: DueWork, stuck: Sequence[Late], now: datetime) -> Iterator[Message]:
    """Give the messages that order work anew, each of as many items as may be done together."""
    items = [one.item for one in stuck]
    for start in range(0, len(items), work.together):
        for kind, ids in work.orders(items[start : start + work.together]).items():
            if any(ids.values()):
                yield Message.new(kind, now, _lists(ids))


def stuck_since(
    before: WorkProgress,
    late: Sequence[Late],
    now: datetime,
    overdue_seconds: float = OVERDUE_SECONDS,
) -> Sequence[Late]:
    """Return what was late at the look before too, if none of it has moved since, and it is time.

    Work in a long queue moves: its oldest gets younger, or there is less of it. What was said
    before gets twice as long each time before it is said again.
    """
    oldest = min(one.since for one in late)
    moved = before.oldest is None or oldest > before.oldest or len(late) < before.items
    if moved or before.looked_through is None:
        return []
    pause = min(PAUSE_MAX, timedelta(seconds=overdue_seconds) * 2 ** min(before.times, 10))
    if before.said_at is not None and now < before.said_at + pause:
        return []
    return [one for one in late if one.since <= before.looked_through]


def _just_before(oldest: datetime, done_through: datetime | None) -> datetime:
    before = oldest - timedelta(microseconds=1)
    return before if done_through is None else max(done_through, before)


def _lists(ids: Ids) -> dict[str, list[str]]:
    return {field: list(values) for field, values in ids.items()}
