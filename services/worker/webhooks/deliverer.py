"""The component that keeps webhooks going: where there is something to do, it sends a courier.

Nothing wakes it but the database: what lies behind a subscription's place in the feed, and what
waits. So a broker may forget what it likes, and a killed worker leaves its subscriptions to others.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from uuid import UUID

import structlog

from services.worker.webhooks.courier import LEASE_SECONDS, Courier, Means
from shared.households.store import transition_traces
from shared.subscriptions.patience import GIVEN_UP_AFTER
from shared.subscriptions.store import deliveries, subscriptions

LOOK_EVERY_SECONDS = 0.5
AT_ONCE = 200
# Receivers that take everything slowly could keep all others out: where there is no room, whoever
# has delivered for so long gives way.
TURN_SECONDS = 30.0
# A courier that failed is not sent again at once: its database or its audit chain may be away.
FAILED_REST_SECONDS = 2.0
# How long a stopping process waits for the receivers' answers.
STOP_SECONDS = 5.0
KEPT_FOR, FORGET_EVERY_SECONDS, FORGOTTEN_AT_ONCE = timedelta(days=30), 600.0, 5_000

log = structlog.get_logger()


@dataclass
class Deliverer:
    """Looks again and again; a failing database only delays."""

    means: Means
    look_every_seconds: float = LOOK_EVERY_SECONDS
    _couriers: dict[UUID, tuple[Courier, asyncio.Task[None]]] = field(default_factory=dict)
    _forgot_at: float = field(default_factory=monotonic)

    async def run(self) -> None:
        """Deliver for ever."""
        async with self.means.receivers:
            try:
                while True:
                    try:
                        await self.look()
                        await self._forget()
                    except Exception as error:  # webhooks go on when the database is back
                        log.warning("webhooks.failed", error=type(error).__name__)
                    await asyncio.sleep(self.look_every_seconds)
            finally:
                await self._stop()

    async def look(self) -> int:
        """Send couriers where there is something to do; return how many are out."""
        means = self.means
        self._couriers = {n: c for n, c in self._couriers.items() if not c[1].done()}
        room = AT_ONCE - len(self._couriers)
        if room > 0:
            async with means.turns, means.database.transaction() as tx:
                taken = await subscriptions.take(
                    tx, means.lease, LEASE_SECONDS, means.clock.now(), self._couriers, room
                )
            for subscription_id in taken:
                courier = Courier(means, subscription_id)
                self._couriers[subscription_id] = courier, asyncio.create_task(_run(courier))
        else:
            self._end_turns()
        return len(self._couriers)

    def _end_turns(self) -> None:
        for courier, _ in self._couriers.values():
            if monotonic() - courier.begun > TURN_SECONDS:
                courier.stop()

    async def _forget(self) -> None:
        """Take what was delivered long ago out of the log, some at a time."""
        if monotonic() - self._forgot_at < FORGET_EVERY_SECONDS:
            return
        before = self.means.clock.now() - KEPT_FOR
        async with self.means.database.transaction() as tx:
            forgotten = await deliveries.forget(tx, before, FORGOTTEN_AT_ONCE)
            await transition_traces.forget(tx, self.means.clock.now() - GIVEN_UP_AFTER)
        if forgotten < FORGOTTEN_AT_ONCE:
            self._forgot_at = monotonic()

    async def _stop(self) -> None:
        """Let what is on its way come to its end, for some seconds."""
        for courier, _ in self._couriers.values():
            courier.stop()
        tasks = [task for _, task in self._couriers.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()


async def _run(courier: Courier) -> None:
    try:
        await courier.run()
    except Exception as error:  # one subscription must not stop the others
        log.warning("webhooks.courier_failed", error=type(error).__name__)
        await asyncio.sleep(FAILED_REST_SECONDS)
