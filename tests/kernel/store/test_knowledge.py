"""The knowledge clock: forward only, in commit order, and settled means settled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from shared.kernel import knowledge
from shared.kernel.database import Database, connect
from shared.kernel.errors import DomainError


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    made = await connect(dsn, name="store-test", pool_max=12)
    yield made
    await made.close()


async def test_concurrent_writers_get_instants_in_the_order_of_their_commits(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE commits (seq bigserial, at timestamptz)")

    async def write() -> None:
        async with database.transaction() as tx:
            at = await knowledge.tick(tx)
            await asyncio.sleep(0.001)
            await tx.execute("INSERT INTO commits (at) VALUES ($1)", at)

    await asyncio.gather(*(write() for _ in range(60)))
    async with database.statement() as snapshot:
        found = [row[0] for row in await snapshot.fetch("SELECT at FROM commits ORDER BY seq")]
        settled = await knowledge.settled(snapshot)
    assert found == sorted(set(found))
    assert settled == found[-1]


async def test_the_clock_never_goes_back_even_if_the_machines_does(database: Database) -> None:
    ahead = timedelta(hours=1)
    async with database.transaction() as tx:
        await tx.execute("UPDATE knowledge_clock SET at = clock_timestamp() + $1", ahead)
        before = await knowledge.settled(tx)
    async with database.transaction() as tx:
        assert await knowledge.tick(tx) == before + timedelta(microseconds=1)


async def test_with_no_writer_this_very_moment_is_settled(database: Database) -> None:
    limit, now = await knowledge.watermark(database)
    assert limit == now
    assert await knowledge.check_settled(database, limit) >= limit


async def test_no_later_commit_falls_before_an_answer_when_the_machines_clock_jumps_back(
    database: Database,
) -> None:
    for answered in (knowledge.watermark, _asked_for_this_moment):
        limit, _ = await answered(database)
        async with database.statement() as snapshot:
            assert await knowledge.settled(snapshot) >= limit
        async with database.transaction() as tx:
            # The tick of a machine whose clock shows an hour less.
            slow = knowledge._TICK.replace(
                "clock_timestamp()", "clock_timestamp() - '1h'::interval"
            )
            assert await tx.fetchval(slow) > limit


async def _asked_for_this_moment(database: Database) -> tuple[datetime, datetime]:
    async with database.statement() as snapshot:
        now: datetime = await snapshot.fetchval("SELECT clock_timestamp()")
    return await knowledge.check_settled(database, now), now


async def test_while_a_writer_holds_the_clock_nothing_after_the_last_commit_is_settled(
    database: Database,
) -> None:
    async with database.statement() as snapshot:
        last = await knowledge.settled(snapshot)
    async with database.transaction() as tx:
        at = await knowledge.tick(tx)
        limit, _ = await knowledge.watermark(database)
        assert limit == last
        with pytest.raises(DomainError) as refused:
            await knowledge.check_settled(database, at)
        assert refused.value.code == "not_settled"
    assert await knowledge.check_settled(database, at) >= at


async def test_the_future_is_refused_by_name(database: Database) -> None:
    _, now = await knowledge.watermark(database)
    with pytest.raises(DomainError) as refused:
        await knowledge.check_settled(database, now + timedelta(minutes=1))
    assert refused.value.code == "in_future"


async def test_facts_of_a_transaction_share_its_instant(database: Database) -> None:
    async with database.transaction() as tx:
        recording = await knowledge.next_recording(tx)
        at = await knowledge.record(tx, recording, "household-events")
    async with database.statement() as snapshot:
        stored: datetime = await snapshot.fetchval(
            "SELECT recorded_at FROM recordings WHERE recording_id = $1", recording
        )
        assert stored == at == await knowledge.settled(snapshot)
