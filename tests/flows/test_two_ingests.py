"""Two ingest processes that know nothing of each other's open transactions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from services.ingest import record
from services.ingest.bodies import revision_or_faults
from services.ingest.context import world_of
from services.ingest.record import Posted, Recorder
from shared.households.facts import HOUSEHOLD_EVENTS
from shared.kernel.database import Transaction
from shared.kernel.facts import FactKind
from shared.kernel.revisions import Revision
from tests.facts import assessed
from tests.harness import Registry


class Paused(Recorder):
    """A recorder that looks at what is stored, and then waits."""

    def __init__(self, app: Registry) -> None:
        super().__init__(app.context.database, app.clock, app.context.keys)
        self.looked = asyncio.Event()
        self.go_on = asyncio.Event()


@asynccontextmanager
async def second_ingest(app: Registry, recorder: Recorder | None = None) -> AsyncIterator[Recorder]:
    recorder = recorder or Recorder(app.context.database, app.clock, app.context.keys)
    task = asyncio.create_task(recorder.run())
    try:
        yield recorder
    finally:
        task.cancel()
        await asyncio.wait([task])


async def revised(app: Registry, kind: FactKind, *posted: dict[str, Any]) -> list[Revision]:
    world = await world_of(app.context)
    found = [revision_or_faults(kind, each, world) for each in posted]
    assert all(isinstance(each, Revision) for each in found)
    return [each for each in found if isinstance(each, Revision)]


async def test_a_revision_that_never_saw_the_first_still_recomputes_its_household(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = assessed("OLD", "2023-12-14")
    second = {**first, "revision": 2, "household_id": "NEW"}
    paused, look = Paused(app), record._look

    async def pausing(tx: Transaction, kind: FactKind, posted: Sequence[Posted]) -> Any:
        seen = await look(tx, kind, posted)
        if not paused.looked.is_set():
            paused.looked.set()
            await paused.go_on.wait()
        return seen

    monkeypatch.setattr(record, "_look", pausing)
    async with second_ingest(app, paused):
        revisions = await revised(app, HOUSEHOLD_EVENTS, second)
        late = asyncio.create_task(paused.submit(HOUSEHOLD_EVENTS, revisions))
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
                own.submit(HOUSEHOLD_EVENTS, await revised(app, HOUSEHOLD_EVENTS, *one)),
                other.submit(HOUSEHOLD_EVENTS, await revised(app, HOUSEHOLD_EVENTS, *two)),
            )
            outcomes = [receipt.outcome for judged in found for receipt in judged.receipts]
            both = {e["external_id"] for e in one} | {e["external_id"] for e in two}
            assert outcomes.count("accepted") == len(both)
    await app.drain()
