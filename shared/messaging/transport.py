"""What carries messages: the one interface that RabbitMQ and the in-process transport share.

`publish` answers for each message: confirmed (somebody durable holds it), refused, or unknown.
Deliveries stay the transport's until `ack`; what is never settled is delivered again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.messaging.topology import Route

# Stores bodies; what it raises leaves them where they were.
Keep = Callable[[Sequence[bytes]], Awaitable[None]]


class TransportUnavailable(Exception):
    """The broker cannot be reached; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One outbox row on its way; `key` is the row's own id, `suspect` that it was begun before.

    `traceparent`: the span that sends it, where it is traced.
    """

    key: UUID
    type: str
    body: bytes
    suspect: bool = False
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody durable holds the message."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody took the message, and the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer in time: it may have arrived or not."""


PublishOutcome = Confirmed | Refused | Unknown


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """A message in our hands, not yet settled; `receipt` is the transport's own."""

    body: bytes
    redelivered: bool
    delivery_count: int
    receipt: object
    traceparent: str | None = None

    @property
    def suspect(self) -> bool:
        """Say whether somebody had this message before and did not settle it."""
        return self.redelivered or self.delivery_count > 0


class Subscription(Protocol):
    """The deliveries of one route to one consumer."""

    async def receive(self, seconds: float | None) -> Delivery | None:
        """Return the next delivery, or None after `seconds` (None waits for ever)."""
        ...

    def holds(self, delivery: Delivery) -> bool:
        """Say whether this one is still ours to settle; if not, somebody else has it or will."""
        ...

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Settle: the work of these is committed. A delivery already lost is forgotten."""
        ...

    async def nack(self, deliveries: Sequence[Delivery]) -> None:
        """Give these back, to be delivered again."""
        ...

    async def stop(self) -> None:
        """Take no more and give back what was not received; `ack` and `nack` still work."""
        ...


class Transport(Protocol):
    """Publishes outbox rows and delivers messages to routes."""

    @property
    def durable(self) -> bool:
        """Say whether a confirmed message survives the end of this process in the transport."""
        ...

    async def start(self) -> None:
        """Begin; an unreachable broker is no error."""
        ...

    async def publish(self, messages: Sequence[Outgoing], seconds: float) -> list[PublishOutcome]:
        """Send all and return one outcome each, in order, within `seconds`."""
        ...

    def subscribe(self, route: Route) -> Subscription:
        """Begin to take the messages of `route`, now and after every reconnect."""
        ...

    async def discard(self) -> None:
        """Give up the publishing channel, whose state is no longer known."""
        ...

    async def close(self) -> None:
        """End; what is not settled will be delivered again."""
        ...
