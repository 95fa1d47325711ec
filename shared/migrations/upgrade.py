"""Bring a database to the newest schema; safe to run again, and by two processes at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from shared.kernel.locks import Lock


def config() -> Config:
    """Return alembic's configuration for our migrations."""
    built = Config()
    built.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    built.set_main_option("path_separator", "os")
    return built


def head() -> str:
    """Return the newest revision that this code knows."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    return str(found)


def knows(revision: str) -> bool:
    """Say whether this code has the migration that made a schema; not if a newer one made it."""
    return any(
        script.revision == revision
        for script in ScriptDirectory.from_config(config()).walk_revisions()
    )


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Run every migration that is missing, up to `revision`."""
    await _run(dsn, partial(_upgrade, revision=revision))


async def _run(dsn: str, what: Callable[[Connection], None]) -> None:
    engine = create_async_engine(make_url(dsn).set(drivername="postgresql+asyncpg"))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(what)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.MIGRATION})
    built = config()
    built.attributes["connection"] = connection
    command.upgrade(built, revision)
