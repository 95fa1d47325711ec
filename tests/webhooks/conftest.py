"""A registry whose webhooks may go to this machine, with its deliverer running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from services.worker.webhooks.deliverer import Deliverer
from tests.facts import assessed
from tests.harness import Registry, registry
from tests.webhooks.receiver import Receiver

PATH = "/v1/subscriptions"


@dataclass
class Hooked:
    """A registry and its deliverer."""

    app: Registry
    deliverer: Deliverer

    async def subscribe(self, receiver: Receiver, **fields: Any) -> Any:
        body = {"callback_url": receiver.url, "types": ["household-status.changed"], **fields}
        headers = body.pop("headers", {})
        answer = await self.app.post(PATH, body, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def record(self, *households: str, area: str = "06091") -> None:
        """Make each of these households poor: one transition each."""
        await self.app.send([assessed(name, "2023-12-14", area_code=area) for name in households])

    async def log(self, made: Any, **asked: str) -> list[Any]:
        path = f"{PATH}/{made['subscription_id']}/deliveries"
        items: list[Any] = (await self.app.get(path, limit="1000", **asked))["items"]
        return items

    async def order(self, made: Any, what: str, **body: Any) -> Any:
        answer = await self.app.post(f"{PATH}/{made['subscription_id']}/{what}", body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        async with self.app.context.database.statement() as snapshot:
            return list(await snapshot.fetch(sql, *args))

    async def change(self, sql: str, *args: Any) -> None:
        async with self.app.context.database.transaction() as tx:
            await tx.execute(sql, *args)


def deliverer_of(app: Registry) -> Deliverer:
    (found,) = (n.component for n in app.process.components if isinstance(n.component, Deliverer))
    found.look_every_seconds = 0.05
    return found


@pytest_asyncio.fixture
async def hooked(dsn: str) -> AsyncIterator[Hooked]:
    async with registry(dsn, webhooks_inside=True) as app:
        deliverer = deliverer_of(app)
        task = asyncio.create_task(deliverer.run())
        yield Hooked(app, deliverer)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
