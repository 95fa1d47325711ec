"""The one transaction of ingest: facts, outbox rows and system time, or nothing.

Concurrent requests are recorded together: one writer per process takes whatever is waiting, so that
32 callers share one commit instead of queueing for 32. Each request is still all or nothing. Doors
that lock what others may hold for long (a fund while it is allocated) have a lane of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import asyncpg
import structlog

from services.ingest.doors.door import Door, Prepared
from services.ingest.doors.registry import DOORS
from services.ingest.guards import Guard, Raced
from services.ingest.receipts import Judged, Known, Receipt, judge
from shared.http.problems import UNREACHABLE, refused
from shared.kernel import knowledge
from shared.kernel.clock import Clock
from shared.kernel.database import Database, DatabaseUnavailable, Transaction
from shared.messaging import outbox

ITEMS_TOGETHER = 1000
ANSWER_SECONDS = 5.0
RACES_MAX = 5

log = structlog.get_logger()


class _Rehearsed(Exception):
    """Nothing of a rehearsal is to be kept."""


@dataclass
class Submission:
    """One request's items on their way into the store."""

    door: Door
    items: Sequence[Prepared]
    keep_good: bool = False
    answer: asyncio.Future[Judged] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def settle(self, result: Judged | BaseException) -> None:
        """Give the waiting caller its answer, if it still waits."""
        if self.answer.done():
            return
        if isinstance(result, BaseException):
            self.answer.set_exception(result)
        else:
            self.answer.set_result(result)


@dataclass
class Recorder:
    """The writer component of a process; `nudge` wakes the relay when there is one beside it."""

    database: Database
    clock: Clock
    nudge: Callable[[], None] = lambda: None
    _lanes: dict[str, asyncio.Queue[Submission]] = field(
        default_factory=lambda: {door.lane: asyncio.Queue(256) for door in DOORS.values()}
    )

    async def submit(
        self, door: Door, items: Sequence[Prepared], *, keep_good: bool = False
    ) -> Judged:
        """Record the items and return what became of each; at the latest after five seconds.

        Raises 409 with every conflict, or 422 if something named does not exist (nothing is stored
        either way), or 503 when the store cannot be reached: the caller may safely send it again.
        """
        submission = Submission(door, items, keep_good)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._lanes[door.lane].put(submission)
                judged = await submission.answer
        except TimeoutError:
            raise DatabaseUnavailable("the store did not answer in time") from None
        if judged.faults and not keep_good:
            raise refused([fault for _, fault in judged.faults])
        return judged

    async def rehearse(self, door: Door, items: Sequence[Prepared]) -> Judged:
        """Tell what would become of the items, storing nothing."""
        submission = Submission(door, items, keep_good=True)
        for _ in range(RACES_MAX):
            with suppress(Raced):
                return await self._rehearsed(submission)
        raise DatabaseUnavailable("other writers keep storing the same facts; try again")

    async def _rehearsed(self, submission: Submission) -> Judged:
        with suppress(_Rehearsed):
            async with asyncio.timeout(ANSWER_SECONDS), self.database.transaction() as tx:
                judged = _judge(submission, *await _look(tx, submission.door, submission.items))
                raise _Rehearsed
        return judged

    async def run(self) -> None:
        """Record what is waiting, for ever; a failing store fails the requests, not this loop."""
        async with asyncio.TaskGroup() as lanes:
            for waiting in self._lanes.values():
                lanes.create_task(self._run(waiting))

    async def _run(self, waiting: asyncio.Queue[Submission]) -> None:
        while True:
            batch = [await waiting.get()]
            size = len(batch[0].items)
            while size < ITEMS_TOGETHER and not waiting.empty():
                batch.append(waiting.get_nowait())
                size += len(batch[-1].items)
            # Whoever gave up waiting was told to send it again, and will.
            await asyncio.shield(self._record_each([s for s in batch if not s.answer.done()]))

    async def _record_each(self, batch: list[Submission]) -> None:
        if not batch:
            return
        try:
            results = await self._record(batch)
        except Exception as error:  # every caller must get an answer, whatever went wrong
            if len(batch) > 1 and not isinstance(error, UNREACHABLE):
                for submission in batch:
                    await self._record_each([submission])
                return
            for submission in batch:
                submission.settle(error)
            return
        for submission, judged in zip(batch, results, strict=True):
            submission.settle(judged)
        self.nudge()

    async def _record(self, batch: list[Submission]) -> list[Judged]:
        for _ in range(RACES_MAX):
            try:
                async with asyncio.timeout(ANSWER_SECONDS), self.database.transaction() as tx:
                    return await self._store(tx, batch)
            except (Raced, asyncpg.TransactionRollbackError):
                log.info("ingest.record.raced", requests=len(batch))
            except TimeoutError as error:
                raise DatabaseUnavailable("the store did not answer in time") from error
        raise DatabaseUnavailable("other writers keep storing the same facts; try again")

    async def _store(self, tx: Transaction, batch: list[Submission]) -> list[Judged]:
        results: dict[int, Judged] = {}
        begun = await knowledge.settled(tx)
        recording = await knowledge.next_recording(tx)
        stored: list[_Stored] = []
        for door in sorted({submission.door for submission in batch}, key=lambda d: d.name):
            mine = [s for s in batch if s.door is door]
            stored.append(await self._store_door(tx, recording, door, mine, results))
        if any(each.new for each in stored):
            await knowledge.record(tx, recording, ",".join(sorted({s.door.name for s in batch})))
            if await knowledge.others_recorded(tx, recording, begun):
                for each in stored:
                    await each.check(tx)
        for each in stored:
            await each.guard.settle(tx)
        return [results[id(submission)] for submission in batch]

    async def _store_door(
        self,
        tx: Transaction,
        recording: int,
        door: Door,
        batch: list[Submission],
        results: dict[int, Judged],
    ) -> _Stored:
        known, guard = await _look(tx, door, [item for s in batch for item in s.items])
        new: list[Prepared] = []
        for submission in batch:
            judged = _judge(submission, known, guard)
            new += [submission.items[n].numbered(candidate) for n, candidate in judged.new]
            results[id(submission)] = judged
        if new:
            # In one order, so that two processes with the same facts cannot deadlock.
            rows = [item.row for item in sorted(new, key=lambda n: n.candidate.event_id)]
            if await door.insert(tx, recording, rows) != len(new):
                raise Raced
            await outbox.append(tx, door.messages(new, known, guard, self.clock.now()))
        return _Stored(door, known, guard, new)


