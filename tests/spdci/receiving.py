"""A real sender that is called back: its server, and what came to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from services.worker.spdci.callbacks import Callbacks
from services.worker.webhooks.deliverer import Deliverer
from tests.harness import Registry, registry
from tests.waiting import until


@dataclass
class CalledBack:
    """What came to an address, by its last part; `status` is what it answers."""

    port: int = 0
    status: int = 200
    came: list[tuple[str, Any, bytes]] = field(default_factory=list)
    traceparents: list[str] = field(default_factory=list)

    def uri(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/registry/{path}"

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        content = await request.read()
        self.traceparents.append(request.headers.get("traceparent", ""))
        self.came.append((request.path, orjson.loads(content), content))
        return web.json_response({"message": {"ack_status": "ACK"}}, status=self.status)

    async def next(self, number: int = 1) -> Any:
        """Wait for so many messages; return the last of them."""
        await until(lambda: len(self.came) >= number)
        return self.came[number - 1][1]


@asynccontextmanager
async def called_back() -> AsyncIterator[CalledBack]:
    made = CalledBack()
    runner = web.ServerRunner(web.Server(made.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


@asynccontextmanager
async def answering(dsn: str, **settings: Any) -> AsyncIterator[Registry]:
    """Run a registry that calls back, and tells subscribers, on this machine."""
    async with registry(dsn, webhooks_inside=True, **settings) as app:
        components = [named.component for named in app.process.components]
        tasks = []
        for component in components:
            if isinstance(component, Callbacks | Deliverer):
                component.look_every_seconds = 0.05
                tasks.append(asyncio.create_task(component.run()))
        try:
            yield app
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
