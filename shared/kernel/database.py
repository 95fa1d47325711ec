"""The pool, and the only commit: `transaction()` writes, `snapshot()` reads.

`Transaction` and `Snapshot` are two types over one connection so that a reader cannot be handed to
a function that writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, NewType

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy

from shared.kernel.database_faults import why_unusable

Snapshot = NewType("Snapshot", PoolConnectionProxy)
Transaction = NewType("Transaction", Snapshot)

ACQUIRE_SECONDS = 5.0

# A plan made for an empty table and kept would scan it when it is large. Single statements keep
# their plans: they go by a key, and planning them anew would cost three times their execution.
_FRESH_PLANS = "SET LOCAL plan_cache_mode = force_custom_plan"
# What a writing transaction reads it looks up by key. Without fresh statistics (a stream of 100,000
# events fills a table faster than autovacuum looks at it) the planner would rather scan and hash.
_BY_KEY = (
    f"{_FRESH_PLANS}; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; "
    "SET LOCAL enable_mergejoin = off"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a statement of a reader may take; without a limit that of the pool holds."""

    seconds: int
    work_mem_mb: int | None = None

    @property
    def sql(self) -> str:
        """Return the statements that set the limits for a transaction."""
        memory = self.work_mem_mb and f"; SET LOCAL work_mem = '{self.work_mem_mb}MB'"
        return f"; SET LOCAL statement_timeout = {self.seconds * 1000}{memory or ''}"


class DatabaseUnavailable(Exception):
    """The database cannot be reached or has no free connection; try again."""


@dataclass(frozen=True)
class Database:
    """One process's connections to PostgreSQL."""

    pool: asyncpg.Pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Give a connection inside a transaction: committed on success, rolled back on error."""
        async with self._connection() as connection, connection.transaction():
            await connection.execute(_BY_KEY)
            yield Transaction(Snapshot(connection))

    @asynccontextmanager
    async def snapshot(self, limits: Limits | None = None) -> AsyncIterator[Snapshot]:
        """Give a connection inside one read-only repeatable-read transaction."""
        async with (
            self._connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute(_FRESH_PLANS + (limits.sql if limits else ""))
            yield Snapshot(connection)

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator[Transaction]:
        """Give a transaction on one snapshot of which nothing is kept, however it ends."""
        async with self._connection() as connection:
            transaction = connection.transaction(isolation="repeatable_read")
            await transaction.start()
            try:
                yield Transaction(Snapshot(connection))
            finally:
                await transaction.rollback()

    def statement(self) -> AbstractAsyncContextManager[Snapshot]:
        """Give a connection for one reading statement by a key, which is its own snapshot."""
        return _Borrowed(self.pool)

    def _connection(self) -> AbstractAsyncContextManager[PoolConnectionProxy]:
        return _Borrowed(self.pool)

    async def close(self) -> None:
        """Close every connection, by force when they do not end within five seconds."""
        try:
            async with asyncio.timeout(ACQUIRE_SECONDS):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()


class _Borrowed:
    """A connection of the pool for the length of a block; plain, for it is on the hottest path."""

    __slots__ = ("_connection", "_pool")

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Snapshot:
        pool = self._pool
        # With an idle connection there is no wait, and a timer would cost more than the rest.
        timeout = None if pool.get_idle_size() else ACQUIRE_SECONDS
        try:
            self._connection = await pool.acquire(timeout=timeout)
        except (OSError, TimeoutError) as error:
            raise DatabaseUnavailable(str(error) or type(error).__name__) from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DatabaseUnavailable(str(error)) from error
        return Snapshot(self._connection)

    async def __aexit__(self, *_: object) -> None:
        # Shields itself: a cancelled caller still gives the connection back.
        await self._pool.release(self._connection, timeout=ACQUIRE_SECONDS)


async def connect(
    dsn: str, *, name: str, pool_max: int = 10, statement_seconds: float = 60.0
) -> Database:
    """Open a pool to the database at `dsn`; `name` shows in `pg_stat_activity`."""
    try:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=pool_max,
            timeout=ACQUIRE_SECONDS,
            command_timeout=statement_seconds + 5,
            init=_prepare,
            reset=_reset,
            server_settings={
                "application_name": f"registry-{name}",
                "timezone": "UTC",
                "jit": "off",
                "statement_timeout": str(int(statement_seconds * 1000)),
                "idle_in_transaction_session_timeout": "20000",
            },
        )
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnavailable(why_unusable(error, dsn)) from error
    return Database(pool)


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_to_json, decoder=orjson.loads
    )


async def _reset(connection: asyncpg.Connection) -> None:
    """Spare the pool's four-statement reset: we keep no session state."""
    if connection.is_in_transaction():
        await connection.execute("ROLLBACK")


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()
