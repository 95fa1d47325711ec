"""A value of the database that a process keeps at hand and looks up at most once a second."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

from shared.kernel.database import Database, Snapshot

# Asking must not cost a query per request; a second is what a change may take to be seen.
LOOK_EVERY_SECONDS = 1.0

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Look(Generic[Value]):
    value: Value


class Fresh(Generic[Value]):
    """What `load` reads, at most a second old.

    Who finds it too old waits for the new one; the others are given the old one meanwhile.
    """

    def __init__(self, database: Database, load: Callable[[Snapshot], Awaitable[Value]]) -> None:
        self._database = database
        self._load = load
        self._last: _Look[Value] | None = None
        self._looked_at = 0.0

    async def current(self) -> Value:
        """Return the value as it stands; what `load` raises is raised, and tried again later."""
        if self._last is None or monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = monotonic()
            async with self._database.snapshot() as snapshot:
                self._last = _Look(await self._load(snapshot))
        return self._last.value
