"""Seeded storms: crashes, lost and repeated messages, any order; the end is always the model's.

REGISTRY_SEEDS says how many seeds to run (60; thousands in the proof), REGISTRY_FIRST_SEED where
to begin.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from shared.households.store import tally_recount
from shared.kernel.database import connect
from shared.messaging import outcome, quarantine
from shared.messaging.topology import DELIVERY_LIMIT
from tests import evidence, servers
from tests.simulation import audit, budgets, model, money_audit, money_story
from tests.simulation.cluster import World, world
from tests.simulation.crashing import Plan, owned
from tests.simulation.faulty_transport import MANY, NONE
from tests.simulation.histories import disorder, history
from tests.simulation.spending import Spending
from tests.waiting import STANDSTILL_SECONDS

FIRST = int(os.environ.get("REGISTRY_FIRST_SEED", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("REGISTRY_SEEDS", "60")))
# The third start of a message that never ended is its last: the batch, alone, item by item.
CRASHES_BETWEEN_DRAINS = 2
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sim(server: servers.Server) -> AsyncIterator[World]:
    """A world that is emptied for each seed."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(owned)
    loop.set_exception_handler(lambda _, __: None)  # a dead process's tasks are never asked
    dsn = await server.create()
    for setting in servers.FAST:
        name = dsn.rpartition("/")[2]
        await server.execute(f"ALTER DATABASE {name} SET {setting.replace('=', ' TO ')}")
    database = await connect(dsn, name="simulation", pool_max=12)
    async with world(database, datetime(2026, 1, 1, tzinfo=UTC)) as made:
        yield made
    await database.close()
    loop.set_task_factory(None)
    await server.drop(dsn)
    totals: Counter[str] = Counter()
    for one in REPORT:
        totals.update(one)
    print(f"\n{len(REPORT)} seeds: {dict(totals)}")
    print(f"money: {dict(sorted(SEEN.items()))}")


REPORT: list[dict[str, int]] = []
SEEN: Counter[str] = Counter()


