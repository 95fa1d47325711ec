"""Back to an instant, by the scripts that operators have, with a PostgreSQL of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import asyncpg
import pytest
import yaml

from shared.kernel import server
from shared.kernel.database import Snapshot
from shared.runtime.postgres_programs import Programs, programs
from tests.servers import MEMORY
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "deploy" / "postgres"


@dataclass(frozen=True)
class Place:
    """A folder of the user who runs PostgreSQL, with the scripts, the archive and two clusters."""

    folder: Path
    programs: Programs

    def script(self, name: str, *arguments: object, **settings: str) -> str:
        """Run a script as in the container: as PostgreSQL's user, its programs at hand."""
        path = f"{self.programs.folder}:{os.environ['PATH']}"
        done = subprocess.run(
            [str(self.folder / name), *map(str, arguments)],
            env={"PATH": path, "PGHOST": str(self.folder), "PGUSER": "postgres", **settings},
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            user=self.programs.user,
            extra_groups=[] if self.programs.user else None,
        )
        return done.stdout.strip() if done.returncode == 0 else f"refused: {done.stderr.strip()}"

    def start(self, cluster: str, *settings: str) -> None:
        """Start a cluster and wait until it is open; else fail with its log."""
        own = f"unix_socket_directories={self.folder}", "listen_addresses=''", *settings
        options = " ".join(f"-c {each}" for each in own)
        place = self.folder / cluster
        try:
            self.programs.run("pg_ctl", place, "start", "-w", "-l", "log", "-o", options)
        except subprocess.CalledProcessError:
            pytest.fail((place / "log").read_text())

    def stop(self, cluster: str) -> None:
        self.programs.run("pg_ctl", self.folder / cluster, "stop", "-w", "-m", "fast")

    def run(self, *statements: str) -> object:
        """Run statements; return what the last one gives."""
        return asyncio.run(self.ask(*statements))

    def archived(self) -> tuple[datetime | None, datetime | None] | None:
        """Return what the doctor is told."""

        async def tell() -> tuple[datetime | None, datetime | None] | None:
            connection = await self.connect()
            try:
                return await server.archived(cast("Snapshot", connection))
            finally:
                await connection.close()

        return asyncio.run(tell())

    async def connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(host=str(self.folder), user="postgres", database="postgres")

    async def ask(self, *statements: str) -> object:
        """Do the same within a loop."""
        connection = await self.connect()
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()


@pytest.fixture
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder, found = Path(name), programs()
        for script in ("archive.sh", "base.sh", "recover.sh"):
            shutil.copy(SCRIPTS / script, folder)
        for made in ("archive", "before", "after"):
            (folder / made).mkdir(mode=0o700)
            found.give(folder / made)
        found.give(folder)
        yield Place(folder, found)


def test_a_mistake_is_gone_back_behind(place: Place) -> None:
    archive = place.folder / "archive"
    place.programs.run("initdb", place.folder / "before", "-U", "postgres", "-A", "trust", "-N")
    command = f'\'archive_command={place.folder}/archive.sh {archive} "%p" "%f"\''
    place.start("before", "fsync=off", "archive_mode=on", command)
    try:
        place.run("CREATE TABLE facts (n int)", "INSERT INTO facts VALUES (1) RETURNING n")
        outdated = archive / "base-20200101T000000Z"
        outdated.mkdir()
        base = place.script("base.sh", archive, KEEP="1")
        assert not outdated.exists()
        assert Path(base).is_dir(), base
        done, failed = place.archived() or (None, None)
        assert done is not None and failed is None
        # Operators name whole seconds.
        place.run("INSERT INTO facts VALUES (2)", "SELECT pg_sleep(1.1)")
        good = datetime.now(UTC)
        place.run("DELETE FROM facts", "SELECT pg_switch_wal()")
    finally:
        place.stop("before")  # a stopping server archives what it has
    instant = f"{good:%Y-%m-%dT%H:%M:%SZ}"
    early = place.script("recover.sh", archive, place.folder / "after", "2020-01-01T00:00:00Z")
    assert "no base backup had ended by then" in early
    assert "not empty" in place.script("recover.sh", archive, place.folder / "before", instant)
    assert "no instant" in place.script("recover.sh", archive, place.folder / "after", "yesterday")
    assert place.script("recover.sh", archive, place.folder / "after", instant) == base
    place.start("after", "fsync=off")
    try:
        # It can be read while it is still on its way.
        asyncio.run(until(lambda: place.ask("SELECT NOT pg_is_in_recovery()")))
        assert place.run("SELECT array_agg(n ORDER BY n)::text FROM facts") == "{1,2}"
        assert place.run("INSERT INTO facts VALUES (3) RETURNING n") == 3
    finally:
        place.stop("after")


def test_the_log_is_archived_whole_and_never_over_another(place: Place) -> None:
    archive, segment = place.folder / "archive", place.folder / "0001"
    segment.write_text("log")
    place.programs.give(segment)
    assert place.script("archive.sh", archive, segment, "0001") == ""
    assert place.script("archive.sh", archive, segment, "0001") == ""
    segment.write_text("another")
    assert place.script("archive.sh", archive, segment, "0001") == "refused: "
    assert (archive / "wal" / "0001").read_text() == "log"
    assert [path.name for path in (archive / "wal").iterdir()] == ["0001"]


def test_the_option_changes_nothing_but_the_archive() -> None:
    words = yaml.safe_load((SCRIPTS / "archive.yml").read_text("utf-8"))
    plain = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    [postgres] = words["services"].values()
    assert postgres.keys() == {"command", "volumes"}
    before = plain["services"]["postgres"]["command"]
    assert postgres["command"][: len(before)] == before
    for volume in postgres["volumes"]:
        source = volume.partition(":")[0]
        assert source.startswith("${REGISTRY_ARCHIVE") or (ROOT / source).is_file(), volume
