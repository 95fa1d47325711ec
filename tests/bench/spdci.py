"""SPDCI: a thousand identifiers a message, four callers, beside a bare look-up of the same rows."""

from __future__ import annotations

import asyncio
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Any

import asyncpg
import httpx
import orjson

from tests.bench import cpu, loader, processes
from tests.spdci.messages import by_id, search

CALLERS, IDS, MESSAGES = 4, 1_000, 40
SECONDS = 10.0
AS_OF = "2024-12-31"
P95_MS = 600
# The bare record of an account: what is looked up is there as it is answered.
_ACCOUNTS = """
DROP TABLE IF EXISTS bare_accounts;
CREATE TABLE bare_accounts AS
SELECT household_id AS id, jsonb_build_object('@type', 'Group', 'id', household_id,
    'status', status, 'since', spell_from, 'until', spell_to, 'area', area_id,
    'kind', area_type)::text AS body
FROM episodes WHERE known_to IS NULL AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
"""


async def measure(dsn: str, households: int) -> dict[str, Any]:
    """Fill a database and search it; rates are records a second."""
    begun = perf_counter()
    await loader.fill(dsn, households)
    figures: dict[str, Any] = {"households": households, "loaded_s": round(perf_counter() - begun)}
    ids = await _accounts(dsn)
    messages = [orjson.dumps(_message(part)) for part in ids]
    with processes.registry("api", dsn) as (address, pid):
        url = f"{address}/registry/sync/search"
        await _ask(url, messages, 2.0)
        spent = await cpu.meter(dsn, [pid])
        rate, p95 = await _ask(url, messages, SECONDS)
        figures["cpu_us_a_record"] = spent().per(round(rate * SECONDS))
    with processes.bare("accounts", dsn) as address:
        bare = [orjson.dumps(part) for part in ids]
        await _ask(f"{address}/accounts", bare, 2.0)
        limit, bare_p95 = await _ask(f"{address}/accounts", bare, SECONDS)
    await _drop(dsn)
    figures |= {"rate": round(rate), "limit": round(limit), "ratio": round(rate / limit, 3)}
    return figures | {"p95_ms": p95, "p95_at_most": P95_MS, "bare_p95_ms": bare_p95}


async def _accounts(dsn: str) -> list[list[str]]:
    """Make the bare table; return the ids of each message."""
    connection = await asyncpg.connect(dsn)
    day = await connection.fetchval(f"SELECT '{AS_OF}'::date")
    await connection.execute(_ACCOUNTS.replace("$1", f"'{day}'::date"))
    await connection.execute("CREATE UNIQUE INDEX ON bare_accounts (id)")
    await connection.execute("VACUUM ANALYZE bare_accounts")
    rows = await connection.fetch("SELECT id FROM bare_accounts ORDER BY id")
    await connection.close()
    draw, names = Random(7), [row[0] for row in rows]
    return [draw.sample(names, IDS) for _ in range(MESSAGES)]


async def _drop(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("DROP TABLE bare_accounts")
    await connection.close()


def _message(ids: list[str]) -> Any:
    asked = (by_id("household_id", name) for name in ids)
    return search(*asked, meta={"as_of": AS_OF})


async def _ask(url: str, messages: list[bytes], seconds: float) -> tuple[float, float]:
    """Let callers send messages one after another; return records a second and the p95 in ms."""
    taken: list[float] = []
    headers = {"content-type": "application/json"}

    async def caller(first: int) -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            number = first
            while perf_counter() - begun < seconds:
                sent = perf_counter()
                body = messages[number % len(messages)]
                answer = await client.post(url, content=body, headers=headers)
                taken.append(perf_counter() - sent)
                if answer.status_code != 200 or answer.content.count(b'"Group"') < IDS:
                    raise RuntimeError(f"{answer.status_code}: {answer.text[:300]}")
                number += CALLERS

    begun = perf_counter()
    await asyncio.gather(*(caller(first) for first in range(CALLERS)))
    rate = len(taken) * IDS / (perf_counter() - begun)
    return rate, round(quantiles(taken, n=20)[-1] * 1000)
