"""Transports that drop, repeat, delay and reorder what they are given; every call is a step.

`FaultyInProcess` is the transport of embedded mode; `Broker` stands for RabbitMQ: what it has
confirmed outlives processes, and what was not settled by a process that died is delivered again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from shared.messaging.inprocess import InProcessTransport
from shared.messaging.topology import DELIVERY_LIMIT, Route, Topology
from shared.messaging.transport import (
    Confirmed,
    Delivery,
    Keep,
    Outgoing,
    PublishOutcome,
    Refused,
    Subscription,
    Unknown,
)
from tests.simulation.crashing import Life

PUBLISH_SECONDS = 1.5
PREFETCH = 100


@dataclass(frozen=True)
class Faults:
    """How often each fault happens to a message, as shares of one."""

    dropped: float = 0.0
    unconfirmed: float = 0.0
    refused: float = 0.0
    twice: float = 0.0
    delayed: float = 0.0
    shuffled: float = 0.0
    cut: float = 0.0


NONE = Faults()
MANY = Faults(0.1, 0.1, 0.05, 0.2, 0.2, 0.5, 0.05)


class Fate:
    """Draws what happens to each message; `faults` may be changed on the way."""

    def __init__(self, rng: Random, faults: Faults) -> None:
        self.rng = rng
        self.faults = faults

    def happens(self, share: float) -> bool:
        return self.rng.random() < share

    def order(self, messages: Sequence[Outgoing]) -> list[int]:
        order = list(range(len(messages)))
        if self.happens(self.faults.shuffled):
            self.rng.shuffle(order)
        return order

    def of(self) -> str:
        for name in ("dropped", "unconfirmed", "refused"):
            if self.happens(getattr(self.faults, name)):
                return name
        return "sent"


class FaultyInProcess:
    """Embedded mode's transport with faults; dies with its process.

    It never delivers twice at once: a row that is sent again joins the copy in hand.
    """

    durable = False

    def __init__(self, topology: Topology, life: Life, fate: Fate) -> None:
        self._inner = InProcessTransport(topology)
        self._life = life
        self._fate = fate

    async def start(self) -> None:
        """Begin."""

    async def publish(self, messages: Sequence[Outgoing], seconds: float) -> list[PublishOutcome]:
        self._life.step("before publish")
        outcomes: list[PublishOutcome] = [Unknown()] * len(messages)
        fates = [self._fate.of() for _ in messages]
        order = [n for n in self._fate.order(messages) if fates[n] in ("sent", "unconfirmed")]
        found = await self._inner.publish([messages[n] for n in order], PUBLISH_SECONDS)
        for position, outcome in zip(order, found, strict=True):
            if fates[position] == "sent":
                outcomes[position] = outcome
        for position, fate in enumerate(fates):
            if fate == "refused":
                outcomes[position] = Refused("rejected")
        self._life.step("after publish")
        return outcomes

    def subscribe(self, route: Route) -> Subscription:
        return _FaultySubscription(self._inner.subscribe(route), self._life, self._fate)

    async def discard(self) -> None:
        await self._inner.discard()

    async def close(self) -> None:
        await self._inner.close()


class _FaultySubscription:
    """Holds some deliveries back until later ones have been received."""

    def __init__(self, inner: Subscription, life: Life, fate: Fate) -> None:
        self._inner = inner
        self._life = life
        self._fate = fate
        self._held: list[Delivery] = []

    async def receive(self, seconds: float | None) -> Delivery | None:
        self._life.step("before receive")
        if self._held and not self._fate.happens(0.5):
            return self._held.pop(0)
        delivery = await self._inner.receive(0.005 if self._held else seconds)
        if delivery and self._fate.happens(self._fate.faults.delayed):
            self._held.append(delivery)
            delivery = None
        if delivery is None and self._held:
            return self._held.pop(0) if seconds is None else None
        return delivery

    def holds(self, delivery: Delivery) -> bool:
        return self._inner.holds(delivery)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self._life.step("before ack")
        await self._inner.ack(deliveries)
        self._life.step("after ack")

    async def nack(self, deliveries: Sequence[Delivery]) -> None:
        self._life.step("before nack")
        await self._inner.nack(deliveries)

    async def stop(self) -> None:
        self._life.step("before stop")
        await self._inner.stop()
        await self._inner.nack(self._held)
        self._held.clear()


@dataclass(eq=False)
class _Stored:
    """A message that the broker holds."""

    body: bytes
    count: int = 0
    redelivered: bool = False


@dataclass
class _Queue:
    """A quorum queue: ready messages; the delivered ones are with the subscriptions."""

    ready: deque[_Stored] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, stored: _Stored, *, first: bool = False) -> None:
        (self.ready.appendleft if first else self.ready.append)(stored)
        self.arrived.set()


class Broker:
    """Keeps messages while processes come and go."""

    def __init__(self, topology: Topology, fate: Fate) -> None:
        self.topology = topology
        self.fate = fate
        self.queues = {route.queue_name: _Queue() for route in topology.routes}
        self.subscriptions: set[BrokerSubscription] = set()
        self.dead: deque[bytes] = deque()
        self.spent = 0

    @property
    def idle(self) -> bool:
        """Say whether nothing is ready, nothing unsettled and nothing given up."""
        return (
            not self.dead
            and not any(queue.ready for queue in self.queues.values())
            and not any(one.unsettled for one in self.subscriptions)
        )

    def forget(self) -> None:
        """Lose every message, as a purge, a deleted vhost or a lost volume does; nobody is told."""
        for queue in self.queues.values():
            queue.ready.clear()
        self.dead.clear()
        for subscription in self.subscriptions:
            subscription.unsettled.clear()

    def flap(self) -> None:
        """Cut every consumer off: what it had, or was being sent, counts one delivery more."""
        for queue in self.queues.values():
            sent = [queue.ready.popleft() for _ in range(min(PREFETCH, len(queue.ready)))]
            for stored in reversed(sent):
                self.give_back(queue, stored)
        for subscription in self.subscriptions:
            subscription.lose()

    def give_back(self, queue: _Queue, stored: _Stored) -> None:
        """Put a delivered message first in its queue, or give it up as a quorum queue does."""
        if stored.count >= DELIVERY_LIMIT:
            self.dead.append(stored.body)
            self.spent += 1
        else:
            queue.put(_Stored(stored.body, stored.count + 1, True), first=True)

    def describe(self) -> str:
        """Tell what is ready and what is unsettled where."""
        ready = {name: len(queue.ready) for name, queue in self.queues.items()}
        unsettled = [len(one.unsettled) for one in self.subscriptions]
        return f"ready {ready}, unsettled {unsettled}, given up {len(self.dead)}"


class BrokerTransport:
    """One process's connections to the broker."""

    durable = True

    def __init__(self, broker: Broker, life: Life) -> None:
        self._broker = broker
        self._life = life
        self._mine: list[BrokerSubscription] = []
        life.at_death.append(self.lose)

    async def start(self) -> None:
        """Begin."""

    async def publish(self, messages: Sequence[Outgoing], seconds: float) -> list[PublishOutcome]:
        fate, broker = self._broker.fate, self._broker
        self._life.step("before publish")
        outcomes: list[PublishOutcome] = [Unknown()] * len(messages)
        for position in fate.order(messages):
            message, what = messages[position], fate.of()
            routes = broker.topology.routes_of(message.type)
            if not routes:
                outcomes[position] = Confirmed()
            elif what == "refused":
                outcomes[position] = Refused("rejected")
            elif what != "dropped":
                self._enqueue(routes, message)
                outcomes[position] = Confirmed() if what == "sent" else Unknown()
            if fate.happens(0.05):
                self._life.step("between publishes")
        self._life.step("after publish")
        return outcomes

    def _enqueue(self, routes: Sequence[Route], message: Outgoing) -> None:
        fate = self._broker.fate
        for route in routes:
            for _ in range(1 + fate.happens(fate.faults.twice)):
                self._broker.queues[route.queue_name].put(_Stored(message.body))

    def subscribe(self, route: Route) -> Subscription:
        subscription = BrokerSubscription(self._broker, route, self._life)
        self._mine.append(subscription)
        self._broker.subscriptions.add(subscription)
        return subscription

    def lose(self) -> None:
        """Lose the connection: everything unsettled goes back to its queue."""
        for subscription in self._mine:
            subscription.lose()
            self._broker.subscriptions.discard(subscription)

    async def take_spent(self, keep: Keep, limit: int) -> int:
        """Hand what was given up to `keep`, and remove it when that returns."""
        dead = self._broker.dead
        taken = [dead.popleft() for _ in range(min(limit, len(dead)))]
        try:
            self._life.step("before keeping what was spent")
            if taken:
                await keep(taken)
            self._life.step("after keeping what was spent")
        except BaseException:
            dead.extendleft(reversed(taken))
            raise
        return len(taken)

    async def discard(self) -> None:
        """Nothing is kept of a publish connection."""

    async def close(self) -> None:
        self.lose()


