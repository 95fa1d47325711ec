"""Run the bench, print the table, write `bench.json`."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

import orjson
import psutil
from rich.console import Console
from rich.table import Table

from shared.runtime.embedded_postgres import embedded_postgres
from tests.bench import allocations, measures, processes
from tests.broker import broker
from tests.servers import Server

SECONDS = 8.0
LIMITS = {"bulk_embedded": 0.10, "bulk_rabbitmq": 0.10, "single": 0.5, "read_household": 0.5}

WITHOUT_BROKER = {
    "bulk_embedded",
    "read_household",
    "allocation_score_share",
    "allocation_household_norm",
}
TOLD = ("latency", "memory", "allocation_score_share", "allocation_household_norm", "machine")

found: dict[str, Any] = {}
out = Console(highlight=False, width=110)


def main() -> None:
    """Measure everything that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="names of measurements")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=1_000_000, help="of the memory measurement")
    parser.add_argument("--households", type=int, default=1_000_000, help="of the norm run")
    asked = parser.parse_args()
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        with embedded_postgres(Path(folder)) as dsn, broker() as amqp:
            asyncio.run(_measure(Server(dsn, "embedded"), amqp, asked))
    found["machine"] = _machine()
    Path("bench.json").write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    _print()


async def _measure(server: Server, amqp: str | None, asked: argparse.Namespace) -> None:
    steps = {
        "bulk_embedded": _bulk_embedded,
        "bulk_rabbitmq": _bulk_rabbitmq,
        "single": _single,
        "read_household": _read,
        "latency": _latency,
        "memory": _memory,
        "allocation_score_share": _score_share,
        "allocation_household_norm": _household_norm,
    }
    for name, step in steps.items():
        if asked.only and name not in asked.only:
            continue
        if amqp is None and name not in WITHOUT_BROKER:
            out.print(f"{name}: not measured, there is no RabbitMQ")
            continue
        out.print(f"measuring {name} …")
        dsn = await server.create()
        try:
            await step(dsn, amqp, asked)
        finally:
            await server.drop(dsn)


def _ratio(name: str, rate: float, limit: float, **more: Any) -> None:
    ratio = rate / limit
    found[name] = {
        "rate": round(rate),
        "limit": round(limit),
        "ratio": round(ratio, 3),
        "required": LIMITS[name],
        **more,
    }


async def _bulk_embedded(dsn: str, amqp: str | None, asked: argparse.Namespace) -> None:
    with processes.registry("embedded", dsn) as (address, _):
        await measures.bulk(address, dsn, "warm", 2_000)
        rate = await measures.bulk(address, dsn, "bulk", asked.events)
    _ratio("bulk_embedded", rate, await measures.bare_insert(dsn, "bulk"), aim=0.20)


async def _bulk_rabbitmq(dsn: str, amqp: str | None, asked: argparse.Namespace) -> None:
    with (
        processes.registry("ingest", dsn, amqp) as (address, _),
        processes.registry("worker", dsn, amqp),
    ):
        await measures.bulk(address, dsn, "warm", 2_000)
        rate = await measures.bulk(address, dsn, "bulk", asked.events)
    _ratio("bulk_rabbitmq", rate, await measures.bare_insert(dsn, "bulk"), aim=0.20)


async def _single(dsn: str, amqp: str | None, asked: argparse.Namespace) -> None:
    with (
        processes.registry("ingest", dsn, amqp) as (address, _),
        processes.registry("worker", dsn, amqp),
    ):
        await measures.single(address, 1.0, "warm")
        rate = await measures.single(address, SECONDS, "single")
    _ratio("single", rate, await measures.bare_single(dsn, SECONDS))


async def _read(dsn: str, amqp: str | None, asked: argparse.Namespace) -> None:
    count = 1_000
    with processes.registry("embedded", dsn) as (address, _):
        await measures.bulk(address, dsn, "read", count)
    households = [f"read-{n}" for n in range(count)]
    with processes.registry("api", dsn) as (address, _):
        await measures.read(address, households, 1.0)
        rate = await measures.read(address, households, SECONDS)
        limit = await measures.bare_read(dsn, address, households, SECONDS)
    _ratio("read_household", rate, limit)


async def _latency(dsn: str, amqp: str | None, asked: argparse.Namespace) -> None:
    with (
        processes.registry("ingest", dsn, amqp) as (ingest, _),
        processes.registry("worker", dsn, amqp),
        processes.registry("api", dsn) as (api, _),
    ):
        await measures.latency(ingest, api, 1.0, 50, "warm")
        found["latency"] = await measures.latency(ingest, api, SECONDS, 200, "steady")


async def _memory(dsn: str, amqp: str | None, asked: argparse.Namespace) -> None:
    with (
        processes.registry("ingest", dsn, amqp) as (address, ingest),
        processes.registry("worker", dsn, amqp) as (_, worker),
        processes.registry("api", dsn) as (_, api),
    ):
        work = measures.bulk(address, dsn, "stream", asked.lines)
        pids = {"ingest": ingest, "worker": worker, "api": api}
        found["memory"] = {"lines": asked.lines, **await measures.memory(pids, work)}


async def _score_share(dsn: str, amqp: str | None, asked: argparse.Namespace) -> None:
    with processes.registry("embedded", dsn) as (address, _):
        found["allocation_score_share"] = await measures.allocation_score_share(address, dsn)


async def _household_norm(dsn: str, amqp: str | None, asked: argparse.Namespace) -> None:
    measured = await allocations.allocation_household_norm(dsn, asked.households)
    found["allocation_household_norm"] = measured


def _machine() -> dict[str, Any]:
    return {
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "processor": platform.machine(),
        "python": platform.python_version(),
    }


def _print() -> None:
    table = Table("figure", "measured", "bare limit", "ratio", "required")
    for name, required in LIMITS.items():
        if name in found:
            f = found[name]
            table.add_row(
                name, f"{f['rate']}/s", f"{f['limit']}/s", str(f["ratio"]), f"≥ {required}"
            )
    out.print(table)
    for name in TOLD:
        if name in found:
            out.print(f"{name}: {orjson.dumps(found[name]).decode()}")


if __name__ == "__main__":
    main()
