"""What a measurement costs the processor, which a busy machine does not change as it does rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import asyncpg
import psutil


@dataclass(frozen=True)
class Spent:
    """Seconds of the processor, user and system."""

    python: float
    postgres: float

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.python - other.python, self.postgres - other.postgres)

    def per(self, events: int) -> dict[str, int]:
        """Return microseconds an event."""
        return {
            "python_us": round(self.python * 1e6 / events),
            "postgres_us": round(self.postgres * 1e6 / events),
        }


async def meter(dsn: str, pids: Iterable[int]) -> Callable[[], Spent]:
    """Begin to count for some processes with their children, and for the whole server of `dsn`."""
    connection = await asyncpg.connect(dsn)
    server = psutil.Process(await connection.fetchval("SELECT pg_backend_pid()")).parent()
    await connection.close()
    if server is None:
        raise RuntimeError("the database server is not on this machine")
    processes = [psutil.Process(pid) for pid in pids]

    def seconds() -> Spent:
        return Spent(sum(_seconds(one) for one in processes), _seconds(server))

    before = seconds()

    def spent() -> Spent:
        return seconds() - before

    return spent


def _seconds(process: psutil.Process) -> float:
    """Return what a process and its children spent, those that ended included."""
    try:
        times = process.cpu_times()
        own = times.user + times.system + times.children_user + times.children_system
        return own + sum(_seconds(child) for child in process.children())
    except psutil.NoSuchProcess:
        # It ended while we looked; its parent has its times, or will have.
        return 0.0
