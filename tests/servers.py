"""Where the tests' databases live: the embedded PostgreSQL 18, and an external one if any.

The embedded cluster with its migrated and seeded template is built once for a state of the checkout
and kept; every process of a test run starts a copy of its own. In memory, where copying a template
file by file takes 14 ms; on disk through the log it took 170.
"""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from services.processes import seeding
from shared.kernel.clock import SystemClock
from shared.kernel.database import connect
from shared.migrations.upgrade import upgrade
from shared.runtime.embedded_postgres import embedded_postgres
from shared.runtime.errors import StartError

EXTERNAL_DEFAULT = "postgresql://postgres@127.0.0.1:5432/postgres"
ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")
MEMORY_BYTES_MIN = 2 << 30
FOLDER = "registry-tests-"
TEMPLATE = "registry_template"
# Tests lose nothing when the machine does; the crash tests that need durability run elsewhere.
FAST = ("synchronous_commit=off",)
_CLUSTER_SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = off
wal_compression = off
shared_buffers = 48MB
max_wal_size = 96MB
min_wal_size = 32MB
"""


def with_database(dsn: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


@dataclass
class Server:
    """A PostgreSQL server with one migrated and seeded template, copied for each test."""

    dsn: str
    label: str
    template: str = f"{TEMPLATE}_{os.getpid()}"
    strategy: str = "WAL_LOG"
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _ready: bool = False

    async def create(self) -> str:
        """Return the address of a fresh database with schema, policy and areas."""
        if not self._ready:
            await self.prepare()
        name = f"registry_test_{os.getpid()}_{next(self._numbers)}"
        await self.execute(
            f"CREATE DATABASE {name} TEMPLATE {self.template} STRATEGY {self.strategy}"
        )
        return with_database(self.dsn, name)

    async def drop(self, dsn: str) -> None:
        """Remove a test's database, whoever is still connected."""
        await self.execute(f"DROP DATABASE IF EXISTS {urlsplit(dsn).path[1:]} WITH (FORCE)")

    async def prepare(self) -> None:
        """Make the template."""
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
            asyncio.run(self.drop(with_database(self.dsn, self.template)))


@contextmanager
def embedded(kept: Path) -> Iterator[Server]:
    """Run a copy of the cluster in `kept` for the length of a test session."""
    with _working_folder() as folder:
        _copy_cluster(kept, folder)
        with embedded_postgres(folder) as dsn:
            yield Server(dsn, "embedded", TEMPLATE, "FILE_COPY", _ready=True)


@contextmanager
def _working_folder() -> Iterator[Path]:
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    roomy = roomy and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES_MIN
    base = MEMORY if roomy else Path(tempfile.gettempdir())
    _remove_abandoned(base)
    prefix = f"{FOLDER}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=base, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _remove_abandoned(base: Path) -> None:
    """End the servers of test runs that were killed: in memory their files would stay for ever."""
    for folder in base.glob(f"{FOLDER}*"):
        if _lives(int(folder.name.removeprefix(FOLDER).partition("-")[0])):
            continue
        with suppress(StartError), embedded_postgres(folder):
            pass  # whoever leaves last stops it
        shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True


def _copy_cluster(kept: Path, folder: Path) -> None:
    """Copy the cluster of this state of the checkout, built by whoever comes first."""
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cluster = kept / _content_digest()
        if not cluster.exists():
            for outdated in kept.glob("*/"):
                shutil.rmtree(outdated)
            _build_cluster(cluster)
        _copy(cluster, folder / "postgres")


def _build_cluster(cluster: Path) -> None:
    with _working_folder() as folder:
        with embedded_postgres(folder) as dsn:
            asyncio.run(Server(dsn, "embedded", TEMPLATE).prepare())
        with (folder / "postgres" / "postgresql.conf").open("a") as settings:
            settings.write(_CLUSTER_SETTINGS)
        unfinished = cluster.with_suffix(".unfinished")
        _copy(folder / "postgres", unfinished)
        unfinished.rename(cluster)


def _copy(source: Path, target: Path) -> None:
    # Started by root the server runs as a user of its own, who has to keep the files.
    subprocess.run(["cp", "-a", source, target], check=True)


def _content_digest() -> str:
    """Return a digest of everything that a migrated and seeded database could depend on."""
    digest = sha256()
    for top in ("services", "shared", "seeds"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in {".py", ".yaml", ".csv"}:
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


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
