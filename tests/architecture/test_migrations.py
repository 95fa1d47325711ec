"""The migrations make exactly the tables that the code declares, and there is one newest one."""

from __future__ import annotations

import os

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.demo.story import DEMO_LOADED
from shared.kernel import milestones
from shared.kernel.database import connect
from shared.law.store import seeds
from shared.migrations.tables import METADATA
from shared.migrations.upgrade import config, head, upgrade
from tests import servers


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, METADATA))


async def test_migrating_from_empty_gives_the_metadata(dsn: str) -> None:
    engine = create_async_engine(make_url(dsn).set(drivername="postgresql+asyncpg"))
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


def test_there_is_one_head() -> None:
    assert ScriptDirectory.from_config(config()).get_heads() == [head()]


async def test_a_demo_that_an_older_release_loaded_is_not_loaded_again(
    server: servers.Server,
) -> None:
    name = f"registry_older_{os.getpid()}"
    await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await server.execute(f"CREATE DATABASE {name}")
    dsn = servers.with_database(server.dsn, name)
    await upgrade(dsn, "0003")
    database = await connect(dsn, name="older", pool_max=1)
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO seed_versions VALUES ('demo', '181-1', now(), 'loaded')")
    await upgrade(dsn)
    async with database.transaction() as tx:
        assert await milestones.reached(tx, DEMO_LOADED)
        assert "demo" not in await seeds.digests(tx)
    await database.close()
    await server.drop(dsn)


async def test_migrating_again_changes_nothing(dsn: str) -> None:
    await upgrade(dsn)
