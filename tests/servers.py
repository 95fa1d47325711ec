"""Where the tests' databases live: the embedded PostgreSQL 18, and an external one if any."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from services.processes import seeding
from shared.kernel.clock import SystemClock
from shared.kernel.database import connect
from shared.migrations.upgrade import upgrade
from shared.runtime.embedded_postgres import embedded_postgres

EXTERNAL_DEFAULT = "postgresql://postgres@127.0.0.1:5432/postgres"
# Tests lose nothing when the machine does; the crash tests that need durability run elsewhere.
FAST = ("synchronous_commit=off",)


def with_database(dsn: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


@dataclass
class Server:
    """A PostgreSQL server with one migrated and seeded template, copied for each test."""

    dsn: str
    label: str
    template: str = f"registry_template_{os.getpid()}"
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _ready: bool = False

    async def create(self) -> str:
        """Return the address of a fresh database with schema, policy and areas."""
        if not self._ready:
            await self._prepare()
        name = f"registry_test_{os.getpid()}_{next(self._numbers)}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return with_database(self.dsn, name)

    async def drop(self, dsn: str) -> None:
        """Remove a test's database, whoever is still connected."""
        await self.execute(f"DROP DATABASE IF EXISTS {urlsplit(dsn).path[1:]} WITH (FORCE)")

    async def _prepare(self) -> None:
        await self.execute(f"DROP DATABASE IF EXISTS {self.template} WITH (FORCE)")
        await self.execute(f"CREATE DATABASE {self.template}")
        dsn = with_database(self.dsn, self.template)
        await upgrade(dsn)
        database = await connect(dsn, name="template", pool_max=2)
        await seeding.load(database, SystemClock())
        await database.close()
        self._ready = True

    async def execute(self, statement: str) -> None:
        """Run one statement outside any transaction."""
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def close(self) -> None:
        """Remove the template."""
        if self._ready:
            asyncio.run(self.execute(f"DROP DATABASE IF EXISTS {self.template} WITH (FORCE)"))


@contextmanager
def embedded(folder: Path) -> Iterator[Server]:
    """Run the embedded server for the length of a test session."""
    with embedded_postgres(folder) as dsn:
        server = Server(dsn, "embedded")
        yield server
        server.close()


def external() -> Server | None:
    """Return the external server if one answers; a configured one must answer."""
    configured = os.environ.get("REGISTRY_TEST_DATABASE_URL")
    dsn = configured or EXTERNAL_DEFAULT
    try:
        asyncio.run(_ping(dsn))
    except (OSError, asyncpg.PostgresError, TimeoutError):
        if configured:
            raise
        return None
    return Server(dsn, "external")


async def _ping(dsn: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=3)
    await connection.close()
