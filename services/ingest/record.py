"""The one transaction of ingest: facts, outbox rows and system time, or nothing.

Concurrent requests are recorded together: one writer per process takes whatever is waiting, so that
32 callers share one commit instead of queueing for 32. Each request is still all or nothing. Kinds
that lock what others may hold for long (a fund while it is allocated) have a lane of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from msgspec.structs import replace

from services.ingest.guards import Guard, Raced, hold
from services.ingest.receipts import Judged, Known, Receipt, judge, messages
from services.ingest.territory import OPEN, Territory, concerns, look
from shared.access.grants import Writer
from shared.facts import FACTS
from shared.households.store import persons
from shared.http.problems import refused
from shared.kernel import knowledge
from shared.kernel import revisions as store
from shared.kernel.clock import Clock
from shared.kernel.database import Database, DatabaseUnavailable, Transaction
from shared.kernel.database_errors import LOST_TO_ANOTHER, UNREACHABLE
from shared.kernel.errors import Fault
from shared.kernel.facts import FactKind, type_name
from shared.kernel.key_file import KeyFile
from shared.kernel.revisions import FactKey, Revision
from shared.kernel.sealing import Keyring, SealBroken
from shared.messaging import outbox
from shared.observability import tracing

REVISIONS_TOGETHER = 1000
ANSWER_SECONDS = 5.0
# Nobody waits for the answers to a demo, and a slow machine is no reason to refuse it.
LOADING_SECONDS = 60.0
RACES_MAX = 5

log = structlog.get_logger()


def answer_seconds(*, loading: bool = False) -> float:
    """Return after how long a door gives up on the store; `loading` is of a demo."""
    return LOADING_SECONDS if loading else ANSWER_SECONDS


class _Rehearsed(Exception):
    """Nothing of a rehearsal is to be kept."""


@dataclass
class Posted:
    """One request's revisions on their way into the store; without a writer nothing is outside."""

    kind: FactKind
    revisions: Sequence[Revision]
    keep_good: bool = False
    writer: Writer | None = None
    # The span of the request: its facts are stored, and their messages made, in another task.
    trace: str | None = field(default_factory=tracing.traceparent)
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
    keys: KeyFile
    nudge: Callable[[], None] = lambda: None
    seconds: Callable[[], float] = answer_seconds
    _lanes: dict[str, asyncio.Queue[Posted]] = field(
        default_factory=lambda: {_lane(kind): asyncio.Queue(256) for kind in FACTS.values()}
    )

    async def submit(
        self,
        kind: FactKind,
        revisions: Sequence[Revision],
        *,
        writer: Writer | None = None,
        keep_good: bool = False,
    ) -> Judged:
        """Record the revisions and return what became of each; at the latest after `seconds`.

        Raises 409 with every conflict, or 422 if something named does not exist (nothing is stored
        either way), or 503 when the store cannot be reached: the caller may safely send it again.
        """
        with tracing.span("store facts", attributes={"registry.facts": len(revisions)}):
            posted = Posted(kind, _keyed(revisions, self.keys), keep_good, writer)
            try:
                async with asyncio.timeout(self.seconds()):
                    await self._lanes[_lane(kind)].put(posted)
                    judged = await posted.answer
            except TimeoutError:
                raise DatabaseUnavailable("the store did not answer in time") from None
        if judged.faults and not keep_good:
            raise refused([fault for _, fault in judged.faults])
        return judged

    async def rehearse(
        self, kind: FactKind, revisions: Sequence[Revision], *, writer: Writer | None = None
    ) -> Judged:
        """Tell what would become of the revisions, storing nothing."""
        posted = Posted(kind, _keyed(revisions, self.keys), keep_good=True, writer=writer)
        for _ in range(RACES_MAX):
            with suppress(Raced):
                return await self._rehearsed(posted)
        raise DatabaseUnavailable("other writers keep storing the same facts; try again")

    async def _rehearsed(self, posted: Posted) -> Judged:
        with suppress(_Rehearsed):
            async with asyncio.timeout(self.seconds()), self.database.transaction() as tx:
                judged = _judge(posted, *await _look(tx, posted.kind, [posted]))
                raise _Rehearsed
        return judged

    async def run(self) -> None:
        """Record what is waiting, for ever; a failing store fails the requests, not this loop."""
        async with asyncio.TaskGroup() as lanes:
            for waiting in self._lanes.values():
                lanes.create_task(self._run(waiting))

    async def _run(self, waiting: asyncio.Queue[Posted]) -> None:
        while True:
            batch = [await waiting.get()]
            size = len(batch[0].revisions)
            while size < REVISIONS_TOGETHER and not waiting.empty():
                batch.append(waiting.get_nowait())
                size += len(batch[-1].revisions)
            # Whoever gave up waiting was told to send it again, and will.
            await asyncio.shield(self._record_each([s for s in batch if not s.answer.done()]))

    async def _record_each(self, batch: list[Posted]) -> None:
        if not batch:
            return
        try:
            results = await self._record(batch)
        except Exception as error:  # every caller must get an answer, whatever went wrong
            if len(batch) > 1 and not isinstance(error, UNREACHABLE):
                for posted in batch:
                    await self._record_each([posted])
                return
            for posted in batch:
                posted.settle(error)
            return
        for posted, judged in zip(batch, results, strict=True):
            posted.settle(judged)
        self.nudge()

    async def _record(self, batch: list[Posted]) -> list[Judged]:
        for _ in range(RACES_MAX):
            try:
                async with asyncio.timeout(self.seconds()), self.database.transaction() as tx:
                    return await self._store(tx, batch)
            # A key that was changed while we held the old ones is there at the next try.
            except (Raced, SealBroken, LOST_TO_ANOTHER):
                log.info("ingest.record.raced", requests=len(batch))
            except TimeoutError as error:
                raise DatabaseUnavailable("the store did not answer in time") from error
        raise DatabaseUnavailable("other writers keep storing the same facts; try again")

    async def _store(self, tx: Transaction, batch: list[Posted]) -> list[Judged]:
        results: dict[int, Judged] = {}
        begun = await knowledge.settled(tx)
        recording = await knowledge.next_recording(tx)
        stored: list[_Stored] = []
        for kind in sorted({posted.kind for posted in batch}, key=lambda k: k.name):
            mine = [posted for posted in batch if posted.kind is kind]
            stored.append(await self._store_kind(tx, recording, kind, mine, results))
        if any(each.new for each in stored):
            await knowledge.record(tx, recording, ",".join(sorted({p.kind.name for p in batch})))
            if await knowledge.others_recorded(tx, recording, begun):
                for each in stored:
                    await each.check(tx)
        for each in stored:
            await each.guard.settle(tx)
        return [results[id(posted)] for posted in batch]

    async def _store_kind(
        self,
        tx: Transaction,
        recording: int,
        kind: FactKind,
        batch: list[Posted],
        results: dict[int, Judged],
    ) -> _Stored:
        known, territory, guard = await _look(tx, kind, batch)
        traced: dict[str | None, list[Revision]] = {}
        for posted in batch:
            judged = results[id(posted)] = _judge(posted, known, territory, guard)
            traced.setdefault(posted.trace, []).extend(judged.new)
        new = [revision for brought in traced.values() for revision in brought]
        if new:
            # In one order, so that two processes with the same facts cannot deadlock.
            ordered = sorted(new, key=lambda revision: revision.event_id)
            if await store.insert(tx, kind, recording, ordered) != len(new):
                raise Raced
            await _store_persons(tx, self.keys, ordered)
            now = self.clock.now()
            await outbox.append(
                tx,
                [
                    message
                    for trace, brought in traced.items()
                    for message in messages(kind, brought, known, guard, now, trace)
                ],
            )
        return _Stored(kind, known, territory, guard, new)


