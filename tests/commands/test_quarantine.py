"""What workers refused: sent again or given up, and a refusal of either says why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from services.commands import quarantine as commands
from shared.kernel.database import Database, connect
from shared.messaging import quarantine
from shared.messaging.message import encode
from shared.messaging.quarantine import Refusal
from tests.messaging.helpers import message

UNREADABLE = Refusal("assess_households", uuid4(), "", "", "junk", "malformed_message", "not JSON")


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    opened = await connect(dsn, name="quarantine-test", pool_max=2)
    yield opened
    await opened.close()


async def put(database: Database, refusal: Refusal) -> int:
    """Put one item aside and return its number."""
    async with database.transaction() as tx:
        await quarantine.put(tx, [refusal])
        number: int = await tx.fetchval(
            "SELECT quarantine_id FROM quarantine WHERE message_id = $1", refusal.message_id
        )
    return number


async def test_an_unreadable_message_is_discarded_with_its_reason_kept(
    database: Database, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    number = await put(database, UNREADABLE)
    assert await commands._replay(dsn, [number, 999_999]) == 1
    captured = capsys.readouterr()
    assert "0 of 2 sent again" in captured.out
    assert f"{number}: nobody can read the message (not JSON): discard it" in captured.err
    assert "999999: nothing is quarantined under this number" in captured.err
    assert not await commands._discard(dsn, number, "lan", "sent by a test of the ministry")
    async with database.statement() as snapshot:
        row = await quarantine.show(snapshot, number)
        assert await quarantine.count_open(snapshot) == 0
    assert row is not None
    assert (row.state, row.discarded_by) == ("discarded", "lan")
    assert row.discarded_because == "sent by a test of the ministry"
    assert await commands._discard(dsn, number, "lan", "again") == 1
    assert f"{number}: it is discarded already" in capsys.readouterr().err
    assert await put(database, UNREADABLE) == number
    async with database.statement() as snapshot:
        assert await quarantine.count_open(snapshot) == 1


async def test_what_facts_make_due_is_replayed_and_never_discarded(
    database: Database, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one = message(["h1"])
    body = encode(one).decode()
    number = await put(
        database, Refusal("assess_households", one.id, "h1", one.type, body, "bad_item", "bad")
    )
    assert await commands._discard(dsn, number, "lan", "no more of it") == 1
    assert "h1 is due as long as its facts are" in capsys.readouterr().err
    assert not await commands._replay(dsn, [number])
    async with database.transaction() as tx:
        await quarantine.resolve(tx, "assess_households", ["h1"])
    assert await commands._replay(dsn, [number]) == 1
    assert f"{number}: it is resolved already" in capsys.readouterr().err
