"""`registry rebuild --verify`: equal when sound, a readable difference when not."""

from __future__ import annotations

import io

from rich.console import Console

from services.commands.rebuild import verify
from tests.harness import Registry
from tests.simulation.histories import disorder, history


def _console() -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    return Console(file=text, width=300, highlight=False), text


async def test_a_rebuild_of_random_histories_finds_no_difference(app: Registry, dsn: str) -> None:
    for seed in range(30):
        await app.send(disorder(history(seed, households=4), seed))
    out, text = _console()
    assert await verify(dsn, out) == 0, text.getvalue()
    assert "all equal, history sound" in text.getvalue()


async def test_a_row_changed_behind_our_back_is_found_and_named(app: Registry, dsn: str) -> None:
    await app.send(history(7, households=3))
    async with app.context.database.transaction() as tx:
        household = await tx.fetchval(
            "UPDATE episodes SET status = 'non_poor' WHERE ctid = (SELECT ctid FROM episodes "
            "WHERE known_to IS NULL AND status = 'poor' LIMIT 1) RETURNING household_id"
        )
    out, text = _console()
    assert await verify(dsn, out) == 1
    assert "stored but not rebuilt" in text.getvalue()
    assert household in text.getvalue()


async def test_a_changed_past_is_found(app: Registry, dsn: str) -> None:
    await app.send(history(8, households=3))
    out, text = _console()
    assert await verify(dsn, out) == 0
    async with app.context.database.transaction() as tx:
        await tx.execute("UPDATE transitions SET on_date = on_date + 1 WHERE seq = 1")
    assert await verify(dsn, out) == 1
    assert "has changed" in text.getvalue()


async def test_households_still_waiting_are_counted_not_compared(app: Registry, dsn: str) -> None:
    events = history(9, households=2)
    response = await app.post("/v1/household-events", {"events": events})
    assert response.status_code == 202
    out, text = _console()
    assert await verify(dsn, out) == 0
    assert "still waiting" in text.getvalue()
