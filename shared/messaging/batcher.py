"""When a batch is ready: by items or by age. Pure state; the time is an argument."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from shared.messaging.route import Batch

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
