"""The table process → components. Embedded is the union of ingest, worker and api in one process.

Only embedded may use the in-process transport: two processes would each hold half of the messages.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from services.api.app import routers as api_routers
from services.ingest.admission import Admission
from services.ingest.app import routers as ingest_routers
from services.ingest.feeds.fetching import Fetcher
from services.ingest.feeds.poller import Poller
from services.ingest.record import Recorder
from services.measuring import Measured, Sampler
from services.readiness import checks
from services.worker.announcer import Announcer
from services.worker.routes import routes, topology
from shared.http.app import create_app
from shared.messaging.consumer import Consumer
from shared.messaging.inprocess import InProcessTransport
from shared.messaging.rabbitmq import RabbitMQTransport
from shared.messaging.relay import Relay
from shared.messaging.transport import Transport
from shared.observability.metrics import Metrics
from shared.runtime.context import Context
from shared.runtime.errors import StartError
from shared.runtime.http_server import HttpServer
from shared.runtime.supervisor import Named

PORTS = {"embedded": 8000, "api": 8000, "ingest": 8001, "worker": 8002}
DOORS, WORK = 0, 1
# While one batch waits for the database the other is folded.
CONSUMERS = 2


@dataclass(frozen=True)
class Parts:
    """What the components of one process share."""

    context: Context
    transport: Transport | None
    relay: Relay | None
    observer: Measured


@dataclass(frozen=True)
class Process:
    """A process ready to run: its application, its components and its transport."""

    app: FastAPI
    components: list[Named]
    transport: Transport | None
    server: HttpServer


def build(name: str, context: Context, listener: socket.socket) -> Process:
    """Return the HTTP application and the components of the process called `name`."""
    metrics = Metrics()
    observer = Measured(metrics)
    transport = _transport(name, context, observer)
    relay = None
    if transport is not None:
        relay = Relay(context.database, transport, observer=observer)
    parts = Parts(context, transport, relay, observer)
    found: list[Named] = []
    routers: list[APIRouter] = []
    for part in _TABLE[name]:
        part(parts, found, routers)
    app = create_app(context, routers, process=name, checks=checks(name, context), metrics=metrics)
    server = HttpServer(app, listener)
    found.append(Named("http", server, DOORS))
    found.append(Named("sampler", Sampler(context.database, context.clock, metrics), DOORS))
    return Process(app, found, transport, server)


def _transport(name: str, context: Context, observer: Measured) -> Transport | None:
    if name == "api":
        return None
    planned = topology(routes(context.settings, context.seeds))
    if name == "embedded":
        return InProcessTransport(planned)
    url = context.settings.amqp_dsn()
    if url is None:
        raise StartError(f"{name} needs REGISTRY_AMQP_URL, the address of RabbitMQ")
    return RabbitMQTransport(url, planned, name=f"registry-{name}", observer=observer)


def _ingest(parts: Parts, found: list[Named], routers: list[APIRouter]) -> None:
    context = parts.context
    nudge = parts.relay.nudge if parts.relay else lambda: None
    recorder = Recorder(context.database, context.clock, nudge)
    limit = context.settings.outbox_rows_max
    context.provide(recorder=recorder, admission=Admission(context.database, context.clock, limit))
    found.append(Named("recorder", recorder, WORK))
    if context.settings.feeds:
        poller = Poller(context, Fetcher(context.clock), parts.observer.feed)  # type: ignore[arg-type]
        found.append(Named("feeds", poller, DOORS))
    routers += ingest_routers()


def _worker(parts: Parts, found: list[Named], routers: list[APIRouter]) -> None:
    context, transport = parts.context, parts.transport
    if transport is None:
        raise StartError("a worker needs a transport")
    for route in routes(context.settings, context.seeds):
        for number in range(1, CONSUMERS + 1):
            consumer = Consumer(
                route,
                context.database,
                transport,
                observer=parts.observer,
                batch_seconds=route.seconds,
            )
            found.append(Named(f"{route.name}-{number}", consumer, WORK))
    nudge = parts.relay.nudge if parts.relay else lambda: None
    found.append(Named("announcer", Announcer(context.database, context.clock, nudge), DOORS))


def _relay(parts: Parts, found: list[Named], routers: list[APIRouter]) -> None:
    if parts.relay is not None:
        found.append(Named("relay", parts.relay, WORK))


def _api(parts: Parts, found: list[Named], routers: list[APIRouter]) -> None:
    routers += api_routers()


Part = Callable[[Parts, list[Named], list[APIRouter]], None]
_TABLE: dict[str, tuple[Part, ...]] = {
    "ingest": (_ingest, _relay),
    "worker": (_worker, _relay),
    "api": (_api,),
    "embedded": (_ingest, _worker, _relay, _api),
}
