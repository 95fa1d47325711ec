"""SIGKILL of ingest and workers while money is divided and paid: every sum stays exact.

REGISTRY_KILLS says how many kills (half of it here, 10).
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
import pytest

from shared.kernel.clock import SystemClock
from tests.faults.system import PAUSE, SETTLED_SECONDS, System
from tests.simulation import budgets, money_audit
from tests.simulation.spending import Spending
from tests.waiting import STANDSTILL_SECONDS

KILLS = max(4, int(os.environ.get("REGISTRY_KILLS", "20")) // 2)
CLIENTS = 3
# However many kills there are, about as much is to be audited in the end.
PACE = 0.01 * KILLS
pytestmark = [
    pytest.mark.faults,
    pytest.mark.broker,
    pytest.mark.timeout(900 + 60 * KILLS),
    pytest.mark.asyncio(loop_scope="module"),
]
SETTLED = """
SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM allocation_runs
    WHERE state = 'pending')
"""
Frozen = tuple[str, dict[str, str], tuple[int, Any]]


@dataclass
class Reader:
    """Reads from the process that answers: ingest its receipts, api all the rest."""

    running: System
    client: httpx.AsyncClient

    async def get(self, path: str, **asked: Any) -> httpx.Response:
        """Get from whichever process."""
        name = "ingest" if path.startswith("/v1/receipts/") else "api"
        return await self.client.get(
            f"{self.running[name].url}{path}", timeout=STANDSTILL_SECONDS, **asked
        )


@dataclass
class Office:
    """The system as clients meet it: an answer may never come."""

    running: System
    reader: Any
    clock: SystemClock = field(default_factory=SystemClock)
    nodes: list[None] = field(default_factory=lambda: [None])
    frozen: list[Frozen] = field(default_factory=list)
    spent: list[Spending] = field(default_factory=list)

    async def tell(self, path: str, body: Any) -> httpx.Response | None:
        """Post to ingest; None when it died before it answered."""
        try:
            async with httpx.AsyncClient(base_url=self.running["ingest"].url) as client:
                answer = await client.post(path, json=body, timeout=STANDSTILL_SECONDS)
        except httpx.HTTPError as error:
            self.running.statuses[type(error).__name__] += 1
            await asyncio.sleep(PAUSE)
            return None
        self.running.statuses[str(answer.status_code)] += 1
        if answer.status_code == 503:
            await asyncio.sleep(PAUSE)
        return answer

    async def relay(self, node: None) -> None:
        """Give the workers a moment."""
        await asyncio.sleep(PAUSE)

    async def value(self, sql: str, *args: Any) -> Any:
        """Ask the database."""
        return (await self.running.rows(sql, *args))[0][0]

    async def spend(self, seed: int, stop: asyncio.Event) -> None:
        """Spend the money of one seed until told to stop; end what was begun."""
        spending = Spending(self, seed)
        self.spent.append(spending)
        await self.running.post(budgets.needy(seed))
        spending.prepare()
        while not stop.is_set():
            spending.steps = 1
            await spending.step()
            if spending.rng.random() < 0.2:
                await self.freeze(spending.readable())
            await asyncio.sleep(PACE)
        while spending.waiting:
            await spending.step()

    @property
    def paid(self) -> bool:
        """Say whether any payment was accepted yet."""
        accepted = (door for spending in self.spent for door, _ in spending.accepted.values())
        return "disbursements" in accepted

    async def freeze(self, path: str) -> None:
        """Read something as of the last commit; the answer must never change."""
        at = await self.value("SELECT at FROM knowledge_clock")
        asked = {"known_at": at.isoformat()}
        self.frozen.append((path, asked, await self.answer(path, asked)))

    async def answer(self, path: str, asked: dict[str, str]) -> tuple[int, Any]:
        response = await self.reader.get(path, params=asked)
        assert response.status_code in (200, 404), response.text
        body = response.json()
        body.pop("settled_at", None)
        return response.status_code, (body, response.headers.get("etag"))

    async def get(self, path: str, **asked: Any) -> Any:
        """Get a document that must be there."""
        response = await self.reader.get(path, params=asked)
        assert response.status_code == 200, (path, response.text)
        return response.json()

    async def settled(self) -> None:
        """Wait until no run is pending and every fact about money is taken into the findings."""
        accepted = [name for spending in self.spent for name in spending.accepted]
        async with asyncio.timeout(SETTLED_SECONDS):
            while await self.value(SETTLED) or not await self._processed(accepted):
                # What was in the hands of three processes killed one after another.
                await self.running.replay("process_killed")
                await asyncio.sleep(0.1)

    async def _processed(self, accepted: list[str]) -> bool:
        while accepted:
            receipt = (await self.reader.get(f"/v1/receipts/{accepted[-1]}")).json()
            if receipt["state"] != "processed":
                return False
            accepted.pop()
        return True

    async def audit(self) -> None:
        """Compare all there is with the model, and what was read on the way with what is read."""
        money: dict[str, Any] = {}
        requested: set[str] = set()
        for spending in self.spent:
            money |= spending.accepted
            requested |= spending.requested
        seen = await money_audit.check(
            money, requested, self.running.events, self.get, self.running.rows
        )
        for path, asked, before in self.frozen:
            assert await self.answer(path, asked) == before, (path, asked)
        print(f"\n{len(self.spent)} seeds, {len(self.frozen)} frozen: {dict(sorted(seen.items()))}")
        assert seen["run commit"], "there was nothing to check"


async def test_killed_processes_lose_no_money_and_spend_none_twice(running: System) -> None:
    rng = Random(os.environ.get("REGISTRY_FIRST_SEED", "money kills"))
    names = ["worker1", "ingest", "worker2", "both workers"]
    stop, open_transactions = asyncio.Event(), 0
    async with httpx.AsyncClient() as client:
        office = Office(running, Reader(running, client))
        clients = [asyncio.create_task(office.spend(seed, stop)) for seed in range(CLIENTS)]
        try:
            for number in range(KILLS):
                name = names[number % len(names)]
                victims = running.workers if name == "both workers" else [running[name]]
                await asyncio.sleep(rng.uniform(0.1, 0.8))
                kind = "ingest" if name == "ingest" else "worker"
                await running.in_transaction(kind)
                open_transactions += 1
                for victim in victims:
                    await victim.kill()
                for victim in victims:
                    victim.start()
                if rng.random() < 0.7:
                    await asyncio.gather(*(victim.ready() for victim in victims))
            await asyncio.gather(*(p.ready() for p in running.programs.values()))
            async with asyncio.timeout(SETTLED_SECONDS):
                while not office.paid and not any(task.done() for task in clients):
                    await asyncio.sleep(PAUSE)
            stop.set()
            await asyncio.gather(*clients)
        finally:
            for task in clients:
                task.cancel()
            await asyncio.gather(*clients, return_exceptions=True)
        print(f"\n{KILLS} kills, {open_transactions} with a transaction open")
        await running.drained(innocents=True)
        await office.settled()
        await office.audit()
    assert set((await running.depths()).values()) == {0}
    await running.audit()
