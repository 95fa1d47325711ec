"""Exports: every household as Parquet and as CSV, beside the bare rows of the statement."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

import asyncpg
import httpx

from tests.bench import cpu, loader, measures, processes

QUESTION = "/v1/households?as_of=2024-12-31"
SECONDS_AT_MOST, MEGABYTES_AT_MOST = 60, 300
LOOK_EVERY_SECONDS = 0.2
_BARE = """
SELECT household_id, status, living_standard, spell_from, area_id, area_type, standard, assessment
FROM episodes WHERE known_to IS NULL AND valid_from <= '2024-12-31'
AND (valid_to IS NULL OR valid_to > '2024-12-31') ORDER BY household_id COLLATE "C"
"""


async def measure(dsn: str, households: int) -> dict[str, Any]:
    """Fill a database and export it; rates are rows a second, memory is the api's own."""
    begun = perf_counter()
    await loader.fill(dsn, households)
    figures: dict[str, Any] = {"households": households, "loaded_s": round(perf_counter() - begun)}
    bare = await _bare(dsn)
    figures["limit"] = round(households / bare)
    with processes.registry("api", dsn, AUDIT="on") as (address, pid):
        for form in ("parquet", "csv"):
            spent = await cpu.meter(dsn, [pid])
            task = asyncio.ensure_future(_export(address, form))
            held = await measures.memory({"api": pid}, task)
            figures |= {f"{form}_{name}": n for name, n in (task.result() | held["api"]).items()}
            figures[f"{form}_cpu_us_a_row"] = spent().per(households)
    figures["ratio"] = round(figures["parquet_rate"] / figures["limit"], 3)
    return figures | {"s_at_most": SECONDS_AT_MOST, "mb_at_most": MEGABYTES_AT_MOST}


async def _export(address: str, form: str) -> dict[str, float]:
    """Order a file, wait for it and fetch it; return seconds, rows a second and bytes."""
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        begun = perf_counter()
        body = {"question": QUESTION, "format": form}
        export = (await client.post("/v1/exports", json=body)).raise_for_status().json()
        while export["state"] in ("waiting", "running"):
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            export = (await client.get(export["href"])).json()
        taken, begun = perf_counter() - begun, perf_counter()
        content = await client.get(export["content_href"])
        await client.delete(export["href"])
        if len(content.content) != export["bytes"]:
            raise RuntimeError(f"the file was not fetched whole: {export}")
    return {
        "s": round(taken, 1),
        "rate": round(export["rows"] / taken),
        "mb": round(export["bytes"] / 1e6, 1),
        "fetched_s": round(perf_counter() - begun, 2),
    }


async def _bare(dsn: str) -> float:
    """Return how long the same rows take to be read, and no more."""
    connection = await asyncpg.connect(dsn)
    await connection.fetchval("SELECT count(*) FROM episodes")
    begun = perf_counter()
    async with connection.transaction():
        async for _ in connection.cursor(_BARE, prefetch=2000):
            pass
    taken = perf_counter() - begun
    await connection.close()
    return taken
