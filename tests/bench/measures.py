"""The measurements of `make bench`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import asyncpg
import httpx
import orjson
import psutil

from tests.bench import load, processes, reviews

CHUNK = reviews.CHUNK


def event(tag: str, number: int) -> dict[str, Any]:
    """Return one review of a household of its own."""
    return reviews.review(tag, number, reviews.YEARS[-1])


async def bulk(
    address: str, dsn: str, tag: str, households: int, years: Sequence[int] = reviews.YEARS[-1:]
) -> float:
    """POST the reviews year by year, each year worked off first; return events per second."""
    started = perf_counter()
    for year in years:
        await review_year(address, dsn, tag, households, year)
    return households * len(years) / (perf_counter() - started)


async def review_year(address: str, dsn: str, tag: str, households: int, year: int) -> None:
    """POST a year's reviews as a stream and wait until every household is worked off."""
    connection = await asyncpg.connect(dsn)
    try:
        before = await connection.fetchval("SELECT at FROM knowledge_clock")
        async with httpx.AsyncClient(timeout=None) as client:
            response = await client.post(
                f"{address}/v1/household-events",
                content=reviews.body(tag, households, year),
                headers={"content-type": "application/x-ndjson"},
            )
        answer = response.json()
        if answer.get("accepted") != households:
            raise RuntimeError(f"not all accepted: {answer}")
        await _folded(connection, tag, households, before)
    finally:
        await connection.close()


async def _folded(
    connection: asyncpg.Connection, tag: str, households: int, since: datetime
) -> None:
    """Wait until the households of a tag have the events recorded since in their timelines."""
    while True:
        done = await connection.fetchval(
            "SELECT count(*) FROM households WHERE household_id LIKE $1 || '-%' "
            "AND folded_through > $2",
            tag,
            since,
        )
        if done >= households:
            return
        await asyncio.sleep(0.1)


async def bare_insert(dsn: str, tag: str) -> float:
    """Insert the stored rows of a bulk once more, bare, 500 a transaction; return rows a second."""
    connection = await asyncpg.connect(dsn)
    names = (
        "event_id, recording_id, source, external_id, revision, type, household_id, "
        "effective_from, withdrawn, continues, payload, content_hash"
    )
    rows = await connection.fetch(
        f"SELECT {names.replace('payload', 'payload::text')} FROM household_events "
        "WHERE household_id LIKE $1 || '-%' ORDER BY recording_id",
        tag,
    )
    await connection.execute("DROP TABLE IF EXISTS bare_events")
    await connection.execute("CREATE TABLE bare_events (LIKE household_events INCLUDING ALL)")
    columns = [
        [list(column) for column in zip(*rows[n : n + CHUNK], strict=True)]
        for n in range(0, len(rows), CHUNK)
    ]
    types = [
        "uuid",
        "bigint",
        "text",
        "text",
        "int",
        "text",
        "text",
        "date",
        "bool",
        "text",
        "text",
        "bytea",
    ]
    arguments = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(types, 1))
    letters = ", ".join("abcdefghijkl")
    sql = (
        f"INSERT INTO bare_events ({names}) SELECT a, b, c, d, e, f, g, h, i, j, k::jsonb, l "
        f"FROM unnest({arguments}) AS n ({letters})"
    )
    started = perf_counter()
    for chunk in columns:
        async with connection.transaction():
            await connection.execute(sql, *chunk)
    seconds = perf_counter() - started
    await connection.execute("DROP TABLE bare_events")
    await connection.close()
    return len(rows) / seconds


async def single(address: str, seconds: float, tag: str) -> float:
    """Return 202s per second of 32 callers that send one event each."""
    url = f"{address}/v1/household-events"

    def make(number: int) -> bytes:
        return load.post(url, orjson.dumps({"events": [event(tag, number)]}))

    result = await load.hammer(url, make, connections=32, seconds=seconds, expect=b"202")
    return result.rate


