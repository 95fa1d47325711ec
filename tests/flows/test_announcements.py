"""No transition is published before its day; the clock brings the day, and catches up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.worker.announcer import Announcer
from shared.households.store import announcements
from tests.facts import RICH, assessed, corrected
from tests.harness import Registry

# The harness's clock stands at noon of 2026-11-21 in Viet Nam; the template was announced today.


async def _days(app: Registry, days: int) -> int:
    """Let days pass, announce, and work everything off."""
    app.clock.advance(timedelta(days=days))
    announcer = Announcer(app.context.database, app.clock, app.context.seeds)
    found = await announcer.run_once()
    await app.drain()
    return found


async def _begin(app: Registry) -> None:
    """Set the announced day to the harness's today."""
    async with app.context.database.transaction() as tx:
        await tx.execute("UPDATE announcements SET announced_through = $1", app.clock.today())


async def _feed(app: Registry) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await app.get("/v1/transitions"))["items"]
    return found


async def test_a_future_dated_event_shows_in_the_timeline_and_not_in_the_feed(
    app: Registry,
) -> None:
    await _begin(app)
    await app.send([assessed("H1", "2026-11-25", assessed_on="2026-11-20")])
    assert len((await app.get("/v1/households/H1/timeline"))["spells"]) == 1
    assert await _feed(app) == []
    assert await _days(app, 3) == 0
    assert await _feed(app) == []
    assert await _days(app, 1) == 1
    (published,) = await _feed(app)
    assert (published["on"], published["to"]) == ("2026-11-25", "poor")


async def test_an_exit_window_that_ends_is_published_on_its_day(app: Registry) -> None:
    await _begin(app)
    await app.send(
        [assessed("H1", "2022-12-10"), assessed("H1", "2023-11-30", **RICH)],
    )
    before = await _feed(app)
    assert [t["to"] for t in before] == ["poor", "recently_exited"]
    await _days(app, 8)
    assert len(await _feed(app)) == 2
    await _days(app, 1)
    last = (await _feed(app))[-1]
    assert (last["on"], last["from"], last["to"]) == ("2026-11-30", "recently_exited", "non_poor")
    assert last["cause"] == {"rule": "exit_window_ended"}
    assert last["movements"] == []


async def test_after_a_stop_of_weeks_one_look_catches_up(app: Registry) -> None:
    await _begin(app)
    for number in range(10):
        day = f"2026-12-{number + 1:02d}"
        await app.send([assessed(f"H{number}", day, assessed_on="2026-11-20")])
    assert await _days(app, 30) == 10
    assert len(await _feed(app)) == 10
    assert await _days(app, 0) == 0


async def test_a_correction_before_the_day_leaves_no_trace_in_the_feed(app: Registry) -> None:
    await _begin(app)
    event = assessed("H1", "2026-11-25", assessed_on="2026-11-20")
    await app.send([event])
    await app.send([corrected(event, effective_from="2026-12-05")])
    await _days(app, 5)
    assert await _feed(app) == []
    await _days(app, 10)
    assert [t["on"] for t in await _feed(app)] == ["2026-12-05"]


async def test_a_correction_after_the_day_retracts(app: Registry) -> None:
    await _begin(app)
    event = assessed("H1", "2026-11-25", assessed_on="2026-11-20")
    await app.send([event])
    await _days(app, 5)
    await app.send([corrected(event, effective_from="2026-12-05")])
    first, second = await _feed(app)
    assert second["retracts"] == first["transition_id"]
    await _days(app, 10)
    assert [t.get("on") for t in await _feed(app)][-1] == "2026-12-05"


async def test_the_announced_day_never_goes_back(app: Registry) -> None:
    await _begin(app)
    await _days(app, 10)
    async with app.context.database.statement() as snapshot:
        reached = await announcements.peek(snapshot)
    await _days(app, -20)
    async with app.context.database.statement() as snapshot:
        assert await announcements.peek(snapshot) == reached
