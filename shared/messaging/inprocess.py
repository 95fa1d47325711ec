"""The transport of embedded mode: memory that confirms when the work is committed.

A queue in memory holds nothing, so `publish` confirms a message only when every route of its type
has settled it; until then the outbox row is the message. Routes are known from the topology, not
from who has subscribed, so nothing is confirmed merely because a consumer has not started yet.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.messaging.topology import Route, Topology
from shared.messaging.transport import (
    Confirmed,
    Delivery,
    Outgoing,
    PublishOutcome,
    Refused,
    Unknown,
)

CAPACITY = 2_000


@dataclass(slots=True, eq=False)
class _Held:
    """A message and the routes that have not settled it yet."""

    outgoing: Outgoing
    waiting: set[str]
    settled: asyncio.Future[bool]


@dataclass(slots=True, eq=False)
class _Copy:
    """A message on its way to one route."""

    held: _Held
    count: int
    redelivered: bool


@dataclass(slots=True)
class _Queue:
    """The copies for one route that no consumer has."""

    ready: deque[_Copy] = field(default_factory=deque)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)


class InProcessTransport:
    """Carries messages between components of one process."""

    durable = False

    def __init__(self, topology: Topology, *, capacity: int = CAPACITY) -> None:
        """Hold at most `capacity` messages that are not settled."""
        self._topology = topology
        self._capacity = capacity
        self._held: dict[UUID, _Held] = {}
        self._queues = {route.queue_name: _Queue() for route in topology.routes}
        self._closed = False

    @property
    def idle(self) -> bool:
        """Say whether every message that was taken in has been settled."""
        return all(held.settled.done() for held in self._held.values())

    async def start(self) -> None:
        """Begin; there is nothing to do."""

    async def publish(self, messages: Sequence[Outgoing], seconds: float) -> list[PublishOutcome]:
        """Hand out the messages and wait until they are settled, at most `seconds`."""
        taken = [await self._take(message) for message in messages]
        waits = {held.settled for held in taken if isinstance(held, _Held)}
        if waits:
            await asyncio.wait(waits, timeout=seconds)
        return [self._outcome(held) for held in taken]

    def subscribe(self, route: Route) -> InProcessSubscription:
        """Take messages of `route`, sharing them with its other subscriptions."""
        return InProcessSubscription(self._queues[route.queue_name], route)

    async def discard(self) -> None:
        """Keep what is held: a message in memory has no channel to lose."""

    async def close(self) -> None:
        """End every waiting publish; its rows stay in the outbox."""
        self._closed = True
        for held in self._held.values():
            if not held.settled.done():
                held.settled.set_result(False)

    async def _take(self, message: Outgoing) -> _Held | PublishOutcome:
        routes = self._topology.routes_of(message.type)
        if not routes:
            known = message.type in self._topology.announced
            return Confirmed() if known else Refused("unroutable")
        # A row that is sent again while its work still runs joins the copy that is in hand.
        if held := self._held.get(message.key):
            return held
        if self._closed or not self._room():
            return Unknown()
        held = self._held[message.key] = _Held(
            message,
            {route.queue_name for route in routes},
            asyncio.get_running_loop().create_future(),
        )
        for route in routes:
            await _put(self._queues[route.queue_name], _Copy(held, 0, message.suspect))
        return held

    def _room(self) -> bool:
        if len(self._held) >= self._capacity:
            done = [key for key, held in self._held.items() if held.settled.done()]
            for key in done:
                del self._held[key]
        return len(self._held) < self._capacity

    def _outcome(self, held: _Held | PublishOutcome) -> PublishOutcome:
        if not isinstance(held, _Held):
            return held
        if not held.settled.done() or not held.settled.result():
            return Unknown()
        self._held.pop(held.outgoing.key, None)
        return Confirmed()


class InProcessSubscription:
    """One consumer's share of a route, at most `prefetch` unsettled at a time."""

    def __init__(self, queue: _Queue, route: Route) -> None:
        """Take from `queue`."""
        self._queue = queue
        self._route = route
        self._unsettled: set[_Copy] = set()
        self._stopped = False

    async def receive(self, seconds: float | None) -> Delivery | None:
        """Return the next delivery, or None after `seconds`."""
        try:
            async with asyncio.timeout(seconds), self._queue.changed:
                await self._queue.changed.wait_for(self._may_take)
                copy = self._queue.ready.popleft()
        except TimeoutError:
            return None
        self._unsettled.add(copy)
        sent = copy.held.outgoing
        return Delivery(sent.body, copy.redelivered, copy.count, copy, sent.traceparent)

    def holds(self, delivery: Delivery) -> bool:
        """Say whether this one is still ours to settle."""
        return delivery.receipt in self._unsettled

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Settle these for the route; the last route to settle confirms the message."""
        for copy in self._mine(deliveries):
            copy.held.waiting.discard(self._route.queue_name)
            if not copy.held.waiting and not copy.held.settled.done():
                copy.held.settled.set_result(True)
        await self._tell()

    async def nack(self, deliveries: Sequence[Delivery]) -> None:
        """Give these back to the front of the queue."""
        copies = self._mine(deliveries)
        again = [_Copy(copy.held, copy.count + 1, True) for copy in copies]
        self._queue.ready.extendleft(reversed(again))
        await self._tell()

    async def stop(self) -> None:
        """Take no more; nothing is buffered here."""
        self._stopped = True

    def _may_take(self) -> bool:
        free = len(self._unsettled) < self._route.prefetch
        return bool(self._queue.ready) and free and not self._stopped

    def _mine(self, deliveries: Sequence[Delivery]) -> list[_Copy]:
        copies = [one.receipt for one in deliveries if isinstance(one.receipt, _Copy)]
        mine = [copy for copy in copies if copy in self._unsettled]
        self._unsettled.difference_update(mine)
        return mine

    async def _tell(self) -> None:
        async with self._queue.changed:
            self._queue.changed.notify_all()


async def _put(queue: _Queue, copy: _Copy) -> None:
    queue.ready.append(copy)
    async with queue.changed:
        queue.changed.notify_all()
