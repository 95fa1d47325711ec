"""Measure `GET /v1/households/{id}` against a bare Starlette and asyncpg endpoint, in one run.

    python -m tests.api.measure_read [seconds a round] [rounds]

Both are served by uvicorn in processes of their own, asked in turns by one client process.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import statistics
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from services.api.app import routers
from shared.http.app import create_app
from shared.http.auth import OFF
from shared.http.context import make_context
from shared.kernel.clock import SystemClock
from shared.kernel.database import connect
from shared.observability import logging
from shared.observability.metrics import Metrics
from shared.settings import Settings
from tests import servers
from tests.harness import registry

HOUSEHOLDS = 2000
CONNECTIONS = 32
PORTS = {"bare": 18_471, "ours": 18_472}


async def bare(dsn: str) -> ASGIApp:
    """Return an application with nothing but a query by key and its row as JSON."""
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=10)

    async def one(request: Request) -> JSONResponse:
        row = await pool.fetchrow(
            "SELECT household_id, status, standard FROM episodes WHERE household_id = $1 "
            "AND known_to IS NULL AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)",
            request.path_params["household_id"],
            date(2024, 6, 1),
        )
        return JSONResponse(dict(row) if row else None)

    return Starlette(routes=[Route("/v1/households/{household_id}", one)])


async def ours(dsn: str) -> ASGIApp:
    """Return the api's application as its process builds it, logs and metrics included."""
    logging.set_up("json", "info")
    database = await connect(dsn, name="measure", pool_max=10)
    context = make_context(Settings(auth="off"), database, SystemClock(), OFF)
    return create_app(context, routers(), process="api", checks={}, metrics=Metrics())


def serve(make: Callable[[str], Any], dsn: str, port: int) -> None:
    """Serve one of the applications until terminated; log lines go to /dev/null."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

    async def run() -> None:
        config = uvicorn.Config(
            await make(dsn), port=port, log_config=None, access_log=False, lifespan="off"
        )
        await uvicorn.Server(config).serve()

    asyncio.Runner(loop_factory=_loop).run(run())


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def ask(port: int, seconds: float) -> float:
    """Return answers per second of a closed loop over keep-alive connections."""
    done = 0
    end = asyncio.get_running_loop().time() + seconds

    async def caller(number: int) -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while asyncio.get_running_loop().time() < end:
            number = (number + 7) % HOUSEHOLDS
            writer.write(
                b"GET /v1/households/H-%05d?as_of=2024-06-01 HTTP/1.1\r\nHost: a\r\n\r\n" % number
            )
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            done += 1
        writer.close()

    await asyncio.gather(*(caller(n * 61) for n in range(CONNECTIONS)))
    return done / seconds


def used(pid: int | None) -> float:
    """Return the seconds of processor time that a process has used."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def fill(dsn: str) -> None:
    """Store assessed households through the public door."""
    async with registry(dsn) as app:
        await app.send([_assessed(number) for number in range(HOUSEHOLDS)])
        async with app.context.database.statement() as snapshot:
            await snapshot.execute("VACUUM ANALYZE")


def _assessed(number: int) -> dict[str, Any]:
    return {
        "type": "assessed",
        "source": "measure",
        "external_id": f"{number}",
        "household_id": f"H-{number:05}",
        "assessed_on": "2023-10-12",
        "effective_from": "2023-12-14",
        "area_code": "06091",
        "area_type": "rural",
        "review": "annual",
        "income_vnd": 900_000 + number * 1000,
        "deprived": ["health_insurance", "toilet", "water"],
    }


async def compare(server: servers.Server, seconds: float, rounds: int) -> dict[str, Any]:
    """Return the rates of both, round by round, and the median ratio."""
    dsn = await server.create()
    processes = []
    try:
        await fill(dsn)
        for name, make in (("bare", bare), ("ours", ours)):
            process = multiprocessing.get_context("spawn").Process(
                target=serve, args=(make, dsn, PORTS[name])
            )
            process.start()
            processes.append(process)
        await asyncio.sleep(4)
        rates: dict[str, list[int]] = {"bare": [], "ours": []}
        cpu: dict[str, list[int]] = {"bare": [], "ours": []}
        for port in PORTS.values():
            await ask(port, 1.0)
        for _ in range(rounds):
            for (name, port), process in zip(PORTS.items(), processes, strict=True):
                before = used(process.pid)
                rate = await ask(port, seconds)
                rates[name].append(round(rate))
                cpu[name].append(round((used(process.pid) - before) / rate / seconds * 1e6))
    finally:
        for process in processes:
            process.terminate()
            process.join()
        await server.drop(dsn)
    ratios = [o / b for o, b in zip(rates["ours"], rates["bare"], strict=True)]
    ratio = round(statistics.median(ratios), 3)
    return {"a_second": rates, "cpu_us_each": cpu, "ratio": ratio}


def main() -> None:
    """Print the rates and the ratio as one JSON line."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    rounds = sys.argv[2] if len(sys.argv) > 2 else 3
    server = servers.external()
    assert server is not None, "no external PostgreSQL answers"
    print(json.dumps(asyncio.run(compare(server, seconds, int(rounds)))))
    server.close()


if __name__ == "__main__":
    main()