async def _look(
    tx: Transaction, kind: FactKind, batch: Sequence[Posted]
) -> tuple[Known, Territory, Guard]:
    """Load what revisions are judged by; repeats of what is stored need no locks."""
    revisions = [revision for posted in batch for revision in posted.revisions]
    known = await known_of(tx, kind, {revision.key for revision in revisions})
    concerned = any(concerns(kind, posted.writer) for posted in batch)
    territory = await look(tx, kind, revisions) if concerned else OPEN
    own = [r for p in batch for r in p.revisions if _may_be_held(territory, p.writer, r)]
    return known, territory, await hold(tx, kind, [r for r in own if not known.has(r)])


def _may_be_held(territory: Territory, writer: Writer | None, revision: Revision) -> bool:
    """Say whether to lock what a revision touches: nobody waits for what is not the caller's.

    A household may become the caller's by a fact earlier in the batch.
    """
    return "household_id" in revision.kind.columns or not territory.refusal(writer, revision)


def _keyed(revisions: Sequence[Revision], keys: KeyFile) -> Sequence[Revision]:
    """Return the revisions with keyed digests where they name persons."""
    if not any(each.apart for each in revisions):
        return revisions
    ring = keys.ring()
    return [_digested(each, ring) if each.apart else each for each in revisions]


