"""SIGKILL of deliverers and of receivers in the middle: nothing lost, nothing out of order.

Changes of households and of a fund: what is told of it, its runs and its payments is one chain.

REGISTRY_KILLS says how many kills (10; with REGISTRY_PROOF 200).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp import web

from tests.facts import assessed
from tests.harness import Registry, registry
from tests.ingest.money import gone, house_fund, housed, kept, payment
from tests.waiting import STANDSTILL_SECONDS, until
from tests.webhooks.receiver import Received, Receiver, receiver, verified

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("REGISTRY_KILLS", "200" if os.environ.get("REGISTRY_PROOF") else "10"))
HOUSEHOLDS = 12
LEASE_SECONDS = "1.0"
MONEY = ("fund.recorded", "allocation-run.completed", "disbursement.recorded")

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300 + 20 * KILLS)]


class Deliverers:
    """Two processes that deliver, started again after each death."""

    def __init__(self, dsn: str, lease_seconds: str) -> None:
        self.dsn, self.lease_seconds = dsn, lease_seconds
        self.processes: list[asyncio.subprocess.Process] = []

    async def start(self) -> None:
        argv = (sys.executable, "-m", "tests.webhooks.doomed", self.dsn, self.lease_seconds)
        self.processes.append(await asyncio.create_subprocess_exec(*argv, cwd=ROOT))

    async def kill(self, number: int) -> None:
        process = self.processes.pop(number)
        process.send_signal(signal.SIGKILL)
        await process.wait()

    async def end(self) -> None:
        while self.processes:
            await self.kill(0)


@asynccontextmanager
async def two(dsn: str, lease_seconds: str = LEASE_SECONDS) -> AsyncIterator[Deliverers]:
    made = Deliverers(dsn, lease_seconds)
    try:
        await made.start()
        await made.start()
        yield made
    finally:
        await made.end()


class Writing:
    """Keeps changing what is known: a transition of each household and a payment, or them undone.

    Every other time the fund is corrected as well.
    """

    def __init__(self, app: Registry) -> None:
        self.app = app
        self.facts = [assessed(f"K-{number}", "2023-12-14") for number in range(HOUSEHOLDS)]
        self.revision = 0
        self.paid: dict[str, Any] = {}

    async def begin(self) -> None:
        """Make a fund of which a household is allocated a house."""
        lines = await housed(self.app)
        self.paid = payment(
            run_id="H1", line="LS-1", external_id="pay/H1", amount_vnd=lines["LS-1"]
        )

    async def change_all(self) -> None:
        self.revision += 1
        changes = {"revision": self.revision, "withdrawn": self.revision % 2 == 0}
        await self.app.send([fact | changes for fact in self.facts])
        if not self.paid:
            return
        withdrawal = gone(self.paid, self.revision)
        await kept(
            self.app, "disbursements", withdrawal if changes["withdrawn"] else self.paid | changes
        )
        if changes["withdrawn"]:
            corrected = {"amount_vnd": 50_000_000 + self.revision, "revision": self.revision}
            await kept(self.app, "funds", house_fund() | corrected)

    async def run(self) -> None:
        while True:
            await self.change_all()
            await asyncio.sleep(0.05)


class Fragile:
    """Takes what comes, and at times dies after taking it and before it says so, or says 500."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.seen: list[Received] = []
        self.lost_answers = 0
        self.robust = False

    async def answer(self, one: Received) -> web.Response:
        chance = self.rng.random()
        if self.robust or chance > 0.06:
            self.seen.append(one)
            return web.Response(status=204)
        if chance > 0.03:
            return web.Response(status=500)
        self.seen.append(one)
        self.lost_answers += 1
        # The transport is cut as if the process had died: nobody learns that it was taken.
        raise asyncio.CancelledError


KNOWN = """
SELECT seq::text, household_id FROM transitions UNION ALL
SELECT event_id::text, 'fund' FROM funds UNION ALL
SELECT event_id::text, 'fund' FROM disbursements UNION ALL
SELECT run_id, 'fund' FROM allocation_runs
"""


