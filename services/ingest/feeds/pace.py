"""Politeness: one request at a time per host, a pause after each, and rest when asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from services.ingest.feeds.faults import Unfetched

PAUSE_SECONDS = 2.0
TOGETHER_MAX = 8
# Whoever has to wait longer gives up its turn and comes again.
WAIT_SECONDS_MAX = 30.0


@dataclass
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ready_at: float = 0.0


@dataclass
class Paces:
    """The pace of every host that this process asks."""

    pause_seconds: float = PAUSE_SECONDS
    _hosts: dict[str, _Host] = field(default_factory=dict)
    _together: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TOGETHER_MAX))

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until the host may be asked, and keep everybody else from asking it meanwhile."""
        pace = self._hosts.setdefault(host, _Host())
        async with pace.turn:
            wait = pace.ready_at - monotonic()
            if wait > WAIT_SECONDS_MAX:
                raise Unfetched("host_resting", passing=True, retry_seconds=wait)
            await asyncio.sleep(max(0.0, wait))
            async with self._together:
                try:
                    yield
                finally:
                    pace.ready_at = max(pace.ready_at, monotonic() + self.pause_seconds)

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for as long as it asked."""
        pace = self._hosts.setdefault(host, _Host())
        pace.ready_at = max(pace.ready_at, monotonic() + seconds)
