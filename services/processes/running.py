"""Run one process: schema checked, socket bound, components supervised."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from rich.console import Console

from services.demo.story import Demo
from services.processes.beside import WorkerBeside
from services.processes.table import PORTS, SERVING, Process, build
from shared import VERSION
from shared.kernel import server
from shared.kernel.database import Database
from shared.messaging.rabbitmq import RabbitMQTransport
from shared.migrations.upgrade import head, knows
from shared.observability import tracing
from shared.runtime.context import open_context
from shared.runtime.errors import StartError
from shared.runtime.http_server import bind
from shared.runtime.supervisor import Named, supervise
from shared.settings import Settings

log = structlog.get_logger()


def listen(name: str, settings: Settings) -> socket.socket:
    """Bind the port of a process, before anything heavy starts."""
    if name not in PORTS:
        raise StartError(f"there is no process {name!r}; choose {', '.join(PORTS)}")
    return bind(settings.host, settings.port or PORTS[name])


async def run_process(name: str, settings: Settings, dsn: str, listener: socket.socket) -> int:
    """Run the process called `name` until it is told to stop; return its exit code."""
    serves = name in SERVING
    async with (
        _traced(name, settings),
        open_context(settings, dsn, name=name, serves_callers=serves) as context,
    ):
        await _check_schema(context.database)
        beside = WorkerBeside(dsn) if name == "embedded" and settings.worker_process else None
        built = build(name, context, listener, beside)
        if isinstance(built.transport, RabbitMQTransport):
            await built.transport.start()
        components = list(built.components)
        if name == "embedded":
            components.append((_demo if settings.demo else _address)(built, listener))
        try:
            return await supervise(components, stop_seconds=settings.shutdown_seconds)
        finally:
            if built.transport is not None:
                await built.transport.close()


@asynccontextmanager
async def _traced(name: str, settings: Settings) -> AsyncIterator[None]:
    """Trace where a collector is named; what is left at the end is sent from a thread."""
    if settings.traces_url is None:
        yield
        return
    from shared.observability.spans import otlp

    stop = tracing.start(name, VERSION, otlp(settings.traces_url), settings.traces_ratio)
    try:
        yield
    finally:
        await asyncio.to_thread(stop)


async def _check_schema(database: Database) -> None:
    """Refuse a schema that lacks what this code needs; a newer one was made to suit it too."""
    revision = await server.schema(database)
    if revision is None or (revision != head() and knows(revision)):
        raise StartError(
            f"the database's schema is at {revision or 'nothing'} and this release needs {head()}: "
            "run `registry migrate`"
        )
    if revision != head():
        log.warning("process.schema_newer", database=revision, newest_known=head())


@dataclass
class Address:
    """A component of embedded without the demo: says where it answers, as soon as it does."""

    address: str
    out: Console
    started: Callable[[], Awaitable[None]]

    async def run(self) -> None:
        """Say it, then stay until cancelled."""
        await self.started()
        self.out.print(
            f"The registry answers at {self.address} (/docs, /health/ready). Ctrl-C stops it all.",
            soft_wrap=True,
        )
        await asyncio.Event().wait()


def _address(process: Process, listener: socket.socket) -> Named:
    out = Console(highlight=False)
    return Named("address", Address(_url(listener), out, process.server.started))


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _demo(process: Process, listener: socket.socket) -> Named:
    process.demo_loaded.clear()
    demo = Demo(
        process.context.database,
        process.app,
        _url(listener),
        Console(highlight=False),
        started=process.server.started,
        loaded=process.demo_loaded,
    )
    return Named("demo", demo)
