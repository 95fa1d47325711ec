"""A process that delivers webhooks and nothing else, to be killed.

python -m tests.webhooks.doomed DSN LEASE_SECONDS
"""

from __future__ import annotations

import asyncio
import sys
from uuid import uuid4

from services.worker.webhooks import courier, deliverer
from services.worker.webhooks.courier import Means
from services.worker.webhooks.deliverer import Deliverer
from services.worker.webhooks.receivers import Receivers
from shared.http.auth import OFF
from shared.http.context import make_context
from shared.kernel.clock import SystemClock
from shared.kernel.database import connect
from shared.settings import Settings


async def deliver(dsn: str, lease_seconds: float) -> None:
    """Deliver until killed; a lease of a dead one ends sooner than it would."""
    courier.LEASE_SECONDS = deliverer.LEASE_SECONDS = lease_seconds
    settings = Settings(auth="off", audit="off", webhooks_inside=True)
    database = await connect(dsn, name="doomed", pool_max=4)
    context = make_context(settings, database, SystemClock(), OFF)
    means = Means(
        *(database, context.clock, context.areas, context.keys, Receivers(inside=True), None),
        anybody=True,
        lease=uuid4(),
    )
    await Deliverer(means, look_every_seconds=0.1).run()


if __name__ == "__main__":
    asyncio.run(deliver(sys.argv[1], float(sys.argv[2])))
