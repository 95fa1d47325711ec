"""The consumer of one route: collect deliveries, apply them as a batch, settle after the commit.

Work runs in a task of its own that cancellation does not reach. On stop the consumer takes no more,
ends the batch in hand within a deadline, and gives back the rest; past the deadline it just leaves,
for what is not settled is safe and will come again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic

import structlog

from shared.kernel.database import Database
from shared.messaging import outbox, quarantine
from shared.messaging.apply import BATCH_SECONDS, Apply, Persistence, Stopping, Work
from shared.messaging.outcome import DeadlineExceeded
from shared.messaging.quarantine import Refusal
from shared.messaging.received import Batcher, Parked, Received, read
from shared.messaging.suspects import LEASE_TIMES, LeaseTimes, Suspects
from shared.messaging.topology import Route
from shared.messaging.transport import Delivery, Subscription, Transport
from shared.messaging.worker import this_worker
from shared.observability.metrics import SILENT, Observer

STOP_SECONDS = 10.0
PARK_SECONDS = 900.0
FAILURE_PAUSE_SECONDS = 1.0

log = structlog.get_logger()


class Consumer:
    """Handles the messages of one route until it is cancelled."""

    def __init__(
        self,
        route: Route,
        database: Database,
        transport: Transport,
        *,
        observer: Observer = SILENT,
        batch_seconds: float = BATCH_SECONDS,
        stop_seconds: float = STOP_SECONDS,
        worker: str | None = None,
        lease_times: LeaseTimes = LEASE_TIMES,
    ) -> None:
        """Give a batch `batch_seconds`, and the one in hand `stop_seconds` when stopped."""
        self._route = route
        self._database = database
        self._transport = transport
        self._observer = observer
        self._stop_seconds = stop_seconds
        self._apply = Apply(route, database, seconds=batch_seconds, observer=observer)
        self._suspects = Suspects(
            route.name, worker or this_worker(), database, self._apply, lease_times
        )
        self._persist = Persistence(asyncio.Event(), route.name)
        self._batcher: Batcher[Received] = Batcher(route.batch)
        self._in_hand: dict[Delivery, None] = {}
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Consume until cancelled; then end what is in hand and give back the rest."""
        self._persist = Persistence(asyncio.Event(), self._route.name)
        subscription = self._transport.subscribe(self._route)
        try:
            while True:
                batch = await self._collect(subscription)
                self._in_hand = dict.fromkeys(received.delivery for received in batch)
                self._task = asyncio.create_task(self._handle(subscription, batch))
                await asyncio.shield(self._task)
        finally:
            await self._stop(subscription)

    async def _collect(self, subscription: Subscription) -> list[Received]:
        while not self._batcher.ready(monotonic()):
            delivery = await subscription.receive(self._batcher.due_in(monotonic()))
            if delivery:
                received = read(self._route, delivery)
                self._batcher.add(received, received.size, monotonic())
        return self._batcher.take()

    async def _handle(self, subscription: Subscription, batch: list[Received]) -> None:
        try:
            await self._settle(subscription, batch)
        except Stopping:
            pass
        except Exception as error:
            log.error("messaging.batch_failed", route=self._route.name, error=type(error).__name__)
            with suppress(Stopping):
                await self._persist.pause(FAILURE_PAUSE_SECONDS)
        await self._give_back(subscription, list(self._in_hand))

    async def _settle(self, subscription: Subscription, batch: list[Received]) -> None:
        unreadable = [r for r in batch if not isinstance(r.content, Work)]
        work = {r.delivery: r.content for r in batch if isinstance(r.content, Work)}
        if unreadable:
            await self._persist(lambda: self._put_aside(unreadable))
            await self._ack(subscription, [received.delivery for received in unreadable])
        fresh = [delivery for delivery in work if not delivery.suspect]
        suspected = [delivery for delivery in work if delivery.suspect]
        try:
            if fresh:
                await self._persist(lambda: self._apply.run([work[one] for one in fresh]))
                await self._ack(subscription, fresh)
        except DeadlineExceeded:
            log.error("messaging.batch_deadline_exceeded", route=self._route.name)
            suspected = fresh + suspected
        for delivery in suspected:
            # Whoever gets a lost one now would count our start, and nobody would end it for us.
            if subscription.holds(delivery):
                await self._suspects.handle(work[delivery], self._persist)
            await self._ack(subscription, [delivery])

    async def _put_aside(self, unreadable: Sequence[Received]) -> None:
        refusals = [r.content for r in unreadable if isinstance(r.content, Refusal)]
        async with self._database.transaction() as tx:
            await quarantine.put(tx, refusals)
            for received in unreadable:
                if isinstance(parked := received.content, Parked):
                    await outbox.resend(
                        tx, parked.type, parked.body, after=PARK_SECONDS, error=outbox.PARKED
                    )
        for refusal in refusals:
            log.error("messaging.message_unreadable", route=refusal.route, reason=refusal.reason)
            self._observer.quarantined(refusal.route, refusal.reason)

    async def _ack(self, subscription: Subscription, deliveries: Sequence[Delivery]) -> None:
        await subscription.ack(deliveries)
        for delivery in deliveries:
            self._in_hand.pop(delivery, None)

    async def _give_back(self, subscription: Subscription, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            await subscription.nack(deliveries)
        for delivery in deliveries:
            self._in_hand.pop(delivery, None)

    async def _stop(self, subscription: Subscription) -> None:
        self._persist.stop.set()
        ends = monotonic() + self._stop_seconds
        with suppress(TimeoutError):
            async with asyncio.timeout(self._stop_seconds):
                await subscription.stop()
        if self._task and not self._task.done():
            await asyncio.wait([self._task], timeout=max(0.0, ends - monotonic()))
        if self._task and not self._task.done():
            log.warning("messaging.batch_left_unfinished", route=self._route.name)
            self._in_hand.clear()
        waiting: list[Delivery] = []
        while len(self._batcher):
            waiting += [received.delivery for received in self._batcher.take()]
        await self._give_back(subscription, [*self._in_hand, *waiting])
