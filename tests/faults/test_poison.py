"""Messages that cannot be handled: put aside alone, neighbours untouched, healed by replay."""

from __future__ import annotations

import asyncio
from typing import Any

import aio_pika
import httpx
import pytest

from shared.messaging.suspects import DEATHS_ALONE_MAX
from tests import facts
from tests.facts import Fact
from tests.faults.doomed_worker import DEATH
from tests.faults.system import Program, System
from tests.waiting import STANDSTILL_SECONDS, until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.broker,
    pytest.mark.timeout(900),
    pytest.mark.asyncio(loop_scope="module"),
]


def assessed(name: str, day: str = "2023-12-14", revision: int = 1) -> Fact:
    return facts.assessed(name, day, external_id=f"{name}/{day}", revision=revision)


async def state(running: System, event_id: str) -> str:
    async with httpx.AsyncClient(base_url=running["ingest"].url) as client:
        answer = await client.get(f"/v1/receipts/{event_id}", timeout=STANDSTILL_SECONDS)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["state"])


async def open_rows(running: System) -> list[tuple[Any, ...]]:
    rows = await running.rows("SELECT item, reason FROM quarantine WHERE state = 'open' ORDER BY 1")
    return [tuple(row) for row in rows]


async def publish(running: System, *bodies: bytes) -> None:
    """Put bytes where the relay puts messages."""
    connection = await aio_pika.connect(running.amqp)
    try:
        channel = await connection.channel()
        exchange = await channel.get_exchange("registry.events", ensure=False)
        for body in bodies:
            await exchange.publish(aio_pika.Message(body), "household-event.recorded")
    finally:
        await connection.close()


async def test_poison_among_two_hundred_is_put_aside_alone(running: System) -> None:
    poisoned = "POISON-1"
    await running.post([assessed(poisoned)])
    await running.drained()
    spoil = "UPDATE household_events SET payload = payload - 'assessed_on' WHERE household_id = $1"
    await running.rows(spoil, poisoned)
    good = [assessed(f"GOOD-{number}") for number in range(200)]
    half = running.post(good[:100])
    single = [running.post([event]) for event in good[100:]]
    # Before what was folded: a later review is added to what stands and reads nothing older.
    bad = running.post([assessed(poisoned, "2022-12-14")])
    garbage = publish(running, b"", b"\xff\xfe", b"not json", b'{"specversion": "1.0"}')
    ids, *_ = await asyncio.gather(bad, half, garbage, *single)

    async def aside() -> bool:
        return len(await open_rows(running)) == 5

    await until(aside)
    await running.drained(aside=1)
    rows = await open_rows(running)
    assert rows == [("", "malformed_message")] * 4 + [(poisoned, "data_error")]
    assert await state(running, ids[0]) == "quarantined"
    await running.audit(aside=frozenset({"", poisoned}))

    assert await running.replay() == 1
    await until(lambda: _attempts(running, poisoned, 2))
    assert await state(running, ids[0]) == "quarantined"

    mend = (
        "UPDATE household_events SET payload = payload || "
        """'{"assessed_on": "2023-12-14"}' WHERE external_id = $1"""
    )
    await running.rows(mend, f"{poisoned}/2023-12-14")
    assert await running.replay() == 1
    await running.drained()
    assert await state(running, ids[0]) == "processed"
    assert await open_rows(running) == [("", "malformed_message")] * 4
    assert set((await running.depths()).values()) == {0}
    await running.audit(aside=frozenset({""}))


async def _attempts(running: System, item: str, wanted: int) -> bool:
    rows = await running.rows("SELECT attempts FROM quarantine WHERE item = $1", item)
    return any(row[0] >= wanted for row in rows)


async def test_a_message_that_kills_its_worker_is_put_aside_alone(running: System) -> None:
    victim = "DOOMED-7"
    for worker in running.workers:
        assert await worker.terminate() == 0
    together = [assessed(f"DOOMED-{number}") for number in range(60)]
    alone = [assessed(f"BESIDE-{number}") for number in range(40)]
    ids = await running.post(together)
    for event in alone:
        await running.post([event])
    argv = ("-m", "tests.faults.doomed_worker", victim)
    fatal = [running.program(f"doomed{number}", argv) for number in (1, 2)]
    try:
        deaths = await _keep_running(running, fatal, victim)
        await running.drained(aside=1)
        # A worker that is killed with its verdict not yet settled leaves it to be given again.
        await until(lambda: _nothing_begun(running))
        for worker in fatal:
            await worker.terminate()
    finally:
        for worker in fatal:
            await worker.kill()
    # In its batch, in its message, three times alone, and one whose verdict was cut short.
    assert deaths <= 3 + DEATHS_ALONE_MAX, "the culprit is known when it died alone three times"
    assert [row for row in await open_rows(running) if row[0]] == [(victim, "process_killed")]
    assert await state(running, ids[7]) == "quarantined"
    for worker in running.workers:
        worker.start()
    await asyncio.gather(*(worker.ready() for worker in running.workers))
    assert await running.replay() == 1
    await running.drained()
    assert await state(running, ids[7]) == "processed"
    await until(lambda: _nothing_begun(running))
    await running.audit(aside=frozenset({""}))


async def _nothing_begun(running: System) -> bool:
    return not await running.rows("SELECT * FROM crash_ledger")


async def _keep_running(running: System, workers: list[Program], victim: str) -> int:
    """Start workers again whenever they die, until the victim is put aside; count the deaths."""
    deaths = 0
    for worker in workers:
        worker.start()

    async def aside() -> bool:
        nonlocal deaths
        for worker in workers:
            if worker.code is not None:
                assert worker.code == DEATH, worker.log.read_text()[-2000:]
                deaths += 1
                worker.start()
        return (victim, "process_killed") in await open_rows(running)

    await until(aside)
    return deaths
