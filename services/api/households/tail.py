"""The end of the feed, read once for all streams of a process.

A stream that has caught up waits here: what is new is read once, however many listen. A stretch
points to the next one and to nothing before it, so that what everybody has seen is forgotten by
itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from shared.households.store import feed
from shared.kernel.database import Database

# A change is to be seen within a second; each look is two statements of microseconds.
LOOK_SECONDS = 0.25
ROWS_AT_ONCE = 1000
# Behind a gateway all callers have one address, and streams hold its connections for hours: they
# leave it enough for as many requests as it may have in hand, and for the health check.
STREAMS_MAX = 600

log = structlog.get_logger()


@dataclass(eq=False, slots=True)
class Stretch:
    """The rows up to a place; `next` comes when there are more."""

    place: int
    rows: Sequence[feed.Transition] = ()
    next: asyncio.Future[Stretch] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass(eq=False)
class Tail:
    """A component: looks for what is new while anybody listens."""

    database: Database
    _streams: int = 0
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _last: Stretch | None = None
    closed: bool = False

    @property
    def full(self) -> bool:
        """Say whether no more may listen."""
        return self._streams >= STREAMS_MAX

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Stretch]:
        """Give the stretch that ends now: read up to its place, then follow."""
        if self._last is None:
            async with self.database.statement() as snapshot:
                place = await feed.end(snapshot)
            self._last = self._last or Stretch(place)
        self._streams += 1
        self._wanted.set()
        try:
            yield self._last
        finally:
            self._streams -= 1
            if not self._streams:
                self._wanted.clear()
                self._last = None

    async def run(self) -> None:
        """Look for ever; a database that is away only delays."""
        try:
            while True:
                await self._wanted.wait()
                try:
                    await self._look()
                except Exception as error:
                    log.warning("feed.look_failed", error=type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self.closed = True
            if self._last is not None and not self._last.next.done():
                self._last.next.cancel()

    async def _look(self) -> None:
        """Hand out what is new."""
        last = self._last
        if last is None:
            return
        async with self.database.snapshot() as snapshot:
            rows, place = await feed.list_transitions(
                snapshot, last.place, feed.TransitionFilter(), ROWS_AT_ONCE
            )
        if rows and self._last is last:
            self._last = Stretch(place, rows)
            last.next.set_result(self._last)
