"""What is kept at hand is read once, however many ask first."""

from __future__ import annotations

import asyncio

import pytest

from shared.kernel.database import Fresh, Snapshot, connect


async def test_the_first_callers_share_one_look(dsn: str) -> None:
    database = await connect(dsn, name="fresh", pool_max=4)
    looks = 0

    async def load(snapshot: Snapshot) -> int:
        nonlocal looks
        looks += 1
        number: int = await snapshot.fetchval("SELECT 7")
        return number

    fresh = Fresh(database, load)
    try:
        assert await asyncio.gather(*(fresh.current() for _ in range(20))) == [7] * 20
        assert looks == 1
    finally:
        await database.close()


async def test_a_first_look_that_fails_is_raised_and_tried_again(dsn: str) -> None:
    database = await connect(dsn, name="fresh", pool_max=4)
    failing = True

    async def load(_: Snapshot) -> str:
        if failing:
            raise LookupError
        return "loaded"

    fresh = Fresh(database, load)
    try:
        with pytest.raises(LookupError):
            await fresh.current()
        failing = False
        assert await fresh.current() == "loaded"
    finally:
        await database.close()
