"""Large counts wait for a turn or are told to come again; cheap answers do not wait for them."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack

import asyncpg
import pytest

from shared.households.store import tallies
from shared.http import heavy
from shared.kernel.database import Limits
from tests.facts import assessed
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

COUNTRY = "/v1/areas/VN/statistics"


async def test_fifty_country_questions_do_not_keep_a_cheap_one_waiting(
    world: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In events: no cheap answer waits for a large one, and those that find no turn end at once."""
    monkeypatch.setattr(heavy, "WAIT_SECONDS", 0.05)
    await world.send([assessed("HEAVY-1", "2023-12-14")])
    without_ledger(monkeypatch)
    async with AsyncExitStack() as held:
        for _ in range(os.cpu_count() or 1):
            await held.enter_async_context(world.context.heavy.turn())
        questions = [world.client.get(COUNTRY) for _ in range(50)]
        reads = [world.client.get("/v1/households/HEAVY-1") for _ in range(200)]
        answers = await asyncio.gather(*questions, *reads)
    assert {answer.status_code for answer in answers[50:]} == {200}
    assert {answer.status_code for answer in answers[:50]} == {503}
    refused = answers[0]
    assert refused.json()["code"] == "too_many_heavy_questions"
    assert int(refused.headers["retry-after"]) > 0
    assert (await world.client.get(COUNTRY)).status_code == 200


def without_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every question be counted from episodes, as with more waiting than a tail may have."""
    sql = tallies._TOTALS.replace(str(tallies.TAIL_AMOUNTS_MAX), "-1")
    monkeypatch.setattr(tallies, "_TOTALS", sql)


async def test_what_the_ledger_answers_waits_for_no_turn(world: Registry) -> None:
    await world.send([assessed("HEAVY-2", "2023-12-14")])
    day = {"as_of": "2024-06-01"}
    period = {"list": "poor", "from_date": "2023-01-01", "to_date": "2024-06-01"}
    async with AsyncExitStack() as held:
        for _ in range(os.cpu_count() or 1):
            await held.enter_async_context(world.context.heavy.turn())
        # The country, a province, a district; a commune is so small that it is scanned.
        for code in ("VN", "20", "181", "06091"):
            answer = await world.client.get(f"/v1/areas/{code}/statistics", params=day)
            assert answer.status_code == 200
            assert answer.json()["counts"]["poor"] >= 1
        for code in ("VN", "20", "181"):
            answer = await world.client.get(f"/v1/areas/{code}/movement", params=period)
            assert answer.status_code == 200


async def test_turns_come_back_when_a_question_fails(
    world: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_ledger(monkeypatch)
    for _ in range(2 * (os.cpu_count() or 1)):
        answer = await world.client.get(COUNTRY, params={"known_at": "2999-01-01T00:00:00Z"})
        assert answer.status_code == 422
    assert (await world.client.get(COUNTRY)).status_code == 200


async def test_a_statement_beyond_its_limits_is_given_up(world: Registry) -> None:
    limits = Limits(seconds=1, work_mem_mb=64)
    async with world.context.database.snapshot(limits) as snapshot:
        assert await snapshot.fetchval("SHOW work_mem") == "64MB"
        with pytest.raises(asyncpg.QueryCanceledError):
            await snapshot.execute("SELECT pg_sleep(60)")