class Run:
    """One seed: what is still to be sent, what was read on the way, and the dice."""

    def __init__(
        self, sim: World, seed: int, *, violent: bool = False, money: bool = False
    ) -> None:
        self.sim = sim
        self.rng = Random(f"run {seed}")
        self.spending = Spending(sim, seed) if money else None
        happened = history(seed, households=2 if money else self.rng.randint(3, 6))
        self.events = disorder([*happened, *(budgets.needy(seed) if money else ())], seed)
        if money:  # what is corrected late may have been paid before
            self.events.sort(key=lambda event: event.get("revision", 1) > 1)
        self.violent = violent
        self.crashes_left = CRASHES_BETWEEN_DRAINS
        self.waiting = list(self.events)
        self.frozen: list[tuple[str, dict[str, Any], tuple[int, Any]]] = []
        self.followed: list[dict[str, Any]] = []
        self.cursor: str | None = None
        self.accepted: set[str] = set()

    async def get(self, path: str, **asked: Any) -> Any:
        response = await self.sim.reader.get(path, params=asked)
        assert response.status_code == 200, response.text
        return response.json()

    async def storm(self) -> None:
        """Do things in a random order until everything has been sent."""
        things = (
            (6, self.send),
            (5, self.relay),
            (2, self.a_day_comes),
            (3, self.read),
            (2, self.drain),
            (1, self.follow),
            (1, self.forget),
            (1, self.outage),
        )
        if self.spending is not None:
            self.spending.prepare()
            things = (*things, (14, self.spend))
        weights = [weight for weight, _ in things]
        while self.waiting or (self.spending is not None and self.spending.unfinished):
            if self.rng.random() < 0.3:
                self.arm()
            [(_, thing)] = self.rng.choices(things, weights)
            await thing()

    def arm(self) -> None:
        """Let a process die soon, unless one message may already have seen two die."""
        plan = self.sim.plan
        if self.violent or (plan.countdown is None and self.crashes_left > 0):
            self.crashes_left -= 1
            plan.countdown = self.rng.randint(1, 80)

    async def drain(self) -> None:
        """Let everything be worked off; a violent run knows no such peace."""
        if self.violent:
            return
        self.sim.plan.countdown = None
        await self.sim.drain()
        self.crashes_left = CRASHES_BETWEEN_DRAINS

    async def send(self) -> None:
        """Send some of what waits, to one or two requests at once; keep it if no answer came."""
        parts = [self.take() for _ in range(self.rng.choice((1, 1, 2)))]
        answers = await asyncio.gather(*(self.sim.post(part) for part in parts if part))
        for part, answer in zip([p for p in parts if p], answers, strict=True):
            if answer is None or answer.status_code == 503 or self.rng.random() < 0.15:
                self.waiting += part
                self.rng.shuffle(self.waiting)
                continue
            assert answer.status_code == 202, answer.text
            told = [receipt["event_id"] for receipt in answer.json()["receipts"]]
            assert told == [model.event_id(event) for event in part]
            self.accepted.update(told)

    def take(self) -> list[dict[str, Any]]:
        size = self.rng.choice((1, 1, 2, 3, 5, 8, 20))
        part, self.waiting = self.waiting[:size], self.waiting[size:]
        return part

    async def spend(self) -> None:
        """Do something about money."""
        if self.spending is not None and self.spending.unfinished:
            await self.spending.step()

    async def forget(self) -> None:
        self.sim.forget()

    async def outage(self) -> None:
        await self.sim.outage(self.rng.randint(1, DELIVERY_LIMIT + 10))

    async def relay(self) -> None:
        await self.sim.relay(self.rng.choice(self.sim.nodes))

    async def a_day_comes(self) -> None:
        self.sim.clock.advance(timedelta(days=self.rng.choice((1, 30, 200, 500))))
        for node in self.rng.sample(self.sim.nodes, len(self.sim.nodes)):
            await self.sim.announce(node)

    async def read(self) -> None:
        """Read something as of a settled instant; the answer must never change."""
        household = self.rng.choice(audit.households(self.events))
        path = f"/v1/households/{household}"
        settled = await self.sim.value("SELECT at FROM knowledge_clock")
        asked = {"known_at": settled.isoformat()}
        if self.spending is not None and self.rng.random() < 0.6:
            path = self.spending.readable()
            self.frozen.append((path, asked, await self.answer(path, asked)))
            return
        which = self.rng.choice(("status", "timeline", "events"))
        if which == "status":
            asked["as_of"] = f"{self.rng.randint(2012, 2030)}-{self.rng.randint(1, 12):02}-14"
        else:
            path = f"{path}/{which}"
        self.frozen.append((path, asked, await self.answer(path, asked)))

    async def answer(self, path: str, asked: dict[str, Any]) -> tuple[int, Any]:
        response = await self.sim.reader.get(path, params=asked)
        assert response.status_code in (200, 404), response.text
        body = response.json()
        body.pop("settled_at", None)
        return response.status_code, (body, response.headers.get("etag"))

    async def follow(self) -> None:
        """Follow the feed from where we stopped."""
        items, self.cursor = await audit.follow(self.get, self.cursor, self.rng.randint(1, 7))
        self.followed += items

    async def calm(self) -> None:
        """Stop the faults, let the last day come, and drain."""
        self.sim.plan.countdown, self.sim.plan.lost_connections = None, 0.0
        self.sim.fate.faults = NONE
        await self.sim.heal()
        last = date(2026, 11, 1) + timedelta(days=self.rng.randint(0, 1500))
        moment = datetime(last.year, last.month, last.day, 5, tzinfo=UTC)
        self.sim.clock.instant = max(self.sim.clock.instant, moment)
        await self.sim.announce(self.sim.nodes[-1])
        await self.sim.drain()
        if self.violent:
            await self.replay()

    async def replay(self) -> None:
        """Replay, as an operator does, what more than two crashes in a row have put aside."""
        found = await self.sim.rows("SELECT * FROM quarantine WHERE state = 'open'")
        assert {row["reason"] for row in found} <= {"process_killed"}
        async with self.sim.database.transaction() as tx:
            await quarantine.replay(tx, [row["quarantine_id"] for row in found])
        await self.sim.drain()

    async def audit(self) -> Counter[str]:
        """Compare everything with the model; return how much there was of money."""
        sim = self.sim
        assert {model.event_id(event) for event in self.events} == self.accepted
        announced = sim.clock.today().isoformat()
        tree = await sim.seeds.areas(sim.database.pool)
        # A worker whose message the broker forgot ends unseen what it had begun.
        while await sim.value("SELECT count(*) FROM outbox"):
            await sim.drain()
        await audit.check_store(sim.rows, left=sim.forgotten + sim.outages > 0)
        stored = {str(r[0]) for r in await sim.rows("SELECT event_id FROM household_events")}
        assert stored == self.accepted
        async with sim.database.snapshot() as snapshot:
            assert await tally_recount.differences(snapshot, tree, 10) == []
        await audit.check_households(self.events, self.get, announced, tree)
        await audit.check_receipts(self.events, self.get)
        await self.follow()
        items, _ = await audit.follow(self.get, None, self.rng.randint(3, 50))
        assert items == self.followed
        rows = await sim.rows(
            "SELECT transition_id FROM transitions WHERE retracts IS NULL AND retracted_at IS NULL"
        )
        audit.check_feed(items, {str(row[0]) for row in rows})
        audit.check_one_at_a_time(items)
        for path, asked, before in self.frozen:
            assert await self.answer(path, asked) == before, (path, asked)
        if (money := self.spending) is None:
            return Counter()
        return await money_audit.check(
            money.accepted, money.requested, self.events, self.get, sim.rows
        )


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome, "RETRY_SECONDS_MIN", 0.001)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_storm_ends_as_the_model_says(sim: World, seed: int) -> None:
    rng = Random(f"start {seed}")
    # Half of the seeds of each kind spend money, which only recent law divides.
    money = seed // 4 % 2 == 0
    years = (2024, 2026) if money else range(2016, 2027)
    began = datetime(rng.choice(years), rng.randint(5 if money else 1, 12), 3, 5, tzinfo=UTC)
    await sim.reset(began.date().isoformat(), began)
    run = Run(sim, seed, violent=seed % 4 == 3, money=money)
    plan = Plan(Random(f"plan {seed}"), lost_connections=rng.choice((0.0, 0.003)))
    sim.begin(plan, rng.choice((NONE, MANY, MANY)), distributed=seed % 2 == 1)
    with evidence.source("schedule.txt", lambda: "\n".join(plan.schedule)):
        try:
            await run.storm()
            await run.calm()
            SEEN.update(await run.audit())
        finally:
            await sim.end()
    await no_connection_is_lost(sim)
    REPORT.append(
        {
            "crashes": plan.crashes,
            "steps": plan.steps,
            "frozen": len(run.frozen),
            "told": len(run.followed),
            "forgotten": sim.forgotten,
            "outages": sim.outages,
            "spent": sim.broker.spent if sim.broker else 0,
        }
    )


