"""Two ingest processes that know nothing of each other's open transactions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random
from typing import Any

from services.ingest.bodies import prepare_row
from services.ingest.context import law_of
from services.ingest.doors.door import Door, Prepared
from services.ingest.doors.registry import HOUSEHOLD_EVENTS
from services.ingest.receipts import Key, Known
from services.ingest.record import Recorder
from shared.kernel.database import Transaction
from tests.facts import assessed
from tests.harness import Registry


class Paused:
    """A door that has looked at what is stored, and then waits."""

    def __init__(self) -> None:
        self.looked = asyncio.Event()
        self.go_on = asyncio.Event()
        self.door = replace(HOUSEHOLD_EVENTS, known=self._known)

    async def _known(self, tx: Transaction, keys: Sequence[Key]) -> Known:
        found = await HOUSEHOLD_EVENTS.known(tx, keys)
        self.looked.set()
        await self.go_on.wait()
        return found


@asynccontextmanager
async def second_ingest(app: Registry) -> AsyncIterator[Recorder]:
    recorder = Recorder(app.context.database, app.clock)
    task = asyncio.create_task(recorder.run())
    try:
        yield recorder
    finally:
        task.cancel()
        await asyncio.wait([task])


async def prepared(app: Registry, door: Door, *events: dict[str, Any]) -> list[Prepared]:
    law = await law_of(app.context)
    found = [prepare_row(door, event, law) for event in events]
    assert all(isinstance(each, Prepared) for each in found)
    return [each for each in found if isinstance(each, Prepared)]


async def test_a_revision_that_never_saw_the_first_still_recomputes_its_household(
    app: Registry,
) -> None:
    first = assessed("OLD", "2023-12-14")
    second = {**first, "revision": 2, "household_id": "NEW"}
    paused = Paused()
    async with second_ingest(app) as other:
        items = await prepared(app, paused.door, second)
        late = asyncio.create_task(other.submit(paused.door, items))
        await paused.looked.wait()
        await app.send([first])
        paused.go_on.set()
        judged = await late
    await app.drain()
    assert (await app.get("/v1/households/NEW/timeline"))["spells"] != []
    assert (await app.get("/v1/households/OLD/timeline"))["spells"] == []
    receipt = await app.get(f"/v1/receipts/{judged.receipts[0].event_id}")
    assert receipt["state"] == "processed"


async def test_the_same_facts_at_two_doors_at_once_are_stored_once(app: Registry) -> None:
    rng = Random(3)
    async with second_ingest(app) as other:
        own: Recorder = app.context.recorder
        for number in range(15):
            events = [assessed(f"S-{number}-{n}", "2023-12-14") for n in range(30)]
            one, two = rng.sample(events, 20), rng.sample(events, 20)
            found = await asyncio.gather(
                own.submit(HOUSEHOLD_EVENTS, await prepared(app, HOUSEHOLD_EVENTS, *one)),
                other.submit(HOUSEHOLD_EVENTS, await prepared(app, HOUSEHOLD_EVENTS, *two)),
            )
            outcomes = [receipt.outcome for judged in found for receipt in judged.receipts]
            both = {e["external_id"] for e in one} | {e["external_id"] for e in two}
            assert outcomes.count("accepted") == len(both)
    await app.drain()