def _digested(revision: Revision, ring: Keyring) -> Revision:
    return replace(revision, content_hash=persons.content_digest(ring, revision.content_hash))


async def _store_persons(tx: Transaction, keys: KeyFile, revisions: Sequence[Revision]) -> None:
    parts = [
        part
        for each in revisions
        if each.apart and each.kind.apart
        for part in persons.parts_of(
            each.event_id, each.key[0], each.value(each.kind.apart.subject), each.apart
        )
    ]
    if parts:
        await persons.store(tx, keys.ring(), parts)


def _lane(kind: FactKind) -> str:
    """Return what is recorded together: kinds that wait for locks keep no other one waiting."""
    return kind.name if kind.lock else ""


async def known_of(tx: Transaction, kind: FactKind, keys: Iterable[FactKey]) -> Known:
    """Return the stored revisions of these facts."""
    type_of = "e.type" if kind.typed else f"'{type_name(kind.types[0])}'"
    subject = f"e.{kind.wakes.column}" if kind.wakes and kind.wakes.ever else "NULL"
    known = Known()
    fields = f"e.revision, {type_of}, e.content_hash, {subject}"
    for source, external_id, *stored in await store.of_keys(tx, kind, fields, keys):
        known.add((source, external_id), *stored)
    return known


def _judge(posted: Posted, known: Known, territory: Territory, guard: Guard) -> Judged:
    mark = guard.journal.mark()
    judged = judge(
        posted.revisions,
        known,
        lambda each: _admit(guard, territory, each),
        lambda each: territory.refusal(posted.writer, each),
        keep_good=posted.keep_good,
    )
    if judged.faults and not posted.keep_good:
        guard.journal.undo(mark)
    return judged


def _admit(guard: Guard, territory: Territory, revision: Revision) -> Fault | None:
    """Let the guard judge a revision; what is wrong with it is a fault of its field."""
    refusal = guard.admit(revision)
    if refusal is None:
        if territory is not OPEN:
            territory.enter(revision, guard.journal)
        return None
    pointer = f"{revision.pointer}/{refusal.field}" if refusal.field else revision.pointer
    return Fault(pointer, refusal.code, refusal.detail, 409 if refusal.conflict else 422)


@dataclass(frozen=True)
class _Stored:
    """What one transaction stored of a kind, and what it had known when it judged."""

    kind: FactKind
    known: Known
    territory: Territory
    guard: Guard
    new: list[Revision]

    async def check(self, tx: Transaction) -> None:
        """Raise `Raced` if another process has meanwhile stored a revision of the same facts.

        We have the clock, so every earlier commit is visible, and a later one will see ours.
        """
        keys = list({revision.key for revision in self.new})
        now = await known_of(tx, self.kind, keys)
        for key in keys:
            if now.revisions.get(key, {}).keys() != self.known.revisions.get(key, {}).keys():
                raise Raced
        if await self.territory.changed(tx, keys):
            raise Raced


def counts(receipts: Sequence[Receipt]) -> tuple[int, int]:
    """Return (accepted, duplicates)."""
    accepted = sum(1 for receipt in receipts if receipt.outcome == "accepted")
    return accepted, len(receipts) - accepted
