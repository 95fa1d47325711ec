"""The pool, and the only commit: `transaction()` writes, `snapshot()` reads, `Fresh` keeps at hand.

`Transaction` and `Snapshot` are two types over one connection so that a reader cannot be handed to
a function that writes. `insert_rows` puts many rows into a table by one statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any, Generic, NewType, TypeVar, cast

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from shared import VERSION
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

    def autocommit(self) -> AbstractAsyncContextManager[Transaction]:
        """Give a connection whose statements are each a transaction of their own."""
        return cast("AbstractAsyncContextManager[Transaction]", _Borrowed(self.pool))

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

    async def __aexit__(self, _: object, error: object, __: object) -> None:
        connection = self._connection
        holder = connection._holder  # noqa: SLF001 - see below
        if error is None and _is_clean(connection) and holder is not None:
            # What asyncpg does inside a task that shields it: here nothing waits, so no
            # cancellation can come between.
            await holder.release(ACQUIRE_SECONDS)
        else:
            # Shields itself: a cancelled caller still gives the connection back.
            await self._pool.release(connection, timeout=ACQUIRE_SECONDS)


def _is_clean(connection: PoolConnectionProxy) -> bool:
    try:
        return not (connection.is_closed() or connection.is_in_transaction())
    except asyncpg.InterfaceError:
        return False  # it was cut, and given back already


# A password is changed in the store and in its file, one after the other.
PASSWORD_WAITS = (0.2, 0.5, 1.0, 2.0)


def _anew(current: Callable[[], str | None]) -> Any:
    """Return what connects by the address as it is now; a refused password may change shortly."""

    async def opened(_: str, **given: Any) -> asyncpg.Connection:
        for seconds in PASSWORD_WAITS:
            try:
                return await asyncpg.connect(current(), **given)
            except asyncpg.InvalidPasswordError:
                await asyncio.sleep(seconds)
        return await asyncpg.connect(current(), **given)

    return opened


async def connect(
    dsn: str,
    *,
    name: str,
    pool_max: int = 10,
    statement_seconds: float = 60.0,
    current: Callable[[], str | None] | None = None,
) -> Database:
    """Open a pool to the database at `dsn`; `name` and release show in `pg_stat_activity`.

    `current` returns the same address with the password as it is now: each connection asks.
    """
    try:
        pool = await asyncpg.create_pool(
            dsn,
            connect=None if current is None else _anew(current),
            min_size=1,
            max_size=pool_max,
            timeout=ACQUIRE_SECONDS,
            command_timeout=statement_seconds + 5,
            init=_prepare,
            reset=_reset,
            server_settings={
                "application_name": f"registry-{name}/{VERSION}",
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


# Asking must not cost a query per request; a second is what a change may take to be seen.
LOOK_EVERY_SECONDS = 1.0

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Look(Generic[Value]):
    value: Value


class Fresh(Generic[Value]):
    """What `load` reads, at most a second old.

    Who finds it too old waits for the new one; the others are given the old one meanwhile, and wait
    while there is none: thirty first callers that each read ten thousand areas held a process for
    longer than they waited for a connection.
    """

    def __init__(self, database: Database, load: Callable[[Snapshot], Awaitable[Value]]) -> None:
        self._database = database
        self._load = load
        self._last: _Look[Value] | None = None
        self._looked_at = 0.0
        self._first = asyncio.Lock()

    async def current(self) -> Value:
        """Return the value as it stands; what `load` raises is raised, and tried again later."""
        if self._last is None:
            async with self._first:
                return (self._last or await self._look()).value
        if monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            return (await self._look()).value
        return self._last.value

    async def _look(self) -> _Look[Value]:
        self._looked_at = monotonic()
        async with self._database.snapshot() as snapshot:
            self._last = _Look(await self._load(snapshot))
        return self._last


# Stands in no value of ours; `unnest` would flatten arrays, so they travel as text.
_SEPARATOR = "\x1f"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


async def insert_rows(
    tx: Transaction,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    **same: Any,
) -> None:
    """Insert rows of the columns `names`, in their order; `same` holds what all have alike."""
    if not rows:
        return
    statement, arrays = _statement(table, names, tuple(same))
    columns = [list(column) for column in zip(*rows, strict=True)]
    for position in arrays:
        columns[position] = [_joined(value) for value in columns[position]]
    await tx.execute(statement, *same.values(), *columns)


def _joined(value: Sequence[str] | None) -> str | None:
    return None if value is None else _SEPARATOR.join(value)


@lru_cache
def _statement(
    table: Table, names: tuple[str, ...], same: tuple[str, ...]
) -> tuple[str, tuple[int, ...]]:
    """Return the statement, and which columns travel as text because they are arrays."""
    arrays = tuple(n for n, name in enumerate(names) if _is_array(table, name))
    types = [_type(table, name) for name in names]
    placeholders = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(types, len(same) + 1))
    values = [_value(table, name) for name in names]
    statement = (
        f"INSERT INTO {table.name} ({', '.join((*same, *names))}) "
        f"SELECT {', '.join([*(f'${n}' for n in range(1, len(same) + 1)), *values])} "
        f"FROM unnest({placeholders}) WITH ORDINALITY AS r ({', '.join(names)}, nth) ORDER BY nth"
    )
    return statement, arrays


def _is_array(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, postgresql.ARRAY)


def _type(table: Table, name: str) -> str:
    if _is_array(table, name):
        return "text"
    # A column's collation is no part of the type of a parameter.
    return str(table.c[name].type.compile(dialect=_DIALECT)).partition(" COLLATE")[0]


def _value(table: Table, name: str) -> str:
    if not _is_array(table, name):
        return name
    return f"string_to_array({name}, chr({ord(_SEPARATOR)}))"
