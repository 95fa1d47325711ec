"""A worker in embedded mode that exits hard at one item; run by a test, ends when drained."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

from shared.kernel.database import Database, Transaction, connect
from shared.messaging.consumer import Consumer
from shared.messaging.inprocess import InProcessTransport
from shared.messaging.relay import Relay
from shared.messaging.topology import Batch, Route, Topology

TYPE = "household-event.recorded"


def dying(victim: str) -> Route:
    """Return a route whose handler ends the process at this item."""

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        if victim in items:
            os._exit(9)
        await tx.execute(
            """INSERT INTO effects (item) SELECT unnest($1::text[])
               ON CONFLICT (item) DO UPDATE SET times = effects.times + 1""",
            items,
        )

    return Route(
        "assess_households", (TYPE,), handle, lambda m: m.data["household_ids"], Batch(500, 10)
    )


async def drained(database: Database) -> None:
    """Return when the outbox is empty."""
    while True:
        async with database.snapshot() as snapshot:
            if not await snapshot.fetchval("SELECT count(*) FROM outbox"):
                return
        await asyncio.sleep(0.05)


async def main(dsn: str, victim: str) -> None:
    """Work until drained or dead."""
    database = await connect(dsn, name="doomed", pool_max=4)
    route = dying(victim)
    transport = InProcessTransport(Topology((route,)))
    components = (Consumer(route, database, transport), Relay(database, transport))
    tasks = [asyncio.create_task(component.run()) for component in components]
    await drained(database)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