async def _look(tx: Transaction, door: Door, items: Sequence[Prepared]) -> tuple[Known, Guard]:
    """Load what items are judged by; repeats of what is stored need no locks."""
    known = await door.known(tx, list({item.candidate.key for item in items}))
    fresh = [item.row for item in items if not known.has(item.candidate)]
    return known, await door.guard(tx, fresh)


def _judge(submission: Submission, known: Known, guard: Guard) -> Judged:
    door, items, mark = submission.door, submission.items, guard.journal.mark()
    judged = judge(
        [item.candidate for item in items],
        known,
        door.number,
        lambda position: door.admit(guard, items[position]),
        keep_good=submission.keep_good,
    )
    if judged.faults and not submission.keep_good:
        guard.journal.undo(mark)
    return judged


@dataclass(frozen=True)
class _Stored:
    """What one transaction stored of a door, and what it had known when it judged."""

    door: Door
    known: Known
    guard: Guard
    new: list[Prepared]

    async def check(self, tx: Transaction) -> None:
        """Raise `Raced` if another process has meanwhile stored a revision of the same facts.

        We have the clock, so every earlier commit is visible, and a later one will see ours.
        """
        keys = list({item.candidate.key for item in self.new})
        now = await self.door.known(tx, keys)
        for key in keys:
            if now.revisions.get(key, {}).keys() != self.known.revisions.get(key, {}).keys():
                raise Raced


def counts(receipts: Sequence[Receipt]) -> tuple[int, int]:
    """Return (accepted, duplicates)."""
    accepted = sum(1 for receipt in receipts if receipt.outcome == "accepted")
    return accepted, len(receipts) - accepted
