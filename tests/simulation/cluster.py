"""The registry as processes that may die, on one database: embedded, or ingest and two workers.

Processes are built from the registry's own components; only the transport and the connection
between a component and its database are replaced by faulty ones.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from services.api.app import routers as api_routers
from services.ingest.app import routers as ingest_routers
from services.ingest.context import ingest_context
from services.processes.table import CONSUMERS
from services.worker.announcer import Announcer
from services.worker.due import due_works
from services.worker.reconciler import Outlook, Reconciler
from services.worker.routes import routes, topology
from shared.http.app import create_app
from shared.http.auth import OFF
from shared.http.context import Context, make_context
from shared.kernel.clock import FrozenClock
from shared.kernel.database import Database
from shared.messaging.consumer import Consumer
from shared.messaging.relay import Relay
from shared.messaging.spent import SpentMessages
from shared.messaging.suspects import LeaseTimes
from shared.observability.metrics import Metrics
from shared.settings import Settings
from tests.simulation.crashing import Life, Plan, SteppingDatabase, tasks_of
from tests.simulation.faulty_transport import Broker, BrokerTransport, Fate, Faults, FaultyInProcess
from tests.waiting import STANDSTILL_SECONDS

SETTINGS = Settings(auth="off", batch_age_ms=1)
DOORS, WORK = "doors", "work"
# A lease ends when its worker has died (`pronounce_dead`), never by the speed of the machine.
NO_PID = 2**30
LEASES = LeaseTimes(seconds=3600.0, renew_seconds=1800.0, look_seconds=0.01)
# Only a standstill takes as long, on however busy a machine.


@dataclass
class Node:
    """One place where a process runs, again and again; `parts` are what it is made of."""

    world: World
    name: str
    parts: frozenset[str]
    life: Life = field(init=False)
    relay: Relay = field(init=False)
    announcer: Announcer = field(init=False)
    spent: SpentMessages | None = None
    lives: int = 0

    def start(self) -> None:
        """Begin a new life on the same database."""
        world = self.world
        self.lives += 1
        self.life = life = Life(world.plan, self.name)
        database = SteppingDatabase(world.database.pool, life)
        transport: Any
        if world.broker is None:
            transport = FaultyInProcess(world.topology, life, world.fate)
        else:
            transport = BrokerTransport(world.broker, life)
        self.relay = Relay(database, transport, publish_seconds=2.0)
        self.announcer = Announcer(database, world.clock, world.seeds, self.relay.nudge)
        if WORK in self.parts and world.broker is not None:
            self.spent = SpentMessages(database, transport, self.relay.nudge, pause_seconds=0.0)
        if DOORS in self.parts:
            context = make_context(SETTINGS, database, world.clock, OFF, world.seeds)
            context = ingest_context(context, self.relay.nudge)
            world.doors.state.context = context
            self._run(context.recorder)
        if WORK in self.parts:
            for route in [route for route in world.routes for _ in range(CONSUMERS)]:
                self._run(
                    Consumer(
                        route,
                        database,
                        transport,
                        batch_seconds=60.0,
                        worker=self.worker,
                        lease_times=LEASES,
                    )
                )

    @property
    def worker(self) -> str:
        """Return the name of this life's worker; its process number is one that runs."""
        pid = os.getppid() if self.name == "w2" else os.getpid()
        return f"sim:{pid}:{self.name}-{self.lives}"

    def _run(self, component: Any) -> None:
        """Run a component; one that ends by itself ends the process, as the supervisor has it."""
        life = self.life

        def ended(task: asyncio.Task[None]) -> None:
            if not life.dead.is_set():
                self.world.failures.append(None if task.cancelled() else task.exception())
                life.dead.set()

        life.spawn(component.run()).add_done_callback(ended)

    async def again(self) -> None:
        """End this life, as a kill does, and begin the next."""
        await self.life.end()
        await self.world.pronounce_dead(self.worker)
        self.start()


