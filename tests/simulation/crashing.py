"""A process that can die between any two steps: around each statement, commit and broker call.

A crash is a `BaseException`, so no loop of the registry survives it. From then on nothing of that
process has an effect any more: every further step dies too, and open transactions roll back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from random import Random
from typing import Any

import asyncpg

from shared.kernel.database import Database, Transaction
from tests.waiting import STANDSTILL_SECONDS


class Crash(BaseException):
    """The end of the process."""


@dataclass
class Plan:
    """When processes die, and how often their connections fail; one for all lives of a seed.

    A crash is due after `countdown` steps, or at the next step called `at`.
    """

    rng: Random
    lost_connections: float = 0.0
    # While it is, every statement of every process fails.
    database_away: bool = False
    countdown: int | None = None
    at: str | None = None
    crashes: int = 0
    steps: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    schedule: list[str] = field(default_factory=list)

    def reach(self, name: str) -> bool:
        """Count a step and say whether the process dies at it."""
        self.steps += 1
        self.seen[name] = self.seen.get(name, 0) + 1
        self.schedule.append(name)
        if self.countdown is not None:
            self.countdown -= 1
        if self.at == name or (self.countdown is not None and self.countdown <= 0):
            self.at = self.countdown = None
            self.crashes += 1
            self.schedule.append("death")
            return True
        return False

    def fails(self) -> bool:
        """Say whether a connection breaks here; the process lives on."""
        return self.database_away or self.rng.random() < self.lost_connections


LIFE: ContextVar[Life | None] = ContextVar("LIFE", default=None)
_OWNERS: dict[asyncio.Task[Any], Life | None] = {}
_RETURNING: dict[asyncio.Task[Any], Life | None] = {}


def owned(
    loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], context: Any = None
) -> asyncio.Task[Any]:
    """Make a task (a task factory) and remember whose it is: a process dies with all its tasks."""
    task = asyncio.Task(coro, loop=loop, context=context)
    # The pool takes a connection back in a task of its own, which no kill reaches.
    tasks = _RETURNING if "PoolConnectionHolder" in coro.__qualname__ else _OWNERS
    tasks[task] = context.get(LIFE) if context is not None else LIFE.get()
    task.add_done_callback(tasks.pop)
    return task


@dataclass(eq=False)
class Life:
    """One process from its start to its end."""

    plan: Plan
    name: str = "process"
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    at_death: list[Callable[[], None]] = field(default_factory=list)

    def step(self, name: str) -> None:
        """Pass a step, or die at it."""
        if not self.dead.is_set() and not self.plan.reach(name):
            return
        self.dead.set()
        raise Crash(name)

    def spawn(self, coro: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run as a part of this process."""
        context = copy_context()
        context.run(LIFE.set, self)
        return asyncio.get_running_loop().create_task(coro, context=context)

    async def call(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Ask this process for something from outside; None if it dies before it answers."""
        task = self.spawn(coro)
        dying = asyncio.create_task(self.dead.wait())
        await asyncio.wait({task, dying}, return_when="FIRST_COMPLETED")
        dying.cancel()
        if self.dead.is_set():
            return None
        return task.result()

    async def end(self) -> None:
        """Kill every task of the process; nothing of it is left when this returns."""
        self.dead.set()
        async with asyncio.timeout(STANDSTILL_SECONDS):
            while running := tasks_of(self):
                for task in running:
                    task.cancel()
                await asyncio.wait(running, timeout=1)
            # A commit that was sent takes effect, but before anybody gets this one's messages.
            while returning := tasks_of(self, _RETURNING):
                await asyncio.wait(returning)
        for call in self.at_death:
            call()


def tasks_of(
    life: Life, tasks: dict[asyncio.Task[Any], Life | None] = _OWNERS
) -> list[asyncio.Task[Any]]:
    """Return what still runs of a process."""
    return [task for task, owner in tasks.items() if owner is life and not task.done()]


class Stepping:
    """A connection that passes a step before and after each statement."""

    def __init__(self, connection: Any, life: Life) -> None:
        self._connection = connection
        self._life = life

    async def _run(self, method: str, sql: str, *args: Any, **kwargs: Any) -> Any:
        name = named(sql)
        self._life.step(f"before {name}")
        if self._life.plan.fails():
            raise asyncpg.ConnectionDoesNotExistError(f"cut at {name}")
        found = await getattr(self._connection, method)(sql, *args, **kwargs)
        self._life.step(f"after {name}")
        return found

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method not in {"execute", "executemany", "fetch", "fetchrow", "fetchval"}:
            raise AttributeError(method)
        return lambda sql, *args, **kwargs: self._run(method, sql, *args, **kwargs)


def named(sql: str) -> str:
    """Name a statement by its beginning."""
    return " ".join(sql.split()[:4])


class SteppingDatabase(Database):
    """The database as one process sees it: any statement or commit may be its last.

    A commit may also succeed without anybody hearing of it.
    """

    def __init__(self, pool: asyncpg.Pool, life: Life) -> None:
        super().__init__(pool)
        object.__setattr__(self, "life", life)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        life: Life = self.life  # type: ignore[attr-defined]
        life.step("before begin")
        async with self._connection() as connection:
            own = connection.transaction()
            await own.start()
            try:
                yield Stepping(connection, life)  # type: ignore[misc]
                life.step("before commit")
            except BaseException:
                with suppress(Exception):
                    await own.rollback()
                raise
            await own.commit()
        life.step("after commit")
        if life.plan.fails():
            raise asyncpg.ConnectionDoesNotExistError("cut after the commit was sent")

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Any]:
        life: Life = self.life  # type: ignore[attr-defined]
        async with super().statement() as snapshot:
            yield Stepping(snapshot, life)
