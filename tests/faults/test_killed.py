"""SIGKILL under load, at random and with work in hand: nothing is lost, nothing done twice.

REGISTRY_KILLS says how many kills (20), REGISTRY_PURGES how often the broker forgets everything
while both workers are dead (3, with REGISTRY_PROOF 100: 200 kills).
"""

from __future__ import annotations

import asyncio
import os
from random import Random

import pytest

from tests.faults.system import PAUSE, SETTLED_SECONDS, System

KILLS = int(os.environ.get("REGISTRY_KILLS", "20"))
FORGETTING = int(
    os.environ.get("REGISTRY_PURGES", "100" if os.environ.get("REGISTRY_PROOF") else "3")
)
pytestmark = [
    pytest.mark.faults,
    pytest.mark.broker,
    pytest.mark.timeout(600 + 30 * max(KILLS, FORGETTING)),
    pytest.mark.asyncio(loop_scope="module"),
]


async def test_killed_processes_lose_nothing_and_double_nothing(running: System) -> None:
    rng = Random(os.environ.get("REGISTRY_FIRST_SEED", "kills"))
    names = ["ingest", "worker1", "worker2", "both workers"]
    open_transactions = 0
    async with running.load():
        for number in range(KILLS):
            name = names[number % len(names)]
            victims = running.workers if name == "both workers" else [running[name]]
            await asyncio.sleep(rng.uniform(0.05, 0.6))
            if rng.random() < 0.7:
                kind = "ingest" if name == "ingest" else "worker"
                await running.in_transaction(kind)
                open_transactions += 1
            for victim in victims:
                await victim.kill()
            for victim in victims:
                victim.start()
            if rng.random() < 0.7:
                await asyncio.gather(*(victim.ready() for victim in victims))
        async with asyncio.timeout(SETTLED_SECONDS):
            while running.statuses["202"] <= 10 * KILLS:
                await asyncio.sleep(PAUSE)
    print(f"\n{KILLS} kills, {open_transactions} with a transaction open")
    assert open_transactions >= KILLS // 4
    assert running.statuses["ConnectError"], "no client noticed that ingest was killed"
    await settled(running)


async def test_a_broker_that_forgets_between_kills_loses_nothing(running: System) -> None:
    [(refused,)] = await running.rows("SELECT count(*) FROM quarantine")
    purged = 0
    async with running.load():
        for _ in range(FORGETTING):
            await running.in_transaction("worker")
            for worker in running.workers:
                await worker.kill()
            purged += await running.forget()
            for worker in running.workers:
                worker.start()
            await asyncio.gather(*(worker.ready() for worker in running.workers))
    woken = running.program("wake", ("-m", "services", "wake"))
    woken.start()
    assert await woken.ended() == 0, woken.log.read_text()
    print(f"\n{2 * FORGETTING} kills, {purged} messages purged; {woken.log.read_text()}")
    await settled(running)
    assert await running.rows("SELECT count(*) FROM quarantine") == [(refused,)]


async def settled(running: System) -> None:
    """Wait for the end of the work and look at everything."""
    await asyncio.gather(*(program.ready() for program in running.programs.values()))
    await running.drained(innocents=True)
    assert set((await running.depths()).values()) == {0}
    await running.audit()
    print(f"\n{len(running.accepted)} events of {running.seeds} worlds; {dict(running.statuses)}")


async def test_killed_database_connections_lose_nothing(running: System) -> None:
    async with running.load():
        for _ in range(3):
            await running.in_transaction("ingest")
            killed = await running.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                "current_database() AND application_name LIKE 'registry-%' "
                "AND pid <> pg_backend_pid()"
            )
            assert killed
    await settled(running)


async def test_terminated_processes_end_in_good_order(running: System) -> None:
    async with running.load():
        for program in running.programs.values():
            await asyncio.sleep(0.3)
            code = await program.terminate()
            program.start()
            assert code == 0, (program.name, code)
            await program.ready()
    await settled(running)
