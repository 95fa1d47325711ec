"""Embedded with a worker process beside it: either side may be killed, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import psutil
import pytest

from tests.bench import measures, processes

pytestmark = pytest.mark.faults
HOUSEHOLDS = 3_000


def worker_of(pid: int) -> psutil.Process:
    (worker,) = [
        child for child in psutil.Process(pid).children() if "embedded-worker" in child.cmdline()
    ]
    return worker


async def worked_off(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        return bool(await connection.fetchval("SELECT NOT EXISTS (SELECT 1 FROM outbox)"))
    finally:
        await connection.close()


async def some_work_done(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    while not await connection.fetchval("SELECT EXISTS (SELECT 1 FROM episodes)"):
        await asyncio.sleep(0.02)
    await connection.close()


@pytest.mark.timeout(180)
async def test_a_killed_worker_is_started_again_and_finishes(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_WORKER_PROCESS", "true")
    with processes.registry("embedded", dsn) as (address, pid):
        loading = asyncio.create_task(measures.bulk(address, dsn, "beside", HOUSEHOLDS))
        await some_work_done(dsn)
        killed = worker_of(pid)
        killed.kill()
        # Returns when every household is worked off.
        await loading
        assert worker_of(pid).pid != killed.pid
    assert not psutil.pid_exists(killed.pid) or killed.status() == psutil.STATUS_ZOMBIE


@pytest.mark.timeout(180)
async def test_killed_doors_take_their_worker_along_and_lose_nothing(
    dsn: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REGISTRY_WORKER_PROCESS", "true")
    with processes.registry("embedded", dsn) as (address, pid):
        loading = asyncio.create_task(measures.bulk(address, dsn, "beside", HOUSEHOLDS))
        await some_work_done(dsn)
        worker = worker_of(pid)
        os.kill(pid, signal.SIGKILL)
        # Whatever the client makes of it: the last answer may have come just before the kill.
        await asyncio.wait([loading], timeout=20)
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)
        await asyncio.to_thread(psutil.wait_procs, [worker], 30)
        assert not worker.is_running()
    connection = await asyncpg.connect(dsn)
    stored = await connection.fetchval("SELECT count(*) FROM household_events")
    with processes.registry("embedded", dsn) as (address, _):
        while not await worked_off(dsn):
            await asyncio.sleep(0.1)
    folded = await connection.fetchval("SELECT count(DISTINCT household_id) FROM episodes")
    await connection.close()
    assert folded == stored > 0