class BrokerSubscription:
    """Deliveries of one queue to one process."""

    def __init__(self, broker: Broker, route: Route, life: Life) -> None:
        self._broker = broker
        self._queue = broker.queues[route.queue_name]
        self._route = route
        self._life = life
        self._stopped = False
        self.unsettled: dict[Delivery, _Stored] = {}

    async def receive(self, seconds: float | None) -> Delivery | None:
        self._life.step("before receive")
        fate = self._broker.fate
        if fate.happens(fate.faults.cut / 10):
            self.lose()
        try:
            async with asyncio.timeout(seconds):
                while not self._may_take():
                    self._queue.arrived.clear()
                    await self._queue.arrived.wait()
        except TimeoutError:
            return None
        if fate.happens(fate.faults.delayed):
            self._queue.ready.rotate(-fate.rng.randrange(len(self._queue.ready)))
        stored = self._queue.ready.popleft()
        delivery = Delivery(stored.body, stored.redelivered, stored.count, stored)
        self.unsettled[delivery] = stored
        return delivery

    def _may_take(self) -> bool:
        free = len(self.unsettled) < self._route.prefetch
        return bool(self._queue.ready) and free and not self._stopped

    def holds(self, delivery: Delivery) -> bool:
        return delivery in self.unsettled

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self._life.step("before ack")
        if self._broker.fate.happens(self._broker.fate.faults.cut):
            self.lose()
        for delivery in deliveries:
            self.unsettled.pop(delivery, None)
        self._life.step("after ack")

    async def nack(self, deliveries: Sequence[Delivery]) -> None:
        self._life.step("before nack")
        self._return([d for d in deliveries if d in self.unsettled])

    async def stop(self) -> None:
        self._life.step("before stop")
        self._stopped = True

    def lose(self) -> None:
        """Give everything back as a lost connection does."""
        self._return(list(self.unsettled))

    def _return(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in reversed(deliveries):
            self._broker.give_back(self._queue, self.unsettled.pop(delivery))


Connect = Callable[[Life], FaultyInProcess | BrokerTransport]
