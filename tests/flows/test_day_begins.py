"""When a day begins in Viet Nam: to the second, on leap days, after stops, with doubles."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.worker.announcer import Announcer
from tests.facts import RICH, assessed, closed
from tests.harness import Registry

SECOND = timedelta(seconds=1)


def midnight(day: str) -> datetime:
    """Return the instant at which a day begins in Viet Nam."""
    begins = date.fromisoformat(day)
    return datetime(begins.year, begins.month, begins.day, tzinfo=UTC) - timedelta(hours=7)


async def begin(app: Registry, day: str) -> None:
    """Let it be that day, as announced, whatever day it was when the template was made."""
    app.clock.instant = midnight(day) + timedelta(hours=9)
    async with app.context.database.transaction() as tx:
        await tx.execute(f"UPDATE announcements SET announced_through = '{day}'")


async def announce(app: Registry, at: datetime) -> int:
    """Look at the clock, which has moved to `at`, and work off what follows."""
    app.clock.instant = at
    (found,) = (n.component for n in app.process.components if isinstance(n.component, Announcer))
    due = await found.run_once()
    await app.drain()
    return due


async def told(app: Registry, household: str) -> list[tuple[str, str | None, str]]:
    found = await app.get(f"/v1/households/{household}/timeline")
    return [(t["on"], t["from"], t["to"]) for t in found["transitions"]]


async def test_a_day_is_announced_at_midnight_and_not_a_second_before(app: Registry) -> None:
    await begin(app, "2026-11-21")
    await app.send([assessed("A", "2025-12-14"), assessed("A", "2026-12-14", **RICH)])
    assert await announce(app, midnight("2026-12-14") - SECOND) == 0
    assert await told(app, "A") == [("2025-12-14", None, "poor")]
    assert await announce(app, midnight("2026-12-14")) == 1
    assert (await told(app, "A"))[1:] == [("2026-12-14", "poor", "recently_exited")]
    assert await announce(app, midnight("2026-12-14") + SECOND) == 0


async def test_a_window_from_a_leap_day_ends_on_the_28th_by_the_rule(app: Registry) -> None:
    await begin(app, "2026-11-21")
    await app.send([assessed("A", "2022-12-14"), assessed("A", "2024-02-29", **RICH)])
    await announce(app, midnight("2027-02-28") - SECOND)
    assert [to for _, _, to in await told(app, "A")] == ["poor", "recently_exited"]
    assert await announce(app, midnight("2027-02-28")) == 1
    found = await app.get("/v1/households/A/timeline")
    last = found["transitions"][-1]
    assert (last["on"], last["from"], last["to"]) == ("2027-02-28", "recently_exited", "non_poor")
    assert last["cause"] == {"rule": "exit_window_ended"}


async def test_each_look_announces_exactly_the_days_that_have_come(app: Registry) -> None:
    await begin(app, "2026-11-21")
    households = [f"A-{number:02}" for number in range(20)]
    events: list[dict[str, Any]] = []
    for number, household in enumerate(households):
        day = f"2026-12-{number + 1:02}"
        events += [assessed(household, "2025-12-14"), assessed(household, day, **RICH)]
    await app.send(events)
    assert await announce(app, midnight("2026-12-10")) == 10
    assert [len(await told(app, household)) for household in households] == [2] * 10 + [1] * 10
    assert await announce(app, midnight("2027-03-01")) == 10
    assert [len(await told(app, household)) for household in households] == [2] * 20


async def test_a_day_that_is_looked_at_twice_is_announced_once(app: Registry) -> None:
    await begin(app, "2026-11-21")
    await app.send([assessed("A", "2025-12-14"), closed("A", "2026-12-01")])
    await announce(app, midnight("2026-12-01"))
    await begin(app, "2026-11-30")
    await announce(app, midnight("2026-12-02"))
    await app.send([assessed("A", "2026-12-24", **RICH)])
    page = await app.get("/v1/transitions")
    assert [item.get("to") for item in page["items"]] == ["poor", "closed"]
