"""What several messaging tests need."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.kernel.database import Database, Transaction
from shared.messaging import outbox
from shared.messaging.message import ITEMS_KEY, Message, encode
from shared.messaging.suspects import DEATHS_ALONE_MAX
from shared.messaging.topology import Batch, Handle, Route
from shared.messaging.transport import Delivery, Outgoing, Subscription
from tests.waiting import STANDSTILL_SECONDS

TYPE = "household-event.recorded"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


# Of one item: in its batch, in its message alone, and so many times alone.
DEATHS = 2 + DEATHS_ALONE_MAX


class BadItem(ValueError):
    """A domain error."""

    code = "bad_item"


class Killed(BaseException):
    """Stands for the end of the process inside a handler."""


def ids(count: int) -> list[str]:
    """Return household ids in order."""
    return [f"h{number:03d}" for number in range(count)]


def message(items: Sequence[str] = ("h1",), type_: str = TYPE) -> Message:
    """Return a message that carries these households."""
    return Message(uuid4(), type_, NOW, {ITEMS_KEY: list(items)})


def outgoing(items: Sequence[str] = ("h1",), type_: str = TYPE) -> Outgoing:
    """Return a message on its way."""
    made = message(items, type_)
    return Outgoing(made.id, type_, encode(made))


def households(one: Message) -> Sequence[str]:
    """Return the ids in a household message."""
    found: Sequence[str] = one.data[ITEMS_KEY]
    return found


async def record(tx: Transaction, items: Sequence[str]) -> None:
    """Handle by counting each item."""
    await tx.execute(
        """INSERT INTO effects (item) SELECT unnest($1::text[])
           ON CONFLICT (item) DO UPDATE SET times = effects.times + 1""",
        items,
    )


async def idle(tx: Transaction, items: Sequence[str]) -> None:
    """Handle by doing nothing."""


def route(handle: Handle = record, name: str = "assess_households", **changes: Any) -> Route:
    """Return a route for household messages."""
    settings: dict[str, Any] = {"batch": Batch(500, 10), **changes}
    return Route(name, settings.pop("on", (TYPE,)), handle, households, **settings)


async def commit(database: Database, *messages: Message) -> None:
    """Put messages into the outbox."""
    async with database.transaction() as tx:
        await outbox.append(tx, messages)


async def value(database: Database, sql: str, *arguments: Any) -> Any:
    """Return the one value of a query."""
    async with database.snapshot() as snapshot:
        return await snapshot.fetchval(sql, *arguments)


async def column(database: Database, sql: str, *arguments: Any) -> list[Any]:
    """Return the first column of a query."""
    async with database.snapshot() as snapshot:
        return [row[0] for row in await snapshot.fetch(sql, *arguments)]


async def expire(database: Database) -> None:
    """Let the time pass after which a start that nobody renews counts as a death."""
    async with database.transaction() as tx:
        await tx.execute("UPDATE crash_ledger SET renewed_at = '-infinity', worker = 'elsewhere'")


async def take(subscription: Subscription, count: int) -> list[Delivery]:
    """Receive exactly `count` deliveries."""
    taken: list[Delivery] = []
    async with asyncio.timeout(STANDSTILL_SECONDS):
        while len(taken) < count:
            if delivery := await subscription.receive(0.5):
                taken.append(delivery)
    return taken


@asynccontextmanager
async def running(*components: Any) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Run components and cancel them, last one first, at the end."""
    tasks = [asyncio.create_task(component.run()) for component in components]
    try:
        yield tasks
    finally:
        for task in reversed(tasks):
            task.cancel()
            await asyncio.wait([task])


@dataclass
class Counting:
    """An observer that remembers."""

    transactions: int = 0
    quarantines: int = 0
    confirmed: int = 0
    reconnects: int = 0
    spent: int = 0

    def batch(self, route: str, items: int, seconds: float, transactions: int) -> None:
        """Add up the transactions."""
        self.transactions += transactions

    def quarantined(self, route: str, reason: str) -> None:
        """Count the items put aside."""
        self.quarantines += 1

    def published(self, messages: int) -> None:
        """Count the messages confirmed."""
        self.confirmed += messages

    def resent(self, messages: int) -> None:
        """Count the messages put back."""
        self.spent += messages

    def reconnected(self) -> None:
        """Count the reconnects."""
        self.reconnects += 1
