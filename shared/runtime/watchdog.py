"""Ends a process whose event loop is stuck, so that whoever runs it starts another.

Health checks only tell: no engine restarts what is unhealthy. The thread counts its own beats, not
seconds, so that a machine that was asleep, or a process that was stopped and goes on, is not ended.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import threading
from dataclasses import dataclass, field

import structlog

BEAT_SECONDS = 1.0
# Longer than any pause of a process that works: the longest seen on a starving machine was 20 s.
BEATS_MAX = 120
STUCK = 70

log = structlog.get_logger()


@dataclass(eq=False)
class Watchdog:
    """A component that beats on the loop, and a thread that ends the process when it does not."""

    beat_seconds: float = BEAT_SECONDS
    beats_max: int = BEATS_MAX
    _beaten: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    async def run(self) -> None:
        """Beat until cancelled."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        try:
            while True:
                self._beaten += 1
                await asyncio.sleep(self.beat_seconds)
        finally:
            self._over.set()

    def _watch(self) -> None:
        seen, missed = self._beaten, 0
        while not self._over.wait(self.beat_seconds):
            missed = missed + 1 if self._beaten == seen else 0
            seen = self._beaten
            if missed >= self.beats_max:
                log.critical("process.stuck", beats_missed=missed)
                # Where it is stuck: the only trace that it leaves.
                faulthandler.dump_traceback(all_threads=True)
                os._exit(STUCK)
