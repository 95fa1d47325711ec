"""A scratch database with the messaging tables, a broker prefix of our own, and small helpers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from shared.kernel.database import Database, connect
from shared.messaging.crash_ledger import CRASH_LEDGER
from shared.messaging.outbox import OUTBOX
from shared.messaging.quarantine import QUARANTINE
from tests.broker import broker_or_skip
from tests.servers import Server, with_database

TABLES = (OUTBOX, CRASH_LEDGER, QUARANTINE)
EFFECTS = "CREATE TABLE effects (item text PRIMARY KEY, times int NOT NULL DEFAULT 1)"


def ddl() -> list[str]:
    """Return the statements that create the messaging tables."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    statements = [EFFECTS]
    for table in TABLES:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes]
    return statements


async def _create(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in ddl():
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def dsn(server: Server) -> Iterator[str]:
    """Create a database for this run on each server and drop it afterwards."""
    name = f"msg_test_{os.getpid()}_{uuid4().hex[:6]}"
    asyncio.run(server.execute(f"CREATE DATABASE {name}"))
    made = with_database(server.dsn, name)
    try:
        asyncio.run(_create(made))
        yield made
    finally:
        asyncio.run(server.drop(made))


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """Give a pool on the scratch database with empty tables."""
    database = await connect(dsn, name="messaging-test", pool_max=6)
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE outbox, crash_ledger, quarantine, effects RESTART IDENTITY")
    yield database
    await database.close()


@pytest.fixture(scope="session")
def amqp() -> str:
    """Return the broker's address, or skip; with REGISTRY_REQUIRE_BROKER=1 fail instead."""
    return broker_or_skip()
