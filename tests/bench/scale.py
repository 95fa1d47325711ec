"""A whole registry: what its largest questions cost four readers, and what a rebuild takes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from statistics import quantiles
from time import perf_counter
from typing import Any

import asyncpg
import httpx

from tests.bench import cpu, loader, processes

READERS, QUESTIONS = 4, 25
# Milliseconds that 95 of a hundred answers may take.
STATISTICS_MS, MOVEMENT_MS, HOUSEHOLD_MS = 50, 150, 50
CROWD, READS_A_SECOND, CROWDED_SECONDS = 50, 200, 10
AS_OF = "2024-12-31"
PERIOD = {"from_date": "2023-12-31", "to_date": AS_OF}
YEAR = {"list": "poor", **PERIOD}
# The country; a province of 557 communes; one after the merger; a district; a commune.
STATISTICS = {
    "country": ("VN", AS_OF),
    "province": ("01", AS_OF),
    "merged_province": ("24", "2026-01-01"),
    "district": ("181", AS_OF),
    "commune": ("06112", AS_OF),
}


async def measure(dsn: str, households: int) -> dict[str, Any]:
    """Fill a database and measure on it; milliseconds unless said otherwise."""
    started = perf_counter()
    await loader.fill(dsn, households)
    figures: dict[str, Any] = {"households": households, "loaded_s": _since(started)}
    connection = await asyncpg.connect(dsn)
    past = await connection.fetchval(
        "SELECT percentile_disc(0.7) WITHIN GROUP (ORDER BY known_at) FROM tally_entries"
    )
    figures["size_mb"] = await connection.fetchval(
        "SELECT pg_database_size(current_database()) / 1000000"
    )
    figures["tallies_mb"] = await connection.fetchval(
        "SELECT sum(pg_total_relation_size(t)) / 1000000 FROM unnest(ARRAY['tally_entries', "
        "'tally_runs', 'tally_sums']::regclass[]) AS t"
    )
    figures["tallies_mb"] = int(figures["tallies_mb"])
    await connection.close()
    with processes.registry("api", dsn) as (address, _):
        for name, (code, day) in STATISTICS.items():
            path = f"/v1/areas/{code}/statistics"
            for suffix, known in (("", {}), ("_known_at", {"known_at": past.isoformat()})):
                asked = await ask(address, path, {"as_of": day, **known})
                figures[f"statistics_{name}{suffix}"] = asked | {"p95_at_most": STATISTICS_MS}
        for name, code in (("country", "VN"), ("province", "01"), ("district", "181")):
            path = f"/v1/areas/{code}/movement"
            asked = await ask(address, path, YEAR)
            figures[f"movement_{name}"] = asked | {"p95_at_most": MOVEMENT_MS}
            asked = await ask(address, f"/v1/areas/{code}/status-flows", PERIOD)
            figures[f"status_flows_{name}"] = asked | {"p95_at_most": MOVEMENT_MS}
        figures["household_beside_50_country_questions"] = await _crowded(address)
    figures["rebuild"] = await _rebuild(dsn)
    return figures


def _since(started: float) -> int:
    return round(perf_counter() - started)


async def ask(
    address: str,
    path: str,
    params: dict[str, str],
    readers: int = READERS,
    questions: int = QUESTIONS,
) -> dict[str, float]:
    """Let some readers ask the same again and again; return how long each answer took."""
    taken: list[float] = []

    async def reader(client: httpx.AsyncClient) -> None:
        for _ in range(questions):
            started = perf_counter()
            answer = await client.get(path, params=params)
            if answer.status_code != 200:
                raise RuntimeError(answer.text)
            taken.append((perf_counter() - started) * 1000)

    async with httpx.AsyncClient(base_url=address, timeout=120) as client:
        answer = await client.get(path, params=params)
        answer.raise_for_status()
        await asyncio.gather(*(reader(client) for _ in range(readers)))
    return cuts(taken)


def cuts(taken: list[float]) -> dict[str, float]:
    """Return the middle of how long answers took, and what 95 of a hundred took at most."""
    cuts = quantiles(taken, n=100)
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1)}


async def _crowded(address: str) -> dict[str, float]:
    """Read households at a steady rate while so many callers keep asking for the country."""
    taken: list[float] = []
    asked = 0
    limits = httpx.Limits(max_connections=400)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:

        async def wonder() -> None:
            nonlocal asked
            while True:
                answer = await client.get("/v1/areas/VN/statistics", params={"as_of": AS_OF})
                if answer.status_code not in {200, 503}:
                    raise RuntimeError(answer.text)
                asked += 1
                # Who is answered thinks for a second; who is refused comes again as late.
                await asyncio.sleep(1)

        async def read(number: int) -> None:
            started = perf_counter()
            (await client.get(f"/v1/households/load-{number}")).raise_for_status()
            taken.append((perf_counter() - started) * 1000)

        crowd = [asyncio.create_task(wonder()) for _ in range(CROWD)]
        reads, begun = [], perf_counter()
        for number in range(READS_A_SECOND * CROWDED_SECONDS):
            await asyncio.sleep(max(0.0, begun + number / READS_A_SECOND - perf_counter()))
            reads.append(asyncio.create_task(read(number)))
        await asyncio.gather(*reads)
        for each in crowd:
            each.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)
    return {**cuts(taken), "p95_at_most": HOUSEHOLD_MS, "country_questions": asked}


async def _rebuild(dsn: str) -> dict[str, Any]:
    environment = {**os.environ, "REGISTRY_DATABASE_URL": dsn, "REGISTRY_LOG_LEVEL": "warning"}
    command = [sys.executable, "-m", "services", "rebuild", "--verify"]
    started = perf_counter()
    spent = await cpu.meter(dsn, [os.getpid()])
    process = await asyncio.to_thread(
        subprocess.run, command, env=environment, cwd=processes.ROOT, capture_output=True, text=True
    )
    if process.returncode != 0:
        raise RuntimeError(process.stdout + process.stderr)
    used = spent()
    return {
        "s": _since(started),
        "python_cpu_s": round(used.python),
        "postgres_cpu_s": round(used.postgres),
    }
