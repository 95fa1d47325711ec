"""A database that takes no writes fails the probe, whatever keeps it from them."""

from __future__ import annotations

import asyncpg
import pytest

from shared.kernel.database import Database, connect
from shared.kernel.write_probe import WriteProbe
from tests.harness import Registry
from tests.waiting import until

BYTES = "SELECT temp_bytes FROM pg_stat_database WHERE datname = current_database()"
POSITION = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"


async def setting(dsn: str, assignment: str) -> None:
    """Set something for every new session of this database."""
    connection = await asyncpg.connect(dsn)
    name = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(f"ALTER DATABASE {name} SET {assignment}")
    await connection.close()


async def probed(dsn: str) -> bool:
    database = await connect(dsn, name="test", pool_max=1)
    try:
        return await WriteProbe(database).passes()
    finally:
        await database.close()


async def measure(database: Database, sql: str) -> int:
    async with database.statement() as snapshot:
        await snapshot.execute("SELECT pg_stat_force_next_flush()")
        await snapshot.execute("SELECT pg_stat_clear_snapshot()")
        return int(await snapshot.fetchval(sql))


async def test_a_probe_takes_new_blocks_and_writes_the_wal(dsn: str) -> None:
    database = await connect(dsn, name="test", pool_max=1)
    blocks, position = await measure(database, BYTES), await measure(database, POSITION)
    assert await WriteProbe(database).passes()
    assert await measure(database, BYTES) >= blocks + 500_000
    assert await measure(database, POSITION) > position
    await database.close()


async def test_without_room_for_new_blocks_it_fails(dsn: str) -> None:
    assert await probed(dsn)
    # The nearest to a full disk that a server does for one database alone.
    await setting(dsn, "temp_file_limit = 0")
    with pytest.raises(asyncpg.ConfigurationLimitExceededError):
        await probed(dsn)


async def test_a_database_for_readers_only_fails(dsn: str) -> None:
    await setting(dsn, "default_transaction_read_only = on")
    assert not await probed(dsn)


async def test_it_asks_the_database_once_in_a_while(dsn: str) -> None:
    database = await connect(dsn, name="test", pool_max=1)
    probe = WriteProbe(database, every_seconds=3600)
    assert await probe.passes()
    await database.close()
    # With the pool closed only what is remembered can be said.
    assert await probe.passes()


async def test_a_full_disk_makes_the_process_not_ready(app: Registry) -> None:
    pool = app.context.database.pool
    name = await pool.fetchval("SELECT quote_ident(current_database())")
    await pool.execute(f"ALTER DATABASE {name} SET temp_file_limit = 0")
    await pool.expire_connections()

    async def failing() -> bool:
        answer = await app.client.get("/health/ready")
        return answer.status_code == 503 and answer.json()["failing"] == ["able_to_write"]

    # What was seen before may be said for a moment more.
    await until(failing)