async def no_connection_is_lost(sim: World) -> None:
    """Every connection that a process had, dead or alive, is back in the pool."""
    pool = sim.database.pool
    async with asyncio.timeout(STANDSTILL_SECONDS):
        while pool.get_idle_size() != pool.get_size():
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("distributed", [False, True], ids=["embedded-mode", "distributed"])
@pytest.mark.timeout(900)
async def test_every_step_may_be_the_last_of_its_process(sim: World, distributed: bool) -> None:
    always, again = [(await scripted(sim, distributed, None)).seen for _ in range(2)]
    names = [name for name in always if name in again]
    assert len(names) > 50, "statements, commits, publishes and acks are all steps"
    missed = [name for name in names if not await _crashed_at(sim, distributed, name, scripted)]
    assert len(missed) <= 2, missed


Script = Callable[[World, bool, str | None], Awaitable[Plan]]


async def _crashed_at(sim: World, distributed: bool, name: str, script: Script) -> bool:
    """Crash at a step; on a busy machine batches form differently, so it may take some tries."""
    for _ in range(5):
        if (await script(sim, distributed, name)).crashes == 1:
            return True
    return False


async def scripted(sim: World, distributed: bool, crash_at: str | None) -> Plan:
    """Do the same few things, with a crash at the first step of that name, and audit."""
    began = datetime(2024, 3, 3, 5, tzinfo=UTC)
    await sim.reset("2024-03-03", began)
    run = Run(sim, 11)
    run.rng.random = lambda: 0.9  # type: ignore[method-assign]
    plan = Plan(Random(1), at=crash_at)
    sim.begin(plan, NONE, distributed=distributed)
    try:
        while run.waiting:
            await run.send()
            for node in sim.nodes:
                await sim.relay(node)
        await run.read()
        await run.a_day_comes()
        await sim.drain()
        await run.calm()
        await run.audit()
    finally:
        await sim.end()
    return plan


@pytest.mark.parametrize("distributed", [False, True], ids=["embedded-mode", "distributed"])
@pytest.mark.timeout(900)
async def test_every_step_about_money_may_be_the_last(sim: World, distributed: bool) -> None:
    """Killed at any step a run ends complete or absent, and a fact about money whole or not."""
    usual = (await scripted(sim, distributed, None)).seen
    always, again = [(await told_of_money(sim, distributed, None)).seen for _ in range(2)]
    names = [name for name in always if name in again and name not in usual]
    assert len(names) > 50, "the locks, the sums and the lines are all steps"
    if not os.environ.get("REGISTRY_PROOF"):  # each step in one of the two ways
        names = names[distributed::2]
    missed = [
        name for name in names if not await _crashed_at(sim, distributed, name, told_of_money)
    ]
    assert len(missed) <= 2, missed


async def told_of_money(sim: World, distributed: bool, crash_at: str | None) -> Plan:
    """Tell a short story about money, with a crash at the first step of that name, and audit."""
    began = datetime(2026, 6, 3, 5, tzinfo=UTC)
    await sim.reset("2026-06-03", began)
    run = Run(sim, 11, money=True)
    run.waiting, run.events = [], list(money_story.EVENTS)
    money, plan = run.spending, Plan(Random(1), at=crash_at)
    assert money is not None
    money.steps = 0
    sim.begin(plan, NONE, distributed=distributed)
    try:
        for door, item in money_story.STORY:
            if door == "household-events":
                run.waiting = [item]
                while run.waiting:
                    await run.send()
            else:
                await money.send([(door, [item])])
                while money.unfinished:
                    await money.step()
            await sim.drain()
        await run.calm()
        seen = await run.audit()
    finally:
        await sim.end()
    assert seen >= money_story.SEEN, seen
    return plan
