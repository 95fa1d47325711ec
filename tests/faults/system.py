"""The distributed registry as real processes, with a load on its door, for tests that hurt it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import aio_pika
import asyncpg
import httpx

from shared.kernel.database import connect
from shared.messaging import quarantine
from shared.messaging.topology import Topology
from tests.simulation import audit, model
from tests.simulation.histories import disorder, history
from tests.waiting import STANDSTILL_SECONDS

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("-m", "services", "run")
# Many processes at once, each of which may have to end a batch of a dead one first.
SETTLED_SECONDS = 3 * STANDSTILL_SECONDS
PAUSE = 0.03

OPEN = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND split_part(application_name, '/', 1) = $1 AND backend_xid IS NOT NULL
"""

Event = dict[str, Any]


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Program:
    """One process of the registry, started again after each death."""

    name: str
    argv: Sequence[str]
    env: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its log is appended to."""
        env = {**os.environ, **self.env, "REGISTRY_PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.argv], cwd=ROOT, env=env, stdout=log, stderr=log
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def code(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self.process.poll() if self.process else None

    async def ready(self) -> None:
        """Wait until it says that it is ready."""
        async with httpx.AsyncClient() as client, asyncio.timeout(STANDSTILL_SECONDS):
            while True:
                assert self.code is None, (self.name, self.code, self.log.read_text()[-2000:])
                with suppress(httpx.HTTPError):
                    answer = await client.get(f"{self.url}/health/ready", timeout=10)
                    if answer.status_code == 200:
                        return
                await asyncio.sleep(PAUSE)

    async def ended(self) -> int:
        """Wait for its end and return the exit code."""
        async with asyncio.timeout(STANDSTILL_SECONDS):
            while (code := self.code) is None:
                await asyncio.sleep(PAUSE)
        return code

    async def kill(self) -> None:
        """Kill it, and be sure that it is gone."""
        if self.process and self.code is None:
            self.process.kill()
            await self.ended()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    async def terminate(self) -> int:
        """Ask it to end; return the exit code."""
        self.signal(signal.SIGTERM)
        return await self.ended()


@dataclass
class System:
    """ingest, api and two workers on one database and one broker."""

    dsn: str
    amqp: str
    folder: Path
    programs: dict[str, Program] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    seeds: int = 0

    def __post_init__(self) -> None:
        for name, argv in {
            "ingest": (*SERVICES, "ingest"),
            "api": (*SERVICES, "api"),
            "worker1": (*SERVICES, "worker"),
            "worker2": (*SERVICES, "worker"),
        }.items():
            self.programs[name] = self.program(name, argv)

    def program(self, name: str, argv: Sequence[str], **env: str) -> Program:
        """Describe a process of this system."""
        common = {
            "REGISTRY_AUTH": "off",
            "REGISTRY_HOST": "127.0.0.1",
            "REGISTRY_DATABASE_URL": self.dsn,
            "REGISTRY_AMQP_URL": self.amqp,
            "REGISTRY_DATABASE_POOL_MAX": "5",
        }
        return Program(name, argv, common | env, self.folder / f"{name}.log")

    def __getitem__(self, name: str) -> Program:
        return self.programs[name]

    @property
    def workers(self) -> list[Program]:
        return [self["worker1"], self["worker2"]]

    async def start(self) -> None:
        """Start everything and wait for it."""
        for program in self.programs.values():
            program.start()
        await asyncio.gather(*(program.ready() for program in self.programs.values()))

    async def end(self) -> None:
        """Kill everything."""
        for program in self.programs.values():
            await program.kill()

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        """Ask the database."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return list(await connection.fetch(sql, *args))
        finally:
            await connection.close()

    async def in_transaction(self, process: str) -> None:
        """Wait until a process of that kind has a writing transaction open."""
        connection = await asyncpg.connect(self.dsn)
        try:
            async with asyncio.timeout(STANDSTILL_SECONDS):
                while not await connection.fetchval(OPEN, f"registry-{process}"):
                    pass
        finally:
            connection.terminate()

    async def post(self, events: Sequence[Event]) -> list[str]:
        """Send events until they are accepted, as a careful client does; return their ids."""
        self.events += events
        wait = 0.02
        async with httpx.AsyncClient(base_url=self["ingest"].url) as client:
            async with asyncio.timeout(SETTLED_SECONDS):
                while True:
                    told = await self._try(client, events)
                    if told is not None:
                        self.accepted.update(told)
                        return told
                    await asyncio.sleep(wait)
                    wait = min(0.3, wait * 1.5)

    async def _try(self, client: httpx.AsyncClient, events: Sequence[Event]) -> list[str] | None:
        try:
            body = {"events": list(events)}
            answer = await client.post(
                "/v1/household-events", json=body, timeout=STANDSTILL_SECONDS
            )
        except httpx.HTTPError as error:
            self.statuses[type(error).__name__] += 1
            return None
        self.statuses[str(answer.status_code)] += 1
        assert answer.status_code in (202, 503), answer.text
        if answer.status_code == 503:
            return None
        return [receipt["event_id"] for receipt in answer.json()["receipts"]]

    @asynccontextmanager
    async def load(self, clients_max: int = 3) -> AsyncIterator[None]:
        """Keep some clients sending histories; at the end each finishes the one it is at."""
        stop = asyncio.Event()
        clients = [asyncio.create_task(self._send_histories(stop)) for _ in range(clients_max)]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*clients)

    async def _send_histories(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self.seeds += 1
            seed = self.seeds
            rng = Random(seed)
            waiting = disorder(history(seed, households=rng.randint(2, 4)), seed)
            while waiting:
                size = rng.choice((1, 3, 8, 20))
                part, waiting = waiting[:size], waiting[size:]
                await self.post(part)
                await asyncio.sleep(PAUSE)

    async def drained(self, *, aside: int = 0, innocents: bool = False) -> None:
        """Wait until every accepted event is folded, or `aside` households are put aside.

        Replay the `innocents` that were in the hands of three processes killed one after another.
        """
        async with asyncio.timeout(SETTLED_SECONDS):
            while await self._waiting() > aside:
                if innocents:
                    await self.replay("process_killed")
                await asyncio.sleep(0.1)

    async def replay(self, reason: str = "%") -> int:
        """Do what `registry quarantine replay` does with everything that is open."""
        wanted = "SELECT quarantine_id FROM quarantine WHERE state = 'open' AND reason LIKE $1"
        if not (found := await self.rows(wanted, reason)):
            return 0
        database = await connect(self.dsn, name="operator", pool_max=2)
        try:
            async with database.transaction() as tx:
                verdicts = await quarantine.replay(tx, [row[0] for row in found])
                return sum(verdict.refused is None for verdict in verdicts)
        finally:
            await database.close()

    async def _waiting(self) -> int:
        [(rows, unfolded)] = await self.rows(
            """SELECT (SELECT count(*) FROM outbox),
                (SELECT count(DISTINCT e.household_id) FROM household_events e
                 JOIN recordings r USING (recording_id)
                 LEFT JOIN households h USING (household_id)
                 WHERE e.household_id IS NOT NULL
                 AND coalesce(h.folded_through, '-infinity') < r.recorded_at)"""
        )
        ready = sum((await self.depths()).values())
        return int(rows or ready) * 1_000_000 + int(unfolded)

    async def depths(self) -> dict[str, int]:
        """Return the ready messages of our queues, dead letters included."""
        async with self._queues() as queues:
            return {
                queue.name: int(queue.declaration_result.message_count or 0) for queue in queues
            }

    async def forget(self) -> int:
        """Purge every queue, again until something was in one; return how many messages."""
        async with asyncio.timeout(STANDSTILL_SECONDS):
            while True:
                async with self._queues() as queues:
                    answers = [await queue.purge() for queue in queues]
                purged: int = sum(answer.message_count or 0 for answer in answers)
                if purged:
                    return purged
                await asyncio.sleep(PAUSE)

    @asynccontextmanager
    async def _queues(self) -> AsyncIterator[list[Any]]:
        topology = Topology(())
        routes = ("assess-households", "review-findings", "allocate")
        names = (*(f"{topology.prefix}.{route}" for route in routes), topology.dead)
        connection = await aio_pika.connect(self.amqp)
        try:
            channel = await connection.channel()
            yield [await channel.declare_queue(name, passive=True) for name in names]
        finally:
            await connection.close()

    async def audit(self, *, aside: frozenset[str] = frozenset()) -> None:
        """Nothing lost, nothing doubled, nothing waiting: equal to the model in everything."""
        stored = {str(row[0]) for row in await self.rows("SELECT event_id FROM household_events")}
        assert self.accepted <= stored, "an accepted event was lost"
        assert stored == {model.event_id(event) for event in self.events}
        assert await self.rows(audit.OVERLAPS) == []
        assert await self.rows(audit.GAPS) == []
        [(announced,)] = await self.rows("SELECT announced_through FROM announcements")
        whole = [e for e in self.events if e.get("household_id") not in aside]
        async with httpx.AsyncClient(base_url=self["api"].url) as client:
            get = _getter(client)
            for batch in by_seed(whole):
                await audit.check_households(batch, get, announced.isoformat(), TREE[0])
            items, _ = await audit.follow(get, None, 1000)
        standing = await self.rows(
            "SELECT transition_id FROM transitions WHERE retracts IS NULL AND retracted_at IS NULL"
        )
        audit.check_feed(items, {str(row[0]) for row in standing})
        audit.check_one_at_a_time(items)
        refused = await self.rows("SELECT item FROM quarantine WHERE state <> 'resolved'")
        assert {row[0] for row in refused} <= aside
        await self.check_logs()

    async def check_logs(self) -> None:
        """No component gave up, no request failed without a reason."""
        for program in self.programs.values():
            text = program.log.read_text()
            for bad in ("process.component_ended", "http.failed", "messaging.batch_failed"):
                at = text.find(bad)
                assert at < 0, (program.name, text[max(0, at - 300) : at + 3000])


TREE: list[Any] = []


def by_seed(events: Sequence[Event]) -> list[list[Event]]:
    """Split into worlds that know nothing of each other, to keep the model's work small."""
    worlds: dict[str, list[Event]] = {}
    for event in events:
        worlds.setdefault(event["external_id"].split("/")[0], []).append(event)
    return list(worlds.values())


def _getter(client: httpx.AsyncClient) -> audit.Get:
    async def get(path: str, **asked: Any) -> Any:
        answer = await client.get(path, params=asked, timeout=STANDSTILL_SECONDS)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    return get
