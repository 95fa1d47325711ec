"""A whole registry in one process: public doors in front, a frozen clock, no sleeping."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from services.ingest.context import IngestContext
from services.processes.table import Process, build
from shared.http.auth import OFF, KnownTokens
from shared.http.context import make_context
from shared.kernel.clock import FrozenClock
from shared.kernel.database import connect
from shared.kernel.key_file import KeyFile
from shared.law.store.seeds import SeedCache
from shared.messaging.relay import Relay
from shared.runtime.http_server import bind
from shared.settings import Settings
from tests.waiting import STANDSTILL_SECONDS

PLURALS = {
    "household-events": "events",
    "area-facts": "facts",
    "articles": "articles",
    "funds": "funds",
    "disbursements": "disbursements",
    "support-records": "records",
    "members": "members",
    "person-decisions": "decisions",
    "move-requests": "requests",
    "move-refusals": "refusals",
}
NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
# What one registry of this process parsed the others find by its digest.
SEEDS = SeedCache()
# The keys of all registries of a test run; processes that a test starts read them too.
_KEYS = tempfile.TemporaryDirectory(prefix="registry-keys-")
KEYS = KeyFile(Path(_KEYS.name) / "persons.key")
KEYS.make()
os.environ["REGISTRY_PERSONS_KEY_FILE"] = str(KEYS.path)
# Tests of the audit chain switch it on; a killed process would lose answers, not facts, by it.
os.environ["REGISTRY_AUDIT"] = "off"


@dataclass
class Registry:
    """An embedded registry on a test's database."""

    context: IngestContext
    process: Process
    client: httpx.AsyncClient
    clock: FrozenClock
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def app(self) -> FastAPI:
        """Return the application that serves both ingest and api."""
        return self.process.app

    def change(self, **parts: Any) -> None:
        """Serve with other parts from now on."""
        self.context = self.app.state.context = replace(self.context, **parts)

    @property
    def tokens(self) -> KnownTokens:
        """Return the callers that are known."""
        return self.context.tokens

    @tokens.setter
    def tokens(self, tokens: KnownTokens) -> None:
        self.change(tokens=tokens)

    async def post(self, path: str, body: Any, **kwargs: Any) -> httpx.Response:
        """Post JSON."""
        return await self.client.post(path, json=body, **kwargs)

    async def get(self, path: str, **params: Any) -> Any:
        """Get a document that must be there."""
        response = await self.client.get(path, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    async def send(self, events: Sequence[dict[str, Any]], door: str = "household-events") -> Any:
        """Post items, at most 1000 a request, and wait until everything has been worked off."""
        plural = PLURALS[door]
        answer = None
        for start in range(0, len(events), 1000):
            response = await self.post(f"/v1/{door}", {plural: list(events[start : start + 1000])})
            assert response.status_code == 202, response.text
            answer = response.json()
        await self.drain()
        return answer

    async def drain(self) -> None:
        """Run until no message is left that can be sent.

        A round also ends with nothing confirmed when its work takes longer than the relay waits.
        """
        async with asyncio.timeout(STANDSTILL_SECONDS):
            while await self.relay.run_once() or await self._due():
                await asyncio.sleep(0)

    async def _due(self) -> bool:
        async with self.context.database.statement() as snapshot:
            found: bool = await snapshot.fetchval(
                "SELECT EXISTS (SELECT 1 FROM outbox WHERE available_at <= now())"
            )
        return found

    @property
    def relay(self) -> Relay:
        """Return the relay, which tests drive by hand."""
        (found,) = (n.component for n in self.process.components if isinstance(n.component, Relay))
        return found


@asynccontextmanager
async def registry(dsn: str, *, at: datetime = NOON, **changes: Any) -> AsyncIterator[Registry]:
    """Run an embedded registry; the relay runs only when told to (`drain`)."""
    settings = Settings(**{"auth": "off", "audit": "off", "batch_age_ms": 1} | changes)
    database = await connect(dsn, name="test", pool_max=8)
    clock = FrozenClock(at)
    context = make_context(settings, database, clock, OFF, SEEDS)
    listener = bind("127.0.0.1", 0)
    listener.close()
    process = build("embedded", context, listener)
    driven = {
        "http",
        "relay",
        "announcer",
        "sampler",
        "compactor",
        "webhooks",
        "callbacks",
        "exporter",
    }
    tasks = [
        asyncio.create_task(n.component.run(), name=n.name)
        for n in process.components
        if n.name not in driven
    ]
    transport = httpx.ASGITransport(app=process.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://registry.test") as client:
        try:
            assert isinstance(process.context, IngestContext)
            yield Registry(process.context, process, client, clock, tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await database.close()
