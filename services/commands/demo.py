"""`registry demo`: the demo through the doors of a registry whose workers run elsewhere."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI

from services.api.app import routers as api_routers
from services.commands.doors import open_doors
from services.commands.shell import OUT, run_with_database
from services.demo.story import DemoLoad, messages_waiting
from services.ingest.app import routers as ingest_routers
from services.ingest.context import IngestContext
from services.worker.due import due_works
from services.worker.reconciler import Reconciler
from shared.http.app import create_app
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database
from shared.law.store.seeds import SeedCache
from shared.observability.metrics import Metrics
from shared.settings import Settings


def demo() -> None:
    """Load the demo into a running registry, once: real places, through the public doors."""
    run_with_database(_load)


async def _load(settings: Settings, dsn: str) -> None:
    async with open_doors(settings, dsn) as context:
        load = DemoLoad(
            context.database, _app(context), OUT, lambda: _not_worked_off(context.database)
        )
        async with load.client() as client:
            await load.load(client)
    OUT.print("The demo is there: /v1/areas/181/statistics?as_of=2023-12-31")


def _app(context: IngestContext) -> FastAPI:
    routers = [*ingest_routers(), *api_routers()]
    return create_app(context, routers, process="embedded", checks={}, metrics=Metrics())


async def _not_worked_off(database: Database) -> int:
    """Count what a worker has still to do; a broker's messages leave the outbox before that."""
    works = due_works(SeedCache())
    outlooks = await Reconciler(database, SystemClock(), works).look(overdue_seconds=0.0)
    if len(outlooks) < len(works):
        await asyncio.sleep(1.0)
        return 1
    return sum(outlook.items for outlook in outlooks) + await messages_waiting(database)
