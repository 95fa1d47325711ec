"""Readers who ask the same at once are answered by one count, and never by one that is too old."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.api.page.shared_answers import KEPT, Answer, SharedAnswers, is_shared
from shared.http.operations import operations
from tests.facts import assessed
from tests.harness import Registry
from tests.page.reading import read
from tests.page.settlement import DISTRICT, YEAR_END

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Counting:
    """Counts how often it is asked, and answers when told to."""

    def __init__(self, settled: datetime | None = NOW) -> None:
        self.asked = 0
        self.go = asyncio.Event()
        self.settled = settled

    async def __call__(self) -> Answer:
        self.asked += 1
        await self.go.wait()
        return self.settled, self.asked


async def _all(answers: SharedAnswers, make: Counting, readers: int) -> list[Any]:
    waiting = [asyncio.create_task(answers.get("k", NOW, make)) for _ in range(readers)]
    await asyncio.sleep(0)
    make.go.set()
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_eight_readers_cost_one_count() -> None:
    answers, make = SharedAnswers(), Counting()
    assert await _all(answers, make, 8) == [(NOW, 1)] * 8
    assert await answers.get("k", NOW, make) == (NOW, 1)
    assert make.asked == 1


async def test_an_answer_that_missed_the_last_commit_is_nobody_else_s() -> None:
    answers, make = SharedAnswers(), Counting(NOW - timedelta(microseconds=1))
    given = await _all(answers, make, 3)
    assert [result for _, result in given] == [1, 2, 3]


async def test_a_refusal_and_a_reader_who_leaves_are_nobody_else_s() -> None:
    answers = SharedAnswers()

    async def refuse() -> Answer:
        await asyncio.sleep(0)
        raise RuntimeError("refused")

    first = asyncio.create_task(answers.get("k", NOW, refuse))
    await asyncio.sleep(0)
    make = Counting()
    make.go.set()
    assert await answers.get("k", NOW, make) == (NOW, 1)
    with pytest.raises(RuntimeError):
        await first
    stuck = asyncio.create_task(answers.get("other", NOW, Counting()))
    await asyncio.sleep(0)
    next_one = asyncio.create_task(answers.get("other", NOW, make))
    await asyncio.sleep(0)
    stuck.cancel()
    assert await next_one == (NOW, 2)


async def test_only_so_many_are_kept() -> None:
    answers, make = SharedAnswers(), Counting()
    make.go.set()
    for number in range(KEPT + 1):
        await answers.get(number, NOW, make)
    asked = make.asked
    await answers.get(KEPT, NOW, make)
    await answers.get(0, NOW, make)
    assert make.asked == asked + 1


async def test_what_names_somebody_is_never_shared(world: Registry) -> None:
    shared = {each.name for each in operations(world.app) if is_shared(each)}
    wanted = {"get_statistics", "list_children_statistics", "get_movement", "get_year_end"}
    assert wanted <= shared
    assert not shared & {"get_household", "list_households", "list_exit_windows", "list_clients"}


async def test_a_page_knows_what_was_committed_before_it_was_asked_for(world: Registry) -> None:
    path = f"/places/{DISTRICT}?as_of={YEAR_END}"
    before = int((await read(world, path)).numbers["poor"])
    assert int((await read(world, path)).numbers["poor"]) == before
    await world.send([assessed("SHARED-1", "2022-12-10")])
    assert int((await read(world, path)).numbers["poor"]) == before + 1


async def test_who_may_see_less_is_not_answered_by_another_s_answer(world: Registry) -> None:
    from hashlib import sha256

    from shared.http.auth import tokens_of

    path = f"/places/06091?as_of={YEAR_END}"
    whole = await read(world, path)
    digest = sha256(b"some").hexdigest()
    entry = {"name": "some", "token_sha256": digest, "scopes": ["statistics:read"]}
    before, world.tokens = world.tokens, tokens_of([entry])
    try:
        part = await read(world, path, authorization="Bearer some")
        await read(world, path, 401)
    finally:
        world.tokens = before
    assert whole.numbers["poor"]
    assert part.numbers != whole.numbers
