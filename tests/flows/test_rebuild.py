"""`registry rebuild --verify`: equal when sound, a readable difference when not."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from services.commands import rebuild
from services.commands.rebuild import verify
from services.worker import refolding
from shared.households.store import rebuilds
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


async def households(app: Registry) -> int:
    async with app.context.database.statement() as snapshot:
        number = await snapshot.fetchval(
            "SELECT count(DISTINCT household_id) FROM household_events"
        )
    return int(number)


async def test_ranges_in_two_processes_say_the_same(
    app: Registry, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "HOUSEHOLDS_OF_RANGE", 3)
    await app.send([event for seed in range(4) for event in history(seed, households=4)])
    out, text = _console()
    assert await verify(dsn, out, processes=2) == 0, text.getvalue()
    assert f"{await households(app)} households recomputed" in text.getvalue()
    async with app.context.database.transaction() as tx:
        household = await tx.fetchval(
            "UPDATE episodes SET status = 'non_poor' WHERE ctid = (SELECT ctid FROM episodes "
            "WHERE known_to IS NULL AND status = 'poor' ORDER BY household_id DESC LIMIT 1) "
            "RETURNING household_id"
        )
        await tx.execute(
            "INSERT INTO episodes (household_id, valid_from, known_from) "
            "SELECT 'SIM0-STRAY', '2020-01-01', at FROM knowledge_clock"
        )
    out, text = _console()
    assert await verify(dsn, out, processes=2) == 1
    assert household in text.getvalue()
    assert "stored but not rebuilt: household_id=SIM0-STRAY" in text.getvalue()


async def test_a_stopped_run_goes_on_behind_what_it_has_compared(
    app: Registry, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "HOUSEHOLDS_OF_RANGE", 2)
    await app.send(history(1, households=8))
    compared: list[tuple[str, str]] = []

    def stopped(dsn: str, snapshot: str, after: str, through: str) -> refolding.RangeVerdict:
        if len(compared) == 2:
            raise RuntimeError("stopped")
        compared.append((after, through))
        return refolding.compare(dsn, snapshot, after, through)

    monkeypatch.setattr(rebuild, "compare", stopped)
    out, text = _console()
    with pytest.raises(RuntimeError, match="stopped"):
        await verify(dsn, out)
    assert f"--after '{compared[-1][1]}'" in text.getvalue()
    monkeypatch.setattr(rebuild, "compare", refolding.compare)
    out, text = _console()
    assert await verify(dsn, out, after=compared[-1][1]) == 0
    assert f"\n{await households(app) - 4} households recomputed" in text.getvalue()


async def test_each_rebuild_is_remembered_with_what_it_came_to(app: Registry, dsn: str) -> None:
    await app.send(history(8, households=3))
    out, _ = _console()
    await verify(dsn, out)
    async with app.context.database.transaction() as tx:
        await tx.execute("UPDATE transitions SET on_date = on_date + 1 WHERE seq = 1")
    await verify(dsn, out, after="z")
    async with app.context.database.snapshot() as snapshot:
        second, first = await rebuilds.last(snapshot, 5)
    assert (first.sound, first.after, first.households) == (True, "", 3)
    assert (second.sound, second.after, second.households) == (False, "z", 0)
    assert first.began_at <= first.ended_at <= second.began_at
