"""The doors opened in a command: the same checks, the same transaction as over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.ingest.context import IngestContext, ingest_context
from shared.http.auth import OFF
from shared.http.context import make_context
from shared.kernel.clock import SystemClock
from shared.kernel.database import connect
from shared.settings import Settings


@asynccontextmanager
async def open_doors(settings: Settings, dsn: str) -> AsyncIterator[IngestContext]:
    """Give a context whose recorder runs meanwhile."""
    database = await connect(dsn, name="command", pool_max=4)
    context = ingest_context(make_context(settings, database, SystemClock(), OFF))
    writing = asyncio.create_task(context.recorder.run())
    try:
        yield context
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await database.close()
