"""Waiting for what happens: a bound ends a standstill and never measures the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from services.ingest import record
from shared.http import health
from shared.kernel import database as database_module
from shared.kernel.database import Database

# Nothing that goes on at all takes as long, on however busy a machine.
STANDSTILL_SECONDS = 120.0
PAUSE_SECONDS = 0.02
# The promises of an answer in seconds; a test of one shortens it for itself.
PROMISES = (
    (record, "ANSWER_SECONDS"),
    (database_module, "ACQUIRE_SECONDS"),
    (health, "CHECK_SECONDS"),
)


async def until(check: Callable[[], Any], seconds: float = STANDSTILL_SECONDS) -> None:
    """Return when `check`, plain or awaitable, holds; TimeoutError after a standstill."""
    async with asyncio.timeout(seconds):
        while True:
            result = check()
            if await result if asyncio.iscoroutine(result) else result:
                return
            await asyncio.sleep(PAUSE_SECONDS)


async def until_locked_out(database: Database, transactions: int = 1) -> None:
    """Return when so many transactions of this database wait for one another."""

    async def waiting() -> bool:
        async with database.statement() as snapshot:
            count = await snapshot.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND wait_event_type = 'Lock'"
            )
        return bool(count >= transactions)

    await until(waiting)


@contextmanager
def promises_in(seconds: float) -> Iterator[None]:
    """Let the registry of this process promise its answers within so many seconds."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in PROMISES:
            patch.setattr(module, name, seconds)
        yield
