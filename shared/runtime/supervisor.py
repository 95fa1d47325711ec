"""Runs components together, and ends them in order: doors first, then work, then connections."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

log = structlog.get_logger()


class Component(Protocol):
    """One background concern; runs until cancelled."""

    async def run(self) -> None:
        """Do the work; return only when cancelled."""
        ...


@dataclass(frozen=True, eq=False)
class Named:
    """A component with its name in the log; lower stages are stopped first."""

    name: str
    component: Component
    stage: int = 1


async def supervise(
    components: Sequence[Named], *, stop_seconds: float, stop: asyncio.Event | None = None
) -> int:
    """Run all components until a signal (or `stop`); return the exit code.

    A component that ends by itself ends the process: half a process would look healthy.
    """
    stop = stop or asyncio.Event()
    tasks = {
        component: asyncio.create_task(component.component.run(), name=component.name)
        for component in components
    }
    with _Signals(stop):
        waiting = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({waiting, *tasks.values()}, return_when="FIRST_COMPLETED")
        waiting.cancel()
        failed = [task for task in done if task is not waiting]
        for task in failed:
            error = None if task.cancelled() else task.exception()
            log.error("process.component_ended", component=task.get_name(), exc_info=error)
        await _stop(tasks, stop_seconds)
    return 1 if failed else 0


async def _stop(tasks: dict[Named, asyncio.Task[None]], seconds: float) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    for stage in sorted({component.stage for component in tasks}):
        ending = [task for component, task in tasks.items() if component.stage == stage]
        for task in ending:
            task.cancel()
        left = max(0.5, deadline - asyncio.get_running_loop().time())
        _, late = await asyncio.wait(ending, timeout=left)
        for task in late:
            log.warning("process.component_late", component=task.get_name())


class _Signals:
    """SIGINT and SIGTERM set the event; a second one ends the process at once."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._received)

    def __exit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    def _received(self) -> None:
        if self._stop.is_set():
            # A database that this process started must still be stopped, so no hard exit here.
            log.warning("process.stopping_already")
        self._stop.set()
