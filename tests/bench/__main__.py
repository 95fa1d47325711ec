"""Run the bench or parts of it, print the table, write `bench.json`."""

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
from tests.bench.parts import NEED_BROKER, ON_LOADED, PARTS, REQUIRED, Place
from tests.broker import broker
from tests.servers import Server

Figures = dict[str, dict[str, Any]]
out = Console(highlight=False, width=110)


def main() -> None:
    """Measure everything that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="names; all if none")
    parser.add_argument("--households", type=int, default=50_000, help="of the bulk loads")
    parser.add_argument("--registry", type=int, default=1_000_000, help="households of a whole one")
    parser.add_argument("--lines", type=int, default=1_000_000, help="of the memory measurement")
    parser.add_argument(
        "--loaded",
        metavar="DSN",
        help=f"a database that holds a registry already, left as it is: {', '.join(ON_LOADED)}",
    )
    parser.add_argument("--area", default="38", help="whose books and boards are asked for")
    parser.add_argument("--json", type=Path, default=Path("bench.json"))
    asked = parser.parse_args()
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    figures = _on_loaded(parser, asked) if asked.loaded else _on_new(asked)
    figures["machine"] = _machine()
    asked.json.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    _print(figures)


def _on_new(asked: argparse.Namespace) -> Figures:
    """Measure each part on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        with embedded_postgres(Path(folder)) as dsn, broker() as amqp:
            return asyncio.run(_measure(Server(dsn, "embedded"), amqp, asked))


def _on_loaded(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> Figures:
    """Measure parts that leave a registry as it was on one that is loaded."""
    names = asked.parts or [*ON_LOADED]
    if wrong := [name for name in names if name not in ON_LOADED]:
        parser.error(f"{', '.join(wrong)} cannot be measured on a database that is to stay")
    figures = {}
    for name in names:
        out.print(f"measuring {name} …")
        figures[name] = asyncio.run(PARTS[name](Place(asked.loaded, None, asked)))
    return figures


async def _measure(server: Server, amqp: str | None, asked: argparse.Namespace) -> Figures:
    figures = {}
    for name in asked.parts or PARTS:
        if amqp is None and name in NEED_BROKER:
            out.print(f"{name}: not measured, there is no RabbitMQ")
            continue
        out.print(f"measuring {name} …")
        dsn = await server.create()
        try:
            figures[name] = await PARTS[name](Place(dsn, amqp, asked))
        finally:
            await server.drop(dsn)
    return figures


def _machine() -> dict[str, Any]:
    return {
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "load": psutil.getloadavg()[0],
    }


def _print(figures: Figures) -> None:
    table = Table("figure", "measured", "bare limit", "ratio", "required")
    for name, required in REQUIRED.items():
        if name in figures:
            f = figures[name]
            table.add_row(
                name, f"{f['rate']}/s", f"{f['limit']}/s", str(f["ratio"]), f"≥ {required}"
            )
    out.print(table)
    for name, one in figures.items():
        rest = {k: v for k, v in one.items() if k not in {"rate", "limit", "ratio"}}
        if rest:
            out.print(f"{name}: {orjson.dumps(rest).decode()}")


if __name__ == "__main__":
    main()
