"""Where answers are read: from a streaming replica while it is near enough, else from the primary.

How far it is behind the knowledge clock tells, not the clocks of machines: an instant that the
primary showed at a look is one that the replica shows, too, some looks later.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from time import monotonic

import structlog

from shared.kernel import knowledge
from shared.kernel.database import Database, DatabaseUnavailable

LOOK_EVERY_SECONDS = 0.5
# What a replica does not answer within, it is not read from.
LOOK_SECONDS_MAX = 2.0
LOOKS_MAX = 1000

log = structlog.get_logger()


def behind(looks: Iterable[tuple[float, datetime]], reached: datetime, now: float) -> float:
    """Return the seconds within which a replica lacks commits at most.

    `looks`: when the primary was looked at, and the last instant that it showed.
    """
    return min((now - at for at, shown in looks if shown <= reached), default=inf)


@dataclass
class Reads:
    """The database that answers are read from; `opened` connects to the replica, if there is one.

    No answer misses a commit that is older than `behind_max` seconds.
    """

    primary: Database
    opened: Callable[[], Awaitable[Database]] | None = None
    behind_max: float = 5.0
    _replica: Database | None = None
    # Whatever was committed until then the replica has, by the clock of this process.
    _complete_at: float = -inf
    _looks: deque[tuple[float, datetime]] = field(default_factory=lambda: deque(maxlen=LOOKS_MAX))

    @property
    def database(self) -> Database:
        """Return what to read from now."""
        replica = self._replica
        if replica is None or monotonic() - self._complete_at > self.behind_max:
            return self.primary
        return replica

    async def settled(self, known_at: datetime) -> tuple[Database, datetime]:
        """Return what knows `known_at`, and what is settled there; refuses what is settled nowhere.

        Who has read an instant from the primary, or from another replica, is not told that it lies
        ahead.
        """
        chosen = self.database
        if chosen is not self.primary:
            async with chosen.statement() as snapshot:
                reached, _ = await knowledge.reached(snapshot, known_at)
            if known_at <= reached:
                return chosen, reached
        return self.primary, await knowledge.check_settled(self.primary, known_at)

    async def run(self) -> None:
        """Look again and again; without a replica there is nothing to look at."""
        near = False
        while self.opened is not None:
            try:
                async with asyncio.timeout(LOOK_SECONDS_MAX):
                    await self.look()
            except Exception as error:  # it is away: answers come from the primary
                log.debug("replica.unreachable", error=type(error).__name__)
            if (self.database is not self.primary) != near:
                near = not near
                log.info("replica.read_from" if near else "replica.left")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> float:
        """Note how far behind the replica is, and return it in seconds."""
        if self.opened is None:
            raise DatabaseUnavailable("no replica is configured")
        if self._replica is None:
            self._replica = await self.opened()
        at = monotonic()
        async with self.primary.statement() as snapshot:
            self._looks.append((at, await knowledge.settled(snapshot)))
        async with self._replica.statement() as snapshot:
            reached = await knowledge.settled(snapshot)
        now = monotonic()
        late = behind(self._looks, reached, now)
        self._complete_at = now - late
        return late

    async def close(self) -> None:
        """Close the connections to the replica."""
        if self._replica is not None:
            await self._replica.close()
