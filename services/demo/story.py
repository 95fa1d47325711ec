"""The demo: real places, through the public doors only, the same on every machine.

Five retold articles, and a simulated Bình Gia district whose yearly reviews reproduce the published
figures, with late arrivals, duplicates, corrections and disorder on purpose. Loading it again
changes nothing; a demo that a crash cut short is simply sent once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import httpx
import orjson
import structlog
from rich.console import Console
from starlette.types import ASGIApp

from services.demo import funds
from services.demo.patience import Patience
from services.demo.progress import DemoProgress
from services.demo.tables import article_table, statistics_table
from services.simulate import load_figures, simulate
from shared.areas.store.files import load_areas
from shared.kernel import milestones
from shared.kernel.database import Database
from shared.law.store.files import ROOT
from shared.messaging import outbox

DISTRICT, FIRST_YEAR, LAST_YEAR, SEED = "181", 2022, 2024, 1
LINES_TOGETHER = 4000
POLL_SECONDS = 0.2
MESSAGES_SHOWN_MAX = 10_000
DEMO_LOADED = "demo_loaded"

log = structlog.get_logger()


@dataclass
class DemoLoad:
    """Loads the demo through the doors of an application, once.

    `waiting` counts what is not worked off yet: the messages of one process, or what is due where
    workers are elsewhere.
    """

    database: Database
    app: ASGIApp
    out: Console
    waiting: Callable[[], Awaitable[int]]

    def __post_init__(self) -> None:
        """Be patient with a machine that is busy: the first load is not refused."""
        self._progress = DemoProgress(self.out)
        self._patience = Patience(httpx.ASGITransport(app=self.app), self._progress.wait)

    def client(self) -> httpx.AsyncClient:
        """Give a client of the application that sends again what is refused for now."""
        return httpx.AsyncClient(transport=self._patience, base_url="http://demo", timeout=600)

    async def load(self, client: httpx.AsyncClient) -> None:
        """Send what is not there yet, and wait until all of it is worked off."""
        if await self._patience.read(self._is_loaded):
            return
        with self._progress.shown():
            self._progress.begin("Making the demo (once)")
            entries = await asyncio.to_thread(_entries)
            sent = await self._send_all(client, entries)
            self._progress.begin("Working out every household's status")
            await self._settle()
            self._progress.begin("Dividing the funds and paying")
            sent += await funds.tell(client, funds.load_plan(ROOT), self._settle)
            await self._settle()
        await self._patience.read(self._reach)
        self.out.print(f"Loaded the demo: {sent:,} facts through the public doors.")

    async def _is_loaded(self) -> bool:
        async with self.database.statement() as snapshot:
            return await milestones.reached(snapshot, DEMO_LOADED)

    async def _reach(self) -> None:
        async with self.database.transaction() as tx:
            await milestones.reach(tx, DEMO_LOADED)

    async def _send_all(
        self, client: httpx.AsyncClient, entries: list[tuple[str, dict[str, Any]]]
    ) -> int:
        self._progress.begin("Sending its facts", len(entries))
        sent = 0
        for door, lines in _chunks(entries):
            await _send(client, door, lines)
            sent += len(lines)
            self._progress.count(sent, len(entries))
        return sent

    async def _settle(self) -> None:
        while waiting := await self._patience.read(self.waiting):
            self._progress.wait(f"{waiting:,} messages wait")
            await asyncio.sleep(POLL_SECONDS)


@dataclass
class Demo:
    """A component of embedded: loads the demo once, shows what came of it, and waits."""

    database: Database
    app: ASGIApp
    address: str
    out: Console
    started: Callable[[], Awaitable[None]]
    loaded: asyncio.Event

    async def run(self) -> None:
        """Say where it answers, load if needed, show the results, then stay until cancelled."""
        await self.started()
        self._show_addresses()
        demo = DemoLoad(self.database, self.app, self.out, lambda: messages_waiting(self.database))
        async with demo.client() as client:
            await demo.load(client)
            self.loaded.set()
            await self._show(client)
        await asyncio.Event().wait()

    async def _show(self, client: httpx.AsyncClient) -> None:
        years = range(FIRST_YEAR, LAST_YEAR + 1)
        self.out.print(await statistics_table(client, DISTRICT, years))
        self.out.print(await article_table(client))

    def _show_addresses(self) -> None:
        """Say where it answers, as soon as it does; the demo may take a minute longer."""
        self.out.print(
            f"The registry answers at {self.address} (ready with its demo: /health/ready).\n"
            f"  Look at it:    {self.address}/places/181?as_of=2023-12-31\n"
            f"  Ask it:        {self.address}/docs\n"
            f"  Statistics:    {self.address}/v1/areas/181/statistics?as_of=2023-12-31\n"
            f"  Changes:       {self.address}/v1/transitions?area=181&limit=5\n"
            f"  Money:         {self.address}/v1/funds/BG-HOUSING-2024\n"
            f"  Findings:      {self.address}/v1/findings?kind=uses_exceed_fund\n"
            f"  Messages:      {self.address}/asyncapi.json\n"
            "  Auth and audit are off: only this machine can reach it. Ctrl-C stops it all.",
            soft_wrap=True,
        )


async def messages_waiting(database: Database) -> int:
    """Count the messages not worked off: in one process each leaves when its work is committed."""
    async with database.statement() as snapshot:
        rows, _ = await outbox.depth(snapshot, MESSAGES_SHOWN_MAX)
    return rows


def _entries() -> list[tuple[str, dict[str, Any]]]:
    areas, figures = load_areas(ROOT / "areas"), load_figures(ROOT / "demo/published_figures.yaml")
    stream = simulate(DISTRICT, FIRST_YEAR, LAST_YEAR, SEED, areas=areas, figures=figures)
    articles = (
        ("articles", orjson.loads(file.read_bytes()))
        for file in sorted((ROOT / "demo" / "articles").glob("*.json"))
    )
    return [*articles, *((entry["door"], entry["item"]) for entry in stream)]


def _chunks(entries: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, list[bytes]]]:
    """Keep the order of sending: consecutive items of one door go together."""
    for door, group in groupby(entries, key=lambda entry: entry[0]):
        lines = [orjson.dumps(item) for _, item in group]
        for start in range(0, len(lines), LINES_TOGETHER):
            yield door, lines[start : start + LINES_TOGETHER]


async def _send(client: httpx.AsyncClient, door: str, lines: list[bytes]) -> None:
    response = await client.post(
        f"/v1/{door}",
        content=b"\n".join(lines),
        headers={"content-type": "application/x-ndjson"},
    )
    response.raise_for_status()
    if rejected := response.json()["rejected"]:
        log.error("demo.rejected", door=door, rows=rejected)