async def happened(app: Registry) -> dict[str, str]:
    """Return everything that is to be told, and the chain that it is told in order of."""
    async with app.context.database.statement() as snapshot:
        rows = await snapshot.fetch(KNOWN)
    return dict(map(tuple, rows))


def name_of(one: Received) -> str:
    data = one.body["data"]
    return str(data.get("seq") or data.get("event_id") or data["run_id"])


def first_seen(seen: list[Received]) -> dict[str, Received]:
    """Return what was taken, each at its first appearance: a repeat is known by its id."""
    firsts: dict[str, Received] = {}
    for one in seen:
        firsts.setdefault(one.webhook_id, one)
    return {name_of(one): one for one in firsts.values()}


async def test_kills_lose_nothing_and_keep_each_household_in_order(dsn: str) -> None:
    rng = Random(os.environ.get("REGISTRY_FIRST_SEED", "webhooks"))
    fragile = Fragile(rng)
    async with (
        registry(dsn, webhooks_inside=True, at=datetime.now(UTC)) as app,
        receiver(fragile.answer) as mine,
        two(dsn) as deliverers,
    ):
        made = await _subscribe(app, mine, *MONEY)
        changes = Writing(app)
        await changes.begin()
        writing = asyncio.create_task(changes.run())
        for _ in range(KILLS):
            before = len(fragile.seen)
            await until(lambda before=before: len(fragile.seen) > before)  # type: ignore[misc]
            await asyncio.sleep(rng.uniform(0, 0.1))
            await deliverers.kill(rng.randrange(2))
            await deliverers.start()
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await app.drain()
        fragile.robust = True
        known = await happened(app)

        async def settled() -> bool:
            # What failed near the end would wait for minutes by itself.
            await app.client.post(f"/v1/subscriptions/{made['subscription_id']}/replay", json={})
            return first_seen(fragile.seen).keys() == known.keys()

        await _until_slowly(settled)
        _check(fragile, known, made["secret"])
        print(
            f"\n{KILLS} kills, {len(known)} changes, of money "
            f"{[*known.values()].count('fund')}, {len(fragile.seen)} webhooks taken, "
            f"{fragile.lost_answers} answers lost"
        )


async def _until_slowly(check: Any) -> None:
    async with asyncio.timeout(STANDSTILL_SECONDS):
        while not await check():
            await asyncio.sleep(1)


def _check(fragile: Fragile, known: dict[str, str], secret: str) -> None:
    order = first_seen(fragile.seen)
    assert len(order) == len(known)
    assert len([name for name, chain in known.items() if chain == "fund"]) > KILLS // 5
    for chain in set(known.values()):
        own = [place_of(one) for name, one in order.items() if known[name] == chain]
        assert own == sorted(own), chain
    assert all(verified(one, secret) for one in fragile.seen)
    assert len(fragile.seen) > len(known), "no kill came between an answer and its being written"


def place_of(one: Received) -> Any:
    data = one.body["data"]
    return data["seq"] if "seq" in data else datetime.fromisoformat(data["recorded_at"])


async def _subscribe(app: Registry, mine: Receiver, *more: str) -> Any:
    body = {"callback_url": mine.url, "types": ["household-status.changed", *more]}
    answer = await app.post("/v1/subscriptions", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_two_deliverers_share_subscriptions_and_send_each_change_once(dsn: str) -> None:
    """Nobody dies: a lease keeps two from sending the same, if it outlasts any delay."""
    async with registry(dsn, webhooks_inside=True, at=datetime.now(UTC)) as app:
        async with receiver() as first, receiver() as second, two(dsn, str(STANDSTILL_SECONDS)):
            for mine in (first, second, first, second):
                await _subscribe(app, mine)
            writing = Writing(app)
            for _ in range(6):
                await writing.change_all()
            known = await happened(app)
            await until(lambda: len(first.taken) + len(second.taken) >= 4 * len(known))
            await asyncio.sleep(0.5)
            for mine in (first, second):
                assert len(mine.came) == 2 * len(known)
                assert len({one.webhook_id for one in mine.came}) == 2 * len(known)
