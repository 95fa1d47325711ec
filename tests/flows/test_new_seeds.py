"""A new version of the policy is loaded while a worker is in the middle of a batch."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

from services.processes import seeding
from services.worker.handlers.assess_households import AssessHouseholds
from shared.kernel.database import Snapshot
from shared.law.store.seeds import POLICY, SeedCache
from tests.facts import assessed
from tests.harness import Registry


class Slow(SeedCache):
    """Seeds of a worker that has read the policy, and then takes its time."""

    looked = asyncio.Event()
    go_on = asyncio.Event()

    async def read(self, snapshot: Snapshot, kind: Any, known_at: Any = None) -> Any:
        document = await super().read(snapshot, kind, known_at)
        if kind is POLICY:
            self.looked.set()
            await self.go_on.wait()
        return document


def stricter(folder: Path) -> Path:
    """Return seeds with a lower income line."""
    shutil.copytree(seeding.ROOT, folder, dirs_exist_ok=True)
    file = folder / "policy" / "poverty_standards.yaml"
    text = file.read_text("utf-8")
    assert "1_500_000" in text
    file.write_text(text.replace("1_500_000", "1_100_000"), "utf-8")
    return folder


async def test_a_policy_that_comes_back_leaves_the_past_as_it_was(
    app: Registry, tmp_path: Path
) -> None:
    root = await asyncio.to_thread(stricter, tmp_path)
    await app.send([assessed("H", "2023-12-14")])
    path, asked = "/v1/households/H/explanation", {"as_of": "2024-01-01"}
    first = await app.get(path, **asked)
    for seeds in (root, seeding.ROOT):
        await seeding.load(app.context.database, app.clock, seeds)
        await app.drain()
        then = await app.get(path, **asked, known_at=first["settled_at"])
        clocks = {"known_at": None, "settled_at": first["settled_at"]}
        assert {**then, **clocks} == first
    early = await app.client.get("/v1/exit-windows", params={"known_at": "2020-01-01T00:00:00Z"})
    assert (early.status_code, early.json()["code"]) == (422, "seeds_not_loaded")
    assert "registry seed" not in early.json()["detail"]


async def waits_for_a_lock(app: Registry) -> bool:
    async with app.context.database.statement() as snapshot:
        return bool(
            await snapshot.fetchval(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory' AND "
                "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )


async def test_a_household_of_the_batch_in_hand_is_not_left_to_the_old_policy(
    app: Registry, tmp_path: Path
) -> None:
    root = await asyncio.to_thread(stricter, tmp_path)
    await app.send([assessed("FIRST", "2023-12-14")])
    event = assessed("SECOND", "2023-12-14")
    assert (await app.post("/v1/household-events", {"events": [event]})).status_code == 202
    slow = Slow()

    async def batch() -> None:
        async with app.context.database.transaction() as tx:
            await AssessHouseholds(slow)(tx, ["SECOND"])

    in_hand = asyncio.create_task(batch())
    await slow.looked.wait()
    loading = asyncio.create_task(seeding.load(app.context.database, app.clock, root))
    while not loading.done() and not await waits_for_a_lock(app):
        await asyncio.sleep(0.02)
    slow.go_on.set()
    await in_hand
    await loading
    async with app.context.database.transaction() as tx:
        # The message of the batch in hand has had its effect; it is not there to help.
        await tx.execute(
            "DELETE FROM outbox WHERE payload LIKE '%SECOND%' AND seq = "
            "(SELECT min(seq) FROM outbox WHERE payload LIKE '%SECOND%')"
        )
    await app.drain()
    for household in ("FIRST", "SECOND"):
        found = await app.get(f"/v1/households/{household}", as_of="2024-01-01")
        assert found["status"] == "non_poor", household
