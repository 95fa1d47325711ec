"""Routes, and the names and arguments of everything that is declared in RabbitMQ for them.

A route's handler is given the sorted ids that changed and recomputes them in the transaction it is
given; it is called again for the same ids after any failure, so it must not count or append
blindly.

What happened is published to the exchange of events, that outsiders may bind to; what is to be done
is an order, and goes to the exchange of work, that nobody is promised. The two never share a queue:
a worker of an older release would take an order from a queue that it knows, and drop it.

Every type that we publish finds a queue: that of its routes, or `announced`. A message that finds
none is returned to the relay and stays in the outbox. There is no alternate exchange on purpose: a
mandatory message that one takes counts as routed, is confirmed, and would be deleted unread.
Arguments never change in place; a change needs a new queue name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.kernel.database import Transaction
from shared.messaging.message import Message

DELIVERY_LIMIT = 50
LENGTH_MAX = 200_000
ANNOUNCED_LENGTH_MAX = 10_000
DECLARE_SECONDS = 20.0

Handle = Callable[[Transaction, Sequence[str]], Awaitable[None]]
Items = Callable[[Message], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch is ready at `items_max` items or when its first message is `age_ms` old."""

    items_max: int = 500
    age_ms: int = 20


@dataclass(frozen=True, slots=True)
class Route:
    """One consumer: its name, its message types and its handler.

    `seconds` is the longest that one transaction of it may take. `queue` is for a second way to the
    same work: two routes of one name share what was refused, and a success of either heals it.
    """

    name: str
    on: tuple[str, ...]
    handle: Handle
    items: Items
    batch: Batch = field(default_factory=Batch)
    attempts: int = 1
    prefetch: int = 100
    seconds: float = 60.0
    queue: str | None = None

    @property
    def queue_name(self) -> str:
        """Return the name of the queue that the messages wait in."""
        return self.queue or self.name


@dataclass(frozen=True, slots=True)
class Queue:
    """A quorum queue, the exchange that feeds it and the routing keys it is bound by."""

    name: str
    exchange: str
    keys: tuple[str, ...]
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Topology:
    """The exchanges and queues for these routes and announced types; `orders` are work orders."""

    routes: tuple[Route, ...]
    announced: frozenset[str] = frozenset()
    prefix: str = "registry"
    length_max: int = LENGTH_MAX
    orders: frozenset[str] = frozenset()

    @property
    def events(self) -> str:
        """Return the name of the topic exchange for what happened."""
        return f"{self.prefix}.events"

    @property
    def work(self) -> str:
        """Return the name of the direct exchange for what is to be done."""
        return f"{self.prefix}.work"

    def exchange_of(self, type_: str) -> str:
        """Return the name of the exchange that messages of `type_` are published to."""
        return self.work if type_ in self.orders else self.events

    @property
    def dead(self) -> str:
        """Return the name of the dead-letter exchange and of its queue."""
        return f"{self.prefix}.dead"

    def queue(self, route: Route) -> str:
        """Return the name of the queue of `route`."""
        return f"{self.prefix}.{route.queue_name.replace('_', '-')}"

    def routes_of(self, type_: str) -> tuple[Route, ...]:
        """Return the routes that handle messages of `type_`."""
        return tuple(route for route in self.routes if type_ in route.on)

    def queues(self) -> list[Queue]:
        """Return every queue, the dead-letter queue first because the others point to it."""
        consumed = {type_ for route in self.routes for type_ in route.on}
        return [
            Queue(self.dead, self.dead, ("",), {"x-queue-type": "quorum"}),
            *(self._route_queue(route) for route in self.routes),
            Queue(
                f"{self.prefix}.announced",
                self.events,
                tuple(sorted(self.announced - consumed)),
                {
                    "x-queue-type": "quorum",
                    "x-max-length": ANNOUNCED_LENGTH_MAX,
                    "x-overflow": "drop-head",
                },
            ),
        ]

    def _route_queue(self, route: Route) -> Queue:
        arguments = {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": self.dead,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            "x-max-length": self.length_max,
        }
        (exchange,) = {self.exchange_of(type_) for type_ in route.on}
        return Queue(self.queue(route), exchange, route.on, arguments)


class Declaring(Protocol):
    """The three channel methods that declare."""

    async def exchange_declare(
        self, exchange: str, *, exchange_type: str, durable: bool, timeout: float
    ) -> object:
        """Declare an exchange."""
        ...

    async def queue_declare(
        self, queue: str, *, durable: bool, arguments: dict[str, Any], timeout: float
    ) -> object:
        """Declare a queue."""
        ...

    async def queue_bind(
        self, queue: str, exchange: str, *, routing_key: str, timeout: float
    ) -> object:
        """Bind a queue to an exchange."""
        ...


async def declare(channel: Declaring, topology: Topology) -> None:
    """Create what is missing; repeating it changes nothing, a changed argument is an error."""
    limit = DECLARE_SECONDS
    exchanges = {topology.events: "topic", topology.work: "direct", topology.dead: "fanout"}
    for name, kind in exchanges.items():
        await channel.exchange_declare(name, exchange_type=kind, durable=True, timeout=limit)
    for queue in topology.queues():
        await channel.queue_declare(
            queue.name, durable=True, arguments=queue.arguments, timeout=limit
        )
        for key in queue.keys:
            await channel.queue_bind(queue.name, queue.exchange, routing_key=key, timeout=limit)
