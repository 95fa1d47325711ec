"""What a delivery turns out to be: work, something unreadable, or something for a later release."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_OID, uuid5

from shared.messaging.apply import Work
from shared.messaging.message import FutureMessage, MalformedMessage, Message, decode
from shared.messaging.quarantine import Refusal
from shared.messaging.route import Route
from shared.messaging.transport import Delivery

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
        return Received(delivery, Work(message, _items(route, message)))
    except FutureMessage as future:
        return Received(delivery, Parked(future.type, delivery.body))
    except MalformedMessage as error:
        return Received(delivery, _refusal(route, delivery.body, str(error)))


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


def _refusal(route: Route, body: bytes, detail: str) -> Refusal:
    payload = body[:PAYLOAD_CHARS_MAX].decode("utf-8", "replace").replace("\0", "\ufffd")
    # The same bytes get the same row, however often they come.
    key = uuid5(NAMESPACE_OID, body.hex())
    return Refusal(route.name, key, "", "", payload, MalformedMessage.code, detail)
