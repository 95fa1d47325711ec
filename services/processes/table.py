"""The table process → components. Embedded is the union of ingest, worker and api in one process.

Only embedded may use the in-process transport: two processes would each hold half of the messages.
With a worker process beside it, that one alone holds the transport, and embedded holds none.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import uuid4

from fastapi import APIRouter, FastAPI

from services.api.app import routers as api_routers
from services.api.exports.exporter import Exporter
from services.api.households.tail import Tail
from services.ingest.app import routers as ingest_routers
from services.ingest.context import ingest_context
from services.ingest.feeds.fetching import Fetcher
from services.ingest.feeds.poller import Poller
from services.ingest.record import answer_seconds
from services.processes.anchoring import Anchoring
from services.processes.beside import NAME, Lifeline, WorkerBeside
from services.processes.measuring import Sampler
from services.processes.readiness import checks
from services.worker.announcer import Announcer
from services.worker.compactor import Compactor
from services.worker.due import due_works
from services.worker.reconciler import Reconciler
from services.worker.routes import routes, topology
from services.worker.spdci.answering import Answering
from services.worker.spdci.callbacks import Callbacks
from services.worker.webhooks.courier import Means
from services.worker.webhooks.deliverer import Deliverer
from services.worker.webhooks.receivers import Receivers
from shared.http.app import create_app
from shared.http.audit import AuditWriter
from shared.http.context import Context
from shared.messaging.consumer import Consumer
from shared.messaging.inprocess import InProcessTransport
from shared.messaging.rabbitmq import RabbitMQTransport
from shared.messaging.relay import Relay
from shared.messaging.spent import SpentMessages
from shared.messaging.topology import Route
from shared.messaging.transport import Transport
from shared.observability.metrics import Measured, Metrics
from shared.runtime.child import Child
from shared.runtime.errors import StartError
from shared.runtime.http_server import HttpServer
from shared.runtime.supervisor import Named
from shared.runtime.watchdog import Watchdog
from shared.settings import Settings
from shared.spdci.searching import called

# A port of its own choice is 0: nobody but a person who looks for it asks a worker beside.
PORTS = {"embedded": 8000, "api": 8000, "ingest": 8001, "worker": 8002, NAME: 0}
SERVING = frozenset({"embedded", "api", "ingest"})
# Workers tell subscribers.
TELLING = SERVING | {"worker", NAME}
# What somebody starts again when it ends: a person who runs embedded reads its log instead.
RESTARTED = frozenset({"api", "ingest", "worker"})
DOORS, WORK = 0, 1
# While one batch waits for the database the other is folded.
CONSUMERS = 2


@dataclass(frozen=True)
class Process:
    """A process ready to run: its application, its components and its transport."""

    context: Context
    app: FastAPI
    components: list[Named]
    transport: Transport | None
    server: HttpServer
    # Not set while a demo that was asked for is still being loaded.
    demo_loaded: asyncio.Event


@dataclass(frozen=True)
class Common:
    """What the parts of one process share."""

    context: Context
    transport: Transport | None
    relay: Relay | None
    observer: Measured
    nudge: Callable[[], None]
    beside: WorkerBeside | None = None
    answer_seconds: Callable[[], float] = answer_seconds


@dataclass(frozen=True)
class Part:
    """What one role adds to a process; its routes may need a wider context, or parts of their own.

    These stand at `app.state`.
    """

    components: tuple[Named, ...] = ()
    routers: tuple[APIRouter, ...] = ()
    context: Context | None = None
    state: Mapping[str, object] = field(default_factory=dict)


def build(
    name: str, context: Context, listener: socket.socket, beside: WorkerBeside | None = None
) -> Process:
    """Return the HTTP application and the components of the process called `name`.

    `beside` is the worker process that works for it.
    """
    metrics, demo_loaded = Metrics(), asyncio.Event()
    demo_loaded.set()
    context = _audited(name, context)
    common = replace(
        _common(name, context, Measured(metrics), beside),
        answer_seconds=lambda: answer_seconds(loading=not demo_loaded.is_set()),
    )
    parts = [part(common) for part in (_TABLE[name] if beside is None else _DOORS)]
    served = next((part.context for part in parts if part.context), context)
    app = create_app(
        served,
        [router for part in parts for router in part.routers],
        process=name,
        checks=checks(name, context, demo_loaded),
        metrics=metrics,
    )
    for name_of, component in (pair for part in parts for pair in part.state.items()):
        setattr(app.state, name_of, component)
    server = HttpServer(app, listener)
    components = [
        *(component for part in parts for component in part.components),
        *_audit(context),
        Named("http", server, DOORS),
        Named("sampler", Sampler(context.database, context.clock, metrics), DOORS),
    ]
    if name in RESTARTED:
        components.append(Named("watchdog", Watchdog(), DOORS))
    return Process(served, app, components, common.transport, server, demo_loaded)


def _audited(name: str, context: Context) -> Context:
    """Give a process that tells anybody anything its writer of the audit chain."""
    if context.settings.audit == "off" or name not in TELLING:
        return context
    return replace(context, audit=AuditWriter(context.database, context.clock, name))


def _audit(context: Context) -> list[Named]:
    writer, settings = context.audit, context.settings
    if writer is None:
        return []
    components = [Named("audit", writer, WORK)]
    if settings.audit_anchor_file or settings.audit_anchor_url:
        file, url = settings.audit_anchor_file, settings.audit_anchor_url
        components.append(Named("anchors", Anchoring(writer, context.clock, file, url), WORK))
    return components


def _common(name: str, context: Context, observer: Measured, beside: WorkerBeside | None) -> Common:
    if beside is not None:
        return Common(context, None, None, observer, beside.nudge, beside)
    transport = _transport(name, context, observer)
    if transport is None:
        return Common(context, None, None, observer, lambda: None)
    relay = Relay(context.database, transport, observer=observer)
    return Common(context, transport, relay, observer, relay.nudge)


def _transport(name: str, context: Context, observer: Measured) -> Transport | None:
    if name == "api":
        return None
    planned = topology(routes(context.settings, context.seeds))
    if name in ("embedded", NAME):
        return InProcessTransport(planned)
    settings = context.settings
    if settings.amqp_dsn() is None:
        raise StartError(f"{name} needs REGISTRY_AMQP_URL, the address of RabbitMQ")
    address = partial(_broker_address, settings)
    return RabbitMQTransport(address, planned, name=f"registry-{name}", observer=observer)


def _broker_address(settings: Settings) -> str:
    """Return the address with the password as its file has it now."""
    return settings.amqp_dsn() or ""


def _ingest(common: Common) -> Part:
    doors = ingest_context(common.context, common.nudge, common.answer_seconds)
    components = [Named("recorder", doors.recorder, WORK)]
    if doors.settings.feeds:
        poller = Poller(doors, Fetcher(doors.clock), common.observer.feed)
        components.append(Named("feeds", poller, DOORS))
    return Part(tuple(components), tuple(ingest_routers()), doors)


def _worker(common: Common) -> Part:
    context, transport = common.context, common.transport
    if transport is None:
        raise StartError("a worker needs a transport")
    reader = Child("reader")
    consumers = [
        Named(f"{route.queue_name}-{number}", _consumer(common, route, transport), WORK)
        for route in routes(context.settings, context.seeds, reader)
        for number in range(1, CONSUMERS + 1)
    ]
    announcer = Announcer(context.database, context.clock, context.seeds, common.nudge)
    compactor = Compactor(context.database, context.seeds)
    reconciler = Reconciler(
        context.database,
        context.clock,
        due_works(context.seeds),
        common.nudge,
        common.observer.due,
    )
    clockwork = [
        Named("announcer", announcer, DOORS),
        Named("compactor", compactor, DOORS),
        Named("reconciler", reconciler, DOORS),
    ]
    # Only a broker gives up delivering; in one process nothing is ever spent.
    if isinstance(transport, RabbitMQTransport):
        spent = SpentMessages(context.database, transport, common.nudge, common.observer)
        clockwork.append(Named("spent", spent, DOORS))
    webhooks = Named("webhooks", _webhooks(common), WORK)
    callbacks = Named("callbacks", _callbacks(common), WORK)
    return Part((*consumers, *clockwork, webhooks, callbacks, Named("reader", reader, WORK)))


def _webhooks(common: Common) -> Deliverer:
    context = common.context
    return Deliverer(
        Means(
            context.database,
            context.clock,
            context.areas,
            context.keys,
            Receivers(context.settings.webhooks_inside),
            context.audit,
            anybody=context.tokens.off,
            lease=uuid4(),
            spdci_id=called(context.settings.spdci_id),
            count=common.observer.webhooks,
        )
    )


def _callbacks(common: Common) -> Callbacks:
    context = common.context
    means = Answering(
        context.database,
        context.clock,
        context.areas,
        context.keys.ring,
        called(context.settings.spdci_id),
        context.tokens.off,
    )
    return Callbacks(means, Receivers(context.settings.webhooks_inside), context.audit)


def _consumer(common: Common, route: Route, transport: Transport) -> Consumer:
    return Consumer(
        route,
        common.context.database,
        transport,
        observer=common.observer,
        batch_seconds=route.seconds,
    )


def _relay(common: Common) -> Part:
    return Part((Named("relay", common.relay, WORK),) if common.relay else ())


def _beside(common: Common) -> Part:
    return Part((Named("worker", common.beside, WORK),) if common.beside else ())


def _lifeline(common: Common) -> Part:
    return Part((Named("lifeline", Lifeline(common.nudge), DOORS),))


def _api(common: Common) -> Part:
    explainer, tail = Child("explainer"), Tail(common.context.database)
    exporter = Named("exporter", Exporter(common.context), WORK)
    reads = common.context.reads
    near = (Named("reads", reads, DOORS),) if reads.opened else ()
    return Part(
        (Named("explainer", explainer, DOORS), Named("tail", tail, DOORS), exporter, *near),
        tuple(api_routers()),
        state={"explainer": explainer, "tail": tail},
    )


_TABLE: dict[str, tuple[Callable[[Common], Part], ...]] = {
    "ingest": (_ingest, _relay),
    "worker": (_worker, _relay),
    "api": (_api,),
    "embedded": (_ingest, _worker, _relay, _api),
    NAME: (_worker, _relay, _lifeline),
}
_DOORS = (_ingest, _api, _beside)
