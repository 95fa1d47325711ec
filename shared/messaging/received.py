"""What was received: what a delivery turns out to be, and when a batch of deliveries is ready.

Work, something unreadable, or something for a later release; a batch is ready by items or by age.
Pure: the time is an argument.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import NAMESPACE_OID, uuid5

from shared.messaging.apply import Work
from shared.messaging.message import FutureMessage, MalformedMessage, Message, decode
from shared.messaging.quarantine import Refusal
from shared.messaging.topology import Batch, Route
from shared.messaging.transport import Delivery

T = TypeVar("T")


@dataclass(slots=True)
class Batcher(Generic[T]):
    """Holds what arrived, in order, until a batch of it is ready to be taken."""

    limits: Batch
    _held: deque[tuple[T, int, float]] = field(default_factory=deque)
    _items: int = 0

    def __len__(self) -> int:
        """Return the number of entries held."""
        return len(self._held)

    def add(self, entry: T, items: int, now: float) -> None:
        """Hold `entry`, which counts for `items` (at least one) and arrived at `now` seconds."""
        size = max(1, items)
        self._held.append((entry, size, now))
        self._items += size

    def due_in(self, now: float) -> float | None:
        """Return the seconds until a batch is ready, 0 when it is, None when nothing is held."""
        if not self._held:
            return None
        if self._items >= self.limits.items_max:
            return 0.0
        return max(0.0, self._held[0][2] + self.limits.age_ms / 1000 - now)

    def ready(self, now: float) -> bool:
        """Say whether a batch is ready at `now`."""
        return self.due_in(now) == 0.0

    def take(self) -> list[T]:
        """Return the oldest entries up to the item limit, but always one when any is held."""
        taken: list[T] = []
        items = 0
        while self._held and (not taken or items + self._held[0][1] <= self.limits.items_max):
            entry, size, _ = self._held.popleft()
            taken.append(entry)
            items += size
        self._items -= items
        return taken


PAYLOAD_CHARS_MAX = 10_000
ITEM_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class Parked:
    """A message of a future major version, to be put back for later."""

    type: str
    body: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """A delivery and its meaning."""

    delivery: Delivery
    content: Work | Refusal | Parked

    @property
    def size(self) -> int:
        """Return the number of items."""
        return len(self.content.items) if isinstance(self.content, Work) else 1


def read(route: Route, delivery: Delivery) -> Received:
    """Decode the delivery for `route`; never raises."""
    try:
        message = decode(delivery.body)
        traced = delivery.traceparent or message.traceparent
        return Received(delivery, Work(message, _items(route, message), traced))
    except FutureMessage as future:
        return Received(delivery, Parked(future.type, delivery.body))
    except MalformedMessage as error:
        return Received(delivery, unreadable(route.name, delivery.body, str(error)))


def _items(route: Route, message: Message) -> tuple[str, ...]:
    # A queue may still be bound to a type that its route has given up.
    if message.type not in route.on:
        return ()
    try:
        items = sorted(set(route.items(message)))
    except Exception as error:
        raise MalformedMessage(f"no items: {type(error).__name__}") from error
    if not all(isinstance(item, str) and 0 < len(item) <= ITEM_CHARS_MAX for item in items):
        raise MalformedMessage("an item is not an id")
    return tuple(items)


def unreadable(route: str, body: bytes, detail: str) -> Refusal:
    """Return the refusal of bytes that are no message; the same bytes get the same row."""
    payload = body[:PAYLOAD_CHARS_MAX].decode("utf-8", "replace").replace("\0", "\ufffd")
    return Refusal(
        route, uuid5(NAMESPACE_OID, body.hex()), "", "", payload, MalformedMessage.code, detail
    )
