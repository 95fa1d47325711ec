"""One batch, one transaction; a data error is halved out of it into the quarantine.

`run` returns when every item is either committed or put aside. It raises transient errors, after
which the same batch may be run again (`Persistence` does, until the process stops), and
`DeadlineExceeded`, which makes its messages suspects. For k bad items among n the handler runs in
at most 2k * ceil(log2 n) + 1 transactions; each bad item is written down in one more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import random
from time import monotonic
from typing import TypeVar

import asyncpg
import structlog

from shared.kernel.database import Database, Transaction
from shared.messaging import cancellation, quarantine
from shared.messaging.message import Message, encode, narrow
from shared.messaging.outcome import DeadlineExceeded, Quarantine, Retry, decide, transient
from shared.messaging.quarantine import Refusal
from shared.messaging.topology import Route
from shared.observability import tracing
from shared.observability.metrics import SILENT, Observer

BATCH_SECONDS = 60.0

log = structlog.get_logger()

T = TypeVar("T")
Also = Callable[[Transaction], Awaitable[None]]


class Stopping(Exception):
    """The process stops while a step still waits for its next try."""


@dataclass(frozen=True, slots=True)
class Persistence:
    """Runs steps again after transient errors; `stop` ends the waiting."""

    stop: asyncio.Event
    name: str
    jitter: Callable[[], float] = field(default=random)

    async def __call__(self, step: Callable[[], Awaitable[T]]) -> T:
        """Return what `step` returns; raise what is not transient, or `Stopping`."""
        attempt = 0
        while True:
            try:
                return await step()
            except Exception as error:
                outcome = decide(error, attempt, self.jitter())
                if not isinstance(outcome, Retry):
                    raise
                self._tell(error, attempt)
                await self.pause(outcome.after)
            attempt += 1

    async def pause(self, seconds: float) -> None:
        """Wait, or raise `Stopping`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stop.wait()
        if self.stop.is_set():
            raise Stopping(self.name)

    def _tell(self, error: Exception, attempt: int) -> None:
        log.warning(
            "messaging.transient_error",
            route=self.name,
            attempt=attempt,
            error=type(error).__name__,
            sqlstate=getattr(error, "sqlstate", None),
        )


@dataclass(frozen=True, slots=True)
class Work:
    """A decoded message and the items of it that are to be handled."""

    message: Message
    items: tuple[str, ...]
    # The span that brought them, where they are traced.
    traceparent: str | None = None


class Apply:
    """Runs batches of one route."""

    def __init__(
        self,
        route: Route,
        database: Database,
        *,
        seconds: float = BATCH_SECONDS,
        observer: Observer = SILENT,
    ) -> None:
        """Give each transaction at most `seconds`."""
        self._route = route
        self._database = database
        self._seconds = seconds
        self._observer = observer
        self._transactions = 0

    async def run(self, work: Sequence[Work], also: Also | None = None) -> None:
        """Handle the items of all messages; `also` joins each transaction that succeeds."""
        items = sorted({item for one in work for item in one.items})
        began, self._transactions = monotonic(), 0
        if items:
            brought = [(one.traceparent, one.items) for one in work]
            with tracing.batch(
                self._route.name, brought, {"messaging.batch.message_count": len(items)}
            ):
                await self._halve(work, items, also)
            seconds = monotonic() - began
            self._observer.batch(self._route.name, len(items), seconds, self._transactions)
            log.debug("messaging.batch_applied", route=self._route.name, items=len(items))

    async def refuse(self, work: Sequence[Work], item: str, verdict: Quarantine) -> None:
        """Put one item aside, once for each message that carries it."""
        refusals = [self._refusal(one, item, verdict) for one in work if item in one.items]
        self._transactions += 1
        async with self._database.transaction() as tx:
            await quarantine.put(tx, refusals)
        self._observer.quarantined(self._route.name, verdict.reason)
        log.warning(
            "messaging.item_quarantined",
            route=self._route.name,
            message_ids=[str(refusal.message_id) for refusal in refusals],
            reason=verdict.reason,
            sqlstate=verdict.sqlstate,
        )

    async def _halve(
        self, work: Sequence[Work], items: list[str], also: Also | None, bad: bool = False
    ) -> bool:
        """Handle `items` and say whether all succeeded; `bad` ones are halved without a try."""
        error = None if bad and len(items) > 1 else await self._try(items, also)
        if error is None and not (bad and len(items) > 1):
            return True
        if len(items) == 1 and error is not None:
            return await self._judge(work, items[0], error, also)
        middle = len(items) // 2
        clean = await self._halve(work, items[:middle], also)
        # The fault of the whole lies in the second half when the first has none.
        await self._halve(work, items[middle:], also, bad=clean)
        return False

    async def _judge(
        self, work: Sequence[Work], item: str, error: Exception, also: Also | None
    ) -> bool:
        for _ in range(1, self._route.attempts):
            again = await self._try([item], also)
            if again is None:
                return True
            error = again
        verdict = decide(error, 0)
        if not isinstance(verdict, Quarantine):
            raise TypeError(verdict)
        await self.refuse(work, item, verdict)
        return False

    async def _try(self, items: list[str], also: Also | None) -> Exception | None:
        """Commit the items and return None, or return the data error; raise any other."""
        try:
            await self._commit(items, also)
        except DeadlineExceeded:
            raise
        except Exception as error:
            if transient(error):
                raise
            return error
        return None

    async def _commit(self, items: list[str], also: Also | None) -> None:
        self._transactions += 1
        try:
            async with asyncio.timeout(self._seconds) as scope:
                async with self._database.transaction() as tx:
                    await self._call(tx, items)
                    await quarantine.resolve(tx, self._route.name, items)
                    if also:
                        await also(tx)
        except asyncpg.QueryCanceledError as error:
            raise DeadlineExceeded(self._route.name) from error
        except TimeoutError as error:
            if scope.expired():
                raise DeadlineExceeded(self._route.name) from error
            raise

    async def _call(self, tx: Transaction, items: list[str]) -> None:
        try:
            await self._route.handle(tx, items)
        except asyncio.CancelledError as error:
            if not cancellation.stray(error):
                raise
            # Something inside the handler was cancelled; nobody has asked us to stop.
            raise ConnectionError("cancelled from within") from error

    def _refusal(self, work: Work, item: str, verdict: Quarantine) -> Refusal:
        message = work.message
        return Refusal(
            self._route.name,
            message.id,
            item,
            message.type,
            encode(narrow(message, [item])).decode(),
            verdict.reason,
            verdict.detail,
            verdict.sqlstate,
        )
