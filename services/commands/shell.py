"""What every command needs: settings, a database, an event loop, and a place to write to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import typer
from rich.console import Console

from shared.kernel.database import Database, connect
from shared.observability import logging
from shared.runtime.embedded_postgres import embedded_postgres
from shared.settings import Settings

OUT = Console(highlight=False)


def read_settings() -> Settings:
    """Read the settings from the environment, and set up the log."""
    settings = Settings()
    logging.set_up(settings.log_format, settings.log_level)
    return settings


@contextmanager
def database_address(settings: Settings, *, alone: bool = False) -> Iterator[str]:
    """Give the database's address; without one, run the embedded server meanwhile."""
    dsn = settings.database_dsn()
    if dsn is not None:
        yield dsn
        return
    with embedded_postgres(settings.data_dir, alone=alone) as dsn:
        yield dsn


@asynccontextmanager
async def open_database(dsn: str, name: str = "command") -> AsyncIterator[Database]:
    """Give a database with the few connections that a command needs."""
    database = await connect(dsn, name=name, pool_max=2)
    try:
        yield database
    finally:
        await database.close()


def run_with_database(work: Callable[[Settings, str], Awaitable[int | None]]) -> None:
    """Run a command's coroutine with the settings and the database's address."""
    settings = read_settings()
    with database_address(settings) as dsn:
        run_async(work(settings, dsn))


def run_async(work: Awaitable[int | None]) -> None:
    """Run a command's coroutine on the fast loop; its result is the exit code."""
    try:
        import uvloop

        loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = uvloop.new_event_loop
    except ImportError:  # not made for Windows
        loop_factory = None
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        code = runner.run(_awaited(work))
    if code:
        raise typer.Exit(code)


async def _awaited(work: Awaitable[int | None]) -> int | None:
    return await work
