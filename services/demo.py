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
from pathlib import Path
from typing import Any

import httpx
import orjson
import structlog
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from starlette.types import ASGIApp

from services import demo_funds
from services.simulate import load_areas, load_figures, simulate
from shared.kernel import knowledge
from shared.kernel.database import Database
from shared.law.store import seeds
from shared.runtime.context import Context

ROOT = Path(__file__).resolve().parent.parent / "seeds"
DISTRICT, FIRST_YEAR, LAST_YEAR, SEED = "181", 2022, 2024, 1
LINES_TOGETHER = 4000
POLL_SECONDS = 0.2
DEMO, PRESS = "demo", "demo-press"

log = structlog.get_logger()


@dataclass
class Demo:
    """A component of embedded: loads the demo once, shows what came of it, and waits."""

    context: Context
    app: ASGIApp
    address: str
    out: Console
    started: Callable[[], Awaitable[None]]

    async def run(self) -> None:
        """Load if needed, show the results, then stay until cancelled."""
        await self.started()
        async with self._client() as client:
            await self._load(client)
            self.context.demo_pending = False
            await self._show(client)
        await asyncio.Event().wait()

    def _client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://demo", timeout=600)

    async def _load(self, client: httpx.AsyncClient) -> None:
        if await _loaded(self.context.database):
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=self.out, transient=True) as progress:
            task = progress.add_task("Making the demo (once) …")
            entries = await asyncio.to_thread(lambda: list(_entries()))
            sent = 0
            for door, lines in _chunks(entries):
                await _send(client, door, lines)
                sent += len(lines)
                progress.update(task, description=f"Sent {sent:,} of {len(entries):,} facts …")
            progress.update(task, description="Working out every household's status …")
            await self._settle()
            progress.update(task, description="Dividing the funds and paying …")
            sent += await demo_funds.tell(client, demo_funds.load_plan(ROOT), self._settle)
            await self._settle()
        await _remember(self.context.database)
        self.out.print(f"Loaded the demo: {sent:,} facts through the public doors.")

    async def _settle(self) -> None:
        await _settle(self.context.database)

    async def _show(self, client: httpx.AsyncClient) -> None:
        table = Table(title="Bình Gia (district 181): simulated reviews, published figures")
        for name in ("at the end of", "households", "poor", "", "near-poor", "", "recently exited"):
            table.add_column(name, justify="right")
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            found = await _statistics(client, year)
            table.add_row(str(year), *_cells(found))
        self.out.print(table)
        self.out.print(await _articles(client))
        self.out.print(
            f"  Ask it:        {self.address}/docs\n"
            f"  Statistics:    {self.address}/v1/areas/181/statistics?as_of=2023-12-31\n"
            f"  Changes:       {self.address}/v1/transitions?area=181&limit=5\n"
            f"  Money:         {self.address}/v1/funds/BG-HOUSING-2024\n"
            f"  Findings:      {self.address}/v1/findings?kind=uses_exceed_fund\n"
            f"  Messages:      {self.address}/asyncapi.json\n"
            "  Auth and audit are off: only this machine can reach it. Ctrl-C stops it all."
        )


async def _loaded(database: Database) -> bool:
    async with database.statement() as snapshot:
        return await seeds.latest(snapshot, DEMO) is not None


async def _remember(database: Database) -> None:
    async with database.transaction() as tx:
        at = await knowledge.tick(tx)
        await seeds.add(tx, seeds.SeedVersion(DEMO, f"{DISTRICT}-{SEED}", at, "loaded"))


async def _settle(database: Database) -> None:
    """Wait until no message is left: in one process a message leaves when its work is committed."""
    while True:
        async with database.statement() as snapshot:
            if not await snapshot.fetchval("SELECT EXISTS (SELECT 1 FROM outbox)"):
                return
        await asyncio.sleep(POLL_SECONDS)


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


async def _articles(client: httpx.AsyncClient) -> Table:
    """Return the demo's articles with what was read in them, and what does not add up."""
    table = Table(title="Articles: figures read, and what contradicts them", title_justify="left")
    for name in ("article", "language", "figures", "findings"):
        table.add_column(name, justify="right" if name == "figures" else "left")
    response = await client.get("/v1/articles", params={"limit": 1000})
    response.raise_for_status()
    for article in response.json()["items"]:
        if article["source"] == PRESS:
            table.add_row(article["title"], article["language"], *await _read_in(client, article))
    return table


async def _read_in(client: httpx.AsyncClient, article: dict[str, Any]) -> tuple[str, str]:
    name = article["article_id"]
    figures = await client.get(f"/v1/articles/{name}/figures", params={"limit": 1000})
    findings = await client.get("/v1/findings", params={"article": name})
    figures.raise_for_status()
    findings.raise_for_status()
    kinds = (finding["kind"] for finding in findings.json()["items"])
    return str(len(figures.json()["items"])), ", ".join(dict.fromkeys(kinds))


async def _statistics(client: httpx.AsyncClient, year: int) -> dict[str, Any]:
    path = f"/v1/areas/{DISTRICT}/statistics"
    response = await client.get(path, params={"as_of": f"{year}-12-31"})
    response.raise_for_status()
    found: dict[str, Any] = response.json()
    return found


def _cells(found: dict[str, Any]) -> list[str]:
    counts, rates = found["counts"], found["rates"]
    return [
        f"{found['households_total']:,}",
        f"{counts['poor']:,}",
        f"{rates['poor']['percent']:.2f} %",
        f"{counts['near_poor']:,}",
        f"{rates['near_poor']['percent']:.2f} %",
        f"{counts['recently_exited']:,}",
    ]
