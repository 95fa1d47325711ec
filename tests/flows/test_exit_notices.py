"""Before an exit window ends it is told, once for each of the policy's days, and nothing false."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio

from services.worker.announcer import Announcer
from services.worker.reconciler import Reconciler
from shared.households.store import due
from shared.messages import EXIT_WINDOW_ENDING
from shared.messaging import outbox
from tests.facts import RICH, assessed, closed, corrected, withdrawn
from tests.flows.test_day_begins import SECOND, announce, begin, midnight
from tests.harness import Registry

# Off the lists on this day; the window runs from it to 2026-12-13, by the policy of the seeds.
LEFT = "2023-12-14"
LAST = "2026-12-13"
TABLE = """
CREATE TABLE messages_told (told bigint GENERATED ALWAYS AS IDENTITY, id uuid, payload jsonb);
CREATE FUNCTION keep_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO messages_told (id, payload) VALUES (NEW.message_id, NEW.payload::jsonb); RETURN NEW;
END $$;
CREATE TRIGGER keep_message BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION keep_message();
"""


@pytest_asyncio.fixture
async def listened(app: Registry) -> AsyncIterator[Registry]:
    """A registry in which every message that is committed to the outbox is kept."""
    async with app.context.database.transaction() as tx:
        await tx.execute(TABLE)
    yield app


async def told(app: Registry) -> list[tuple[str, int, list[str], list[str]]]:
    """Return what the messages told: last day, days before, households, and those taken back."""
    async with app.context.database.statement() as snapshot:
        rows = await snapshot.fetch(
            "SELECT payload #>> '{data,last_day}', (payload #>> '{data,days_before}')::int, "
            "ARRAY(SELECT jsonb_array_elements_text(payload #> '{data,household_ids}')), "
            "ARRAY(SELECT jsonb_array_elements_text(payload #> '{data,withdrawn_ids}')) "
            "FROM messages_told WHERE payload ->> 'type' = $1 ORDER BY told",
            EXIT_WINDOW_ENDING,
        )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def window(household: str, left: str = LEFT, **changes: Any) -> list[dict[str, Any]]:
    return [assessed(household, "2022-12-14"), assessed(household, left, **RICH | changes)]


async def test_a_window_is_told_at_midnight_90_30_and_7_days_before_its_last_day(
    listened: Registry,
) -> None:
    app = listened
    await begin(app, "2026-09-01")
    await app.send([*window("A"), *window("B"), *window("C", "2024-06-01")])
    assert await told(app) == []
    for days, day in ((90, "2026-09-14"), (30, "2026-11-13"), (7, "2026-12-06")):
        before = await told(app)
        assert await announce(app, midnight(day) - SECOND) == 0
        assert await told(app) == before
        assert await announce(app, midnight(day)) == 2
        assert await told(app) == [*before, (LAST, days, ["A", "B"], [])]
    assert await announce(app, midnight("2027-03-02")) == 3
    assert (await told(app))[3:] == [("2027-05-31", 90, ["C"], [])]


async def test_who_is_known_late_is_told_once_by_the_day_that_holds(listened: Registry) -> None:
    app = listened
    await begin(app, "2026-11-21")
    await app.send(window("A"))
    assert await told(app) == [(LAST, 30, ["A"], [])]
    await app.send([assessed("A", "2024-12-14", **RICH), *window("OVER", "2023-11-20")])
    assert len(await told(app)) == 1
    await announce(app, midnight("2026-12-10"))
    assert (await told(app))[1:] == [(LAST, 7, ["A"], [])]


async def test_after_a_stop_of_months_only_what_is_true_is_told(listened: Registry) -> None:
    app = listened
    await begin(app, "2026-06-01")
    await app.send([*window("A"), *window("GONE", "2023-10-01")])
    await announce(app, midnight("2026-12-08"))
    assert await told(app) == [(LAST, 7, ["A"], [])]


async def test_a_window_that_moves_is_taken_back_and_told_by_its_new_day(
    listened: Registry,
) -> None:
    app = listened
    await begin(app, "2026-11-21")
    _, left = sent = window("A")
    await app.send(sent)
    moved = corrected(left, effective_from="2023-12-20")
    await app.send([moved])
    assert (await told(app))[1:] == [(LAST, 30, [], ["A"]), ("2026-12-19", 30, ["A"], [])]
    await app.send([corrected(moved, effective_from=LEFT)])
    assert (await told(app))[3:] == [(LAST, 30, ["A"], []), ("2026-12-19", 30, [], ["A"])]


async def test_a_window_cut_short_is_taken_back_and_never_told_again(listened: Registry) -> None:
    app = listened
    await begin(app, "2026-11-21")
    never = window("NEVER")
    await app.send([*window("POOR"), *window("ENDED"), *never])
    await app.send([assessed("POOR", "2026-11-25"), closed("ENDED", "2026-12-01")])
    assert (await told(app))[1:] == [(LAST, 30, [], ["ENDED", "POOR"])]
    await app.send([withdrawn(never[1])])
    assert (await told(app))[2:] == [(LAST, 30, [], ["NEVER"])]
    await announce(app, midnight("2026-12-10"))
    assert len(await told(app)) == 3


async def test_what_was_true_to_its_end_is_not_taken_back_afterwards(listened: Registry) -> None:
    app = listened
    await begin(app, "2026-12-10")
    await app.send(window("A"))
    await announce(app, midnight("2026-12-20"))
    await app.send([closed("A", "2026-12-18")])
    assert await told(app) == [(LAST, 7, ["A"], [])]


async def test_what_no_message_carries_is_found_in_the_database_and_told_once(
    listened: Registry,
) -> None:
    app = listened
    await begin(app, "2026-09-01")
    await app.send(window("A"))
    app.clock.instant = midnight("2026-09-14") + timedelta(hours=1)
    (announcer,) = (
        n.component for n in app.process.components if isinstance(n.component, Announcer)
    )
    assert await announcer.run_once() == 1
    async with app.context.database.transaction() as tx:
        await tx.execute("DELETE FROM outbox")
    await app.drain()
    assert await told(app) == []
    (reconciler,) = (
        n.component for n in app.process.components if isinstance(n.component, Reconciler)
    )
    # The registry's own reconciler may be looking too; of two that look at once one does.
    while not await told(app):
        await reconciler.look(overdue_seconds=0.0, at_once=True)
        await app.drain()
    assert await told(app) == [(LAST, 90, ["A"], [])]
    async with app.context.database.statement() as snapshot:
        assert not await due.by_window(app.context.seeds, snapshot, None, app.clock.now(), 10)


async def test_batches_side_by_side_tell_a_window_once(listened: Registry) -> None:
    app = listened
    await begin(app, "2026-09-14")
    households = [f"A-{number:02}" for number in range(30)]
    for household in households:
        await app.post("/v1/household-events", {"events": window(household)})
    again = [assessed(household, "2025-12-14", **RICH) for household in households]
    await asyncio.gather(*(app.post("/v1/household-events", {"events": [e]}) for e in again))
    await app.drain()
    names = [name for _, days, ids, _ in await told(app) for name in ids if days == 90]
    assert sorted(names) == households


async def test_the_envelope_is_an_outside_message(listened: Registry) -> None:
    app = listened
    await begin(app, "2026-11-21")
    await app.post("/v1/household-events", {"events": window("A")})
    document = await app.get("/asyncapi.json")
    data = document["components"]["messages"][EXIT_WINDOW_ENDING]["payload"]["properties"]["data"]
    assert set(data["required"]) == {
        "last_day",
        "days_before",
        "household_ids",
        "withdrawn_ids",
    }
    async with app.context.database.statement() as snapshot:
        assert await outbox.waits(snapshot, ["household-event.recorded"])
