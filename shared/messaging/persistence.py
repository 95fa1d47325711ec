"""Repeats a step for as long as only transient errors stop it, or until the process stops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import random
from typing import TypeVar

import structlog

from shared.messaging.outcome import Retry, decide

log = structlog.get_logger()

T = TypeVar("T")


class Stopping(Exception):
    """The process stops while a step still waits for its next try."""


@dataclass(frozen=True, slots=True)
class Persistence:
    """Runs steps again after transient errors; `stop` ends the waiting."""

    stop: asyncio.Event
    name: str
    jitter: Callable[[], float] = field(default=random)

    async def __call__(self, step: Callable[[], Awaitable[T]]) -> T:
        """Return what `step` returns; raise what is not transient, or `Stopping`."""
        attempt = 0
        while True:
            try:
                return await step()
            except Exception as error:
                outcome = decide(error, attempt, self.jitter())
                if not isinstance(outcome, Retry):
                    raise
                self._tell(error, attempt)
                await self.pause(outcome.after)
            attempt += 1

    async def pause(self, seconds: float) -> None:
        """Wait, or raise `Stopping`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stop.wait()
        if self.stop.is_set():
            raise Stopping(self.name)

    def _tell(self, error: Exception, attempt: int) -> None:
        log.warning(
            "messaging.transient_error",
            route=self.name,
            attempt=attempt,
            error=type(error).__name__,
            sqlstate=getattr(error, "sqlstate", None),
        )