async def bare_single(dsn: str, seconds: float) -> float:
    """Return the same of a bare FastAPI endpoint that inserts one row and commits."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS bare_rows (id uuid PRIMARY KEY, name text, amount bigint)"
    )
    await connection.close()
    with processes.bare("insert", dsn) as address:
        url = f"{address}/rows"
        request = load.post(url, orjson.dumps({"name": "Tày", "amount": 1_200_000}))
        result = await load.hammer(
            url, lambda _: request, connections=32, seconds=seconds, expect=b"202"
        )
    return result.rate


async def read(
    address: str, households: list[str], seconds: float, of: str = "", token: str = ""
) -> float:
    """Return answers per second of `GET /v1/households/{id}` and what lies below to 32 callers."""
    requests = [load.get(f"{address}/v1/households/{h}{of}", token) for h in households]
    result = await load.hammer(
        address, lambda n: requests[n % len(requests)], connections=32, seconds=seconds
    )
    return result.rate


async def bare_read(
    dsn: str, address: str, households: list[str], seconds: float, of: str = ""
) -> float:
    """Return the same of a bare Starlette + asyncpg endpoint with the same JSON in one row."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("DROP TABLE IF EXISTS bare_documents")
    await connection.execute("CREATE TABLE bare_documents (id text PRIMARY KEY, body text)")
    async with httpx.AsyncClient() as client:
        for household in households:
            answer = await client.get(f"{address}/v1/households/{household}{of}")
            await connection.execute(
                "INSERT INTO bare_documents VALUES ($1, $2)", household, answer.text
            )
    await connection.close()
    with processes.bare("read", dsn) as bare_address:
        requests = [load.get(f"{bare_address}/documents/{h}") for h in households]
        result = await load.hammer(
            bare_address, lambda n: requests[n % len(requests)], connections=32, seconds=seconds
        )
    return result.rate