@dataclass
class World:
    """The database with everything that outlives a process, and the nodes on it."""

    database: Database
    clock: FrozenClock
    seeds: Any
    doors: FastAPI
    reader: httpx.AsyncClient
    writer: httpx.AsyncClient
    plan: Plan = field(init=False)
    fate: Fate = field(init=False)
    broker: Broker | None = None
    nodes: list[Node] = field(default_factory=list)
    failures: list[BaseException | None] = field(default_factory=list)
    healing: asyncio.Lock = field(default_factory=asyncio.Lock)
    forgot: bool = False
    forgotten: int = 0
    outages: int = 0

    def begin(self, plan: Plan, faults: Faults, *, distributed: bool) -> None:
        """Start the nodes of one run."""
        self.plan, self.fate, self.failures = plan, Fate(plan.rng, faults), []
        self.forgot, self.forgotten, self.outages = False, 0, 0
        self.routes = routes(SETTINGS, self.seeds)
        self.topology = topology(self.routes)
        self.broker = Broker(self.topology, self.fate) if distributed else None
        doors, work = frozenset({DOORS}), frozenset({WORK})
        if distributed:
            self.nodes = [Node(self, "ingest", doors), *(Node(self, n, work) for n in ("w1", "w2"))]
        else:
            self.nodes = [Node(self, "embedded", doors | work)]
        for node in self.nodes:
            node.start()

    async def end(self) -> None:
        """Stop the nodes of this run, in no good order."""
        for node in self.nodes:
            await node.life.end()
        self.nodes = []

    async def heal(self) -> None:
        """Start again every node that has died; a component may die only of a crash."""
        assert self.failures == []
        async with self.healing:
            for node in self.nodes:
                if node.life.dead.is_set():
                    await node.again()

    async def pronounce_dead(self, worker: str) -> None:
        """Let the starts of a dead worker count as deaths, as they do when their lease runs out."""
        async with self.database.transaction() as tx:
            await tx.execute(
                "UPDATE crash_ledger SET worker = $2 WHERE worker = $1", worker, f"sim:{NO_PID}:x"
            )

    async def post(self, events: Sequence[dict[str, Any]]) -> httpx.Response | None:
        """Send events to the door; None when no answer came back."""
        return await self.tell("/v1/household-events", {"events": list(events)})

    async def tell(self, path: str, body: Any) -> httpx.Response | None:
        """Post to a door; None when no answer came back."""
        response: httpx.Response | None = await self.nodes[0].life.call(
            self.writer.post(path, json=body)
        )
        await self.heal()
        return response

    async def relay(self, node: Node) -> None:
        """Let a node's relay do one round; errors of the database are its own business."""
        await self._quietly(node, node.relay.run_once())

    async def announce(self, node: Node) -> None:
        """Let a node look at the clock."""
        await self._quietly(node, node.announcer.run_once())

    async def _quietly(self, node: Node, coro: Any) -> None:
        try:
            await node.life.call(coro)
        except Exception as error:
            assert "cut" in str(error), error
        await self.heal()

    def forget(self) -> None:
        """Let the broker lose everything; what is embedded has none that could."""
        if self.broker is not None:
            self.broker.forget()
            self.forgot = True
            self.forgotten += 1

    async def outage(self, flaps: int) -> None:
        """Take the database away while the broker cuts its consumers off, again and again."""
        self.outages += 1
        self.plan.database_away = True
        try:
            for _ in range(flaps):
                for node in self.nodes:
                    await self.relay(node)
                # The consumers take something and fail with it.
                await asyncio.sleep(0)
                if self.broker is not None:
                    self.broker.flap()
                await self.heal()
        finally:
            self.plan.database_away = False

    async def drain(self) -> None:
        """Work until nothing waits anywhere, and nothing is due that nobody carries."""
        await self._deliver()
        while ordered := await self._reconcile():
            assert self.forgot, f"due and carried by nobody: {ordered}"
            await self._deliver()
        self.forgot = False

    async def _reconcile(self) -> list[Outlook]:
        reconciler = Reconciler(self.database, self.clock, due_works(self.seeds))
        outlooks = await reconciler.look(overdue_seconds=0.0, at_once=True)
        return [outlook for outlook in outlooks if outlook.ordered]

    async def _deliver(self) -> None:
        ends = asyncio.get_running_loop().time() + STANDSTILL_SECONDS
        while not await self._drained():
            assert asyncio.get_running_loop().time() < ends, await self.describe()
            for node in self.nodes:
                await self.relay(node)
                if node.spent is not None:
                    await self._quietly(node, node.spent.look())
            await asyncio.sleep(0.001)
            await self.heal()

    async def describe(self) -> str:
        """Tell what still waits, and where."""
        held = self.broker.describe() if self.broker else ""
        outbox = [tuple(r) for r in await self.rows("SELECT seq, type, attempts FROM outbox")]
        running = "".join(
            str(task) + "".join(str(f) for f in task.get_stack()[-1:]) + "\n"
            for node in self.nodes
            for task in tasks_of(node.life)
        )
        return f"outbox {outbox}, broker {held}, tasks {running}"

    async def _drained(self) -> bool:
        # In this order: what a worker sends it commits before it settles what it had in hand.
        if self.broker and not self.broker.idle:
            return False
        return not await self.value("SELECT count(*) FROM outbox")

    async def value(self, sql: str, *args: Any) -> Any:
        """Ask the database behind everybody's back."""
        async with self.database.statement() as snapshot:
            return await snapshot.fetchval(sql, *args)

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        """Ask for rows."""
        async with self.database.statement() as snapshot:
            return list(await snapshot.fetch(sql, *args))

    async def reset(self, announced: str, now: datetime) -> None:
        """Empty the database and turn the clock."""
        self.clock.instant = now
        tables = (
            "household_events, household_members, persons, person_parts, person_identifiers, "
            "members, person_decisions, move_requests, move_refusals, households, recordings, "
            "episodes, transitions, "
            "outbox, quarantine, crash_ledger, area_facts, funds, fund_balances, allocation_runs, "
            "allocation_lines, disbursements, support_records, findings, reviewed_subjects, "
            "reconciliation, tally_entries, tally_runs, tally_sums"
        )
        async with self.database.transaction() as tx:
            await tx.execute(f"TRUNCATE {tables}")
            await tx.execute(f"UPDATE announcements SET announced_through = '{announced}'")


@asynccontextmanager
async def world(database: Database, at: datetime) -> AsyncIterator[World]:
    """Give the doors and the reading side over a database, with no process started yet."""
    clock = FrozenClock(at)
    reading = ingest_context(make_context(SETTINGS, database, clock, OFF))
    api = _app(reading, [*api_routers(), *ingest_routers()])
    doors = _app(reading, ingest_routers())
    async with _client(api) as reader, _client(doors) as writer:
        yield World(database, clock, reading.seeds, doors, reader, writer)


def _app(context: Context, routers: Sequence[APIRouter]) -> FastAPI:
    return create_app(context, routers, process="embedded", checks={}, metrics=Metrics())


def _client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://registry.test")
