"""Heavy questions: how many a process asks its database at once, and what each may take.

A count over a million households keeps a core busy for seconds. Four of them at once held the whole
machine, and every cheap answer waited behind them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.http.problems import Problem, ProblemType
from shared.kernel.database import Limits

# Beyond these a statement is given up, and answered as a database that is too busy.
LIGHT = Limits(seconds=10)
# The memory is for the few that sort and hash many rows; at most as many as cores use it at once.
# A country of a million households on a busy machine: its books took 23 to 37 seconds.
HEAVY = Limits(seconds=60, work_mem_mb=64)
# Eight readers who open a province's book together have it one after the other.
WAIT_SECONDS = 15.0
RETRY_SECONDS = 5


class Turns:
    """Lets so many heavy questions run; who waits too long is told to come again."""

    def __init__(self, at_once: int) -> None:
        """`at_once` is how many cores there are: with more, each only takes longer."""
        self._free = asyncio.Semaphore(at_once)
        # One turn is left for others by a client that holds as many as it may.
        self._of_client = max(1, at_once - 1)
        self._own: dict[str, asyncio.Semaphore] = {}
        self._asking: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, client: str = "") -> AsyncIterator[None]:
        """Wait for a turn and hold it; `too_many_heavy_questions` when none comes.

        A `client` that is named waits for its own questions too.
        """
        if not client:
            async with _held(self._free):
                yield
            return
        own = self._own.setdefault(client, asyncio.Semaphore(self._of_client))
        self._asking[client] += 1
        try:
            async with _held(own), _held(self._free):
                yield
        finally:
            self._asking[client] -= 1
            if not self._asking[client]:
                del self._asking[client], self._own[client]


@asynccontextmanager
async def _held(turns: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await turns.acquire()
    except TimeoutError:
        raise too_many() from None
    try:
        yield
    finally:
        turns.release()


def too_many() -> Problem:
    """Return the 503 of a heavy question that found no turn."""
    return Problem(
        503,
        "too_many_heavy_questions",
        "as many large counts as the machine can bear are under way; try again in a moment",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


TOO_MANY = ProblemType("Too many large counts at once; see Retry-After", too_many())
