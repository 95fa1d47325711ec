"""A route: which message types wake which handler, and how much it takes at once.

A handler is given the sorted ids that changed and recomputes them in the transaction it is given;
it is called again for the same ids after any failure, so it must not count or append blindly.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from shared.kernel.database import Transaction
from shared.messaging.message import Message

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
