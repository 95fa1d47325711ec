"""Answers from a replica: PostgreSQL's own stream, near enough or left for the primary."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest

from shared.kernel.database import connect
from shared.kernel.replica import Reads, behind
from shared.runtime.postgres_programs import START_SECONDS, programs
from tests.facts import assessed
from tests.harness import Registry, registry
from tests.servers import MEMORY
from tests.waiting import until

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
PATH = "/v1/households/A"
ROOMY = MEMORY if MEMORY.is_dir() else None


def at(second: int) -> datetime:
    return NOON + timedelta(seconds=second)


@pytest.mark.parametrize(
    ("looks", "reached", "seconds"),
    [
        ([(10, at(1))], at(1), 0.5),  # it shows all that was there half a second ago
        ([(9, at(1)), (10, at(2))], at(1), 1.5),
        ([(2, at(1)), (9, at(2)), (10, at(3))], at(1), 8.5),
        ([(9, at(2)), (10, at(3))], at(1), inf),  # further than anybody has looked
        ([(2, at(1)), (10, at(1))], at(1), 0.5),  # nothing was stored meanwhile
        ([(10, at(1))], at(5), 0.5),  # it has what came after the look, too
        ([], at(1), inf),
    ],
)
def test_how_far_behind_the_clock_says(
    looks: list[tuple[float, datetime]], reached: datetime, seconds: float
) -> None:
    assert behind(looks, reached, 10.5) == seconds


@contextmanager
def streaming(dsn: str) -> Iterator[str]:
    """Run a streaming replica of the server at `dsn`; give the address of the same database."""
    own, parts = programs(), urlsplit(dsn)
    primary = parse_qs(parts.query)["host"][0]
    with TemporaryDirectory(prefix="registry-replica-", dir=ROOMY) as base:
        folder = Path(base) / "data"
        folder.mkdir(mode=0o700)
        own.give(folder)
        # The socket beside the data: those of the primary lie in its own, and are copied along.
        own.give(Path(base))
        copied = ("-h", primary, "-U", "postgres", "-R", "-X", "stream", "-c", "fast")
        own.run("pg_basebackup", folder, *copied)
        options = f"-c listen_addresses='' -c unix_socket_directories='{base}'"
        wait = ("-w", "-t", str(START_SECONDS))
        own.run("pg_ctl", folder, "start", *wait, "-l", "log", "-o", options)
        try:
            yield urlunsplit(parts._replace(query=f"host={base}"))
        finally:
            own.run("pg_ctl", folder, "stop", "-m", "immediate", *wait)


@asynccontextmanager
async def read_from(app: Registry, dsn: str, behind_max: float) -> AsyncIterator[Reads]:
    reads = Reads(app.context.database, lambda: connect(dsn, name="reads", pool_max=2), behind_max)
    app.change(reads=reads)
    yield reads
    await reads.close()


async def pause(reads: Reads, *, replay: bool) -> None:
    assert reads._replica is not None
    word = "resume" if replay else "pause"
    async with reads._replica.statement() as replica:
        await replica.fetchval(f"SELECT pg_wal_replay_{word}()")


async def test_answers_come_from_a_stream_that_is_near_and_say_what_they_know(dsn: str) -> None:
    async with registry(dsn) as app:
        await app.send([assessed("A", "2023-12-14")])
        with ExitStack() as stream:
            replica = stream.enter_context(streaming(dsn))
            async with read_from(app, replica, 1000.0) as reads:
                assert await reads.look() < 1000
                near = reads.database
                assert near is not reads.primary
                first = await app.get(PATH)
                newest = await _stands_still(app, reads, first)
                await pause(reads, replay=True)
                reads.behind_max = 1000.0

                async def caught_up() -> bool:
                    await reads.look()
                    return bool((await app.get(PATH))["status"] == newest["status"])

                await until(caught_up)
                assert reads.database is near
                for path in ("/v1/areas/06091/statistics", "/v1/transitions", f"{PATH}/timeline"):
                    await app.get(path)
                reads.behind_max = 2.0
                running = asyncio.create_task(reads.run())
                # It is gone, and nobody is told.
                stream.close()
                await until(lambda: reads.database is reads.primary)
                assert (await app.get(PATH))["status"] == newest["status"]
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


async def _stands_still(app: Registry, reads: Reads, first: Any) -> Any:
    """Stop the replay: answers grow old, their clock says so, and then the primary is read."""
    await pause(reads, replay=False)
    await app.send([assessed("A", "2023-12-20", external_id="A2", income_vnd=9_000_000)])
    older = await app.get(PATH)
    assert older["settled_at"] == first["settled_at"]
    assert older["status"] == first["status"]
    # Whoever knows of a later instant is answered by who knows it, too.
    async with reads.primary.statement() as snapshot:
        now = await snapshot.fetchval("SELECT at FROM knowledge_clock")
    newest = await app.get(PATH, known_at=now.isoformat())
    assert newest["status"] != older["status"]
    reads.behind_max = 0.2
    await asyncio.sleep(0.3)
    assert await reads.look() > 0.2
    assert reads.database is reads.primary
    assert (await app.get(PATH))["status"] == newest["status"]
    return newest
