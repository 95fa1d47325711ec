"""The migrations make exactly the tables that the code declares, and there is one newest one."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from shared.migrations.tables import METADATA
from shared.migrations.upgrade import config, head, upgrade


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


async def test_migrating_again_changes_nothing(dsn: str) -> None:
    await upgrade(dsn)