async def latency(ingest: str, api: str, seconds: float, rate: int, tag: str) -> dict[str, float]:
    """Send events at a steady rate; return milliseconds from the 202 to being visible.

    One reader follows the feed: every event here is a first status, so it makes a transition, and
    what is in the feed is in every other answer too.
    """
    sent: dict[str, float] = {}
    taken: list[float] = []
    total = int(seconds * rate)
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
    async with httpx.AsyncClient(limits=limits, timeout=30) as client:
        cursor = await _end_of_feed(client, api)

        async def one(number: int) -> None:
            made = event(tag, number)
            answer = await client.post(f"{ingest}/v1/household-events", json={"events": [made]})
            if answer.status_code != 202:
                raise RuntimeError(answer.text)
            sent[made["household_id"]] = perf_counter()

        async def follow(cursor: str) -> None:
            while len(taken) < total:
                page = (await client.get(_feed(api, cursor))).json()
                cursor, now = page["next_cursor"], perf_counter()
                for item in page["items"]:
                    # Visible before the 202 was read: no wait at all.
                    taken.append(max(0.0, now - sent.get(item["household_id"], now)) * 1000)
                await asyncio.sleep(0.005)

        following = asyncio.create_task(follow(cursor))
        tasks, begun = [], perf_counter()
        for number in range(total):
            await asyncio.sleep(max(0.0, begun + number / rate - perf_counter()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
        await asyncio.wait_for(following, 60)
    cuts = quantiles(taken, n=100)
    return {"p50_ms": round(median(taken), 1), "p99_ms": round(cuts[98], 1), "events": len(taken)}


def _feed(api: str, cursor: str | None) -> str:
    return f"{api}/v1/transitions?limit=1000" + (f"&cursor={cursor}" if cursor else "")


async def _end_of_feed(client: httpx.AsyncClient, api: str) -> str:
    cursor = None
    while True:
        page = (await client.get(_feed(api, cursor))).json()
        cursor = page["next_cursor"]
        if not page["items"]:
            return str(cursor)


async def allocation_score_share(address: str, dsn: str) -> dict[str, float]:
    """Divide a national fund over all communes by 16/2026; return seconds and the bare limit.

    `seconds`: from the POST to the completed run; `bare_seconds`: as many lines copied by one bare
    `INSERT … SELECT`.
    """
    connection = await asyncpg.connect(dsn)
    communes = await connection.fetch(
        "SELECT code FROM areas WHERE level = 'commune' AND valid_to IS NULL "
        "AND code NOT LIKE '%-unassigned' ORDER BY code"
    )
    facts = [_zone_fact(row[0], number) for number, row in enumerate(communes)]
    fund = {**_BENCH, "external_id": "share", "fund_id": "bench-share", "year": 2026}
    fund |= {"program": "NTP-MERGED-2026-2030", "funding_source": "central", "area_code": "VN"}
    fund |= {"amount_vnd": 10**14, "decided_on": "2026-05-01"}
    run = {"run_id": "bench-share", "fund_id": "bench-share", "rule": "qd16_2026"}
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        for start in range(0, len(facts), 1000):
            await _sent(client, "area-facts", {"facts": facts[start : start + 1000]})
        await _sent(client, "funds", {"funds": [fund]})
        # The rules are read once per process and version; a second run has them at hand.
        for run_id, mode in (("bench-warm", "preview"), ("bench-share", "commit")):
            started = perf_counter()
            asked = {**run, "run_id": run_id, "mode": mode, "as_of": "2026-06-30"}
            await _sent(client, "allocation-runs", asked)
            await _completed(connection, run_id)
            seconds = perf_counter() - started
    bare = await _bare_lines(connection, "bench-share")
    await connection.close()
    return {"seconds": seconds, "bare_seconds": bare, "lines": len(communes)}


_BENCH = {"source": "bench"}


def _zone_fact(code: str, number: int) -> dict[str, Any]:
    zone = ("III", "II", "I", None)[number % 4]
    fact = {"external_id": f"zone/{code}", "area_code": code, "on": "2026-01-01", "zone": zone}
    villages = number % 7
    return {**_BENCH, **fact, "households_total": 500, "extremely_difficult_villages": villages}


async def _sent(client: httpx.AsyncClient, door: str, body: dict[str, Any]) -> None:
    answer = await client.post(f"/v1/{door}", json=body)
    if answer.status_code != 202:
        raise RuntimeError(answer.text)


async def _completed(connection: asyncpg.Connection, run_id: str) -> None:
    while True:
        state, code = await connection.fetchrow(
            "SELECT state, code FROM allocation_runs WHERE run_id = $1", run_id
        )
        if state == "completed":
            return
        if state == "refused":
            raise RuntimeError(f"run {run_id} was refused: {code}")
        await asyncio.sleep(0.005)


async def _bare_lines(connection: asyncpg.Connection, run_id: str) -> float:
    await connection.execute("DROP TABLE IF EXISTS bare_lines")
    await connection.execute("CREATE TABLE bare_lines (LIKE allocation_lines INCLUDING ALL)")
    started = perf_counter()
    await connection.execute(
        "INSERT INTO bare_lines SELECT * FROM allocation_lines WHERE run_id = $1", run_id
    )
    seconds = perf_counter() - started
    await connection.execute("DROP TABLE bare_lines")
    return seconds


async def import_file(address: str, dsn: str, tag: str, rows: int, file: Path) -> float:
    """Send a CSV of reviews as a file, until every row is answered for; return rows a second."""
    reviews.table(tag, rows, reviews.YEARS[-1], file)
    started = perf_counter()
    with file.open("rb") as opened:
        async with httpx.AsyncClient(timeout=None) as client:
            response = await client.post(
                f"{address}/v1/imports",
                files={"file": (file.name, opened)},
                data={"kind": "household-events"},
            )
    answer = response.json()
    if answer.get("accepted") != rows:
        raise RuntimeError(f"not all accepted: {answer}")
    return rows / (perf_counter() - started)


async def memory(pids: dict[str, int], work: Any) -> dict[str, dict[str, float]]:
    """Sample the resident memory of processes while `work` runs; return MB early and at most."""
    samples: dict[str, list[float]] = {name: [] for name in pids}
    task = asyncio.ensure_future(work)
    while not task.done():
        for name, pid in pids.items():
            samples[name].append(psutil.Process(pid).memory_info().rss / 1e6)
        await asyncio.sleep(0.5)
    await task
    return {
        name: {"early_mb": round(found[min(20, len(found) - 1)]), "max_mb": round(max(found))}
        for name, found in samples.items()
    }
