"""The consume side: one connection that is built anew after any trouble, for ever.

Trouble is: the connection or a channel ends, the broker cancels a consumer, the watchdog's question
stays unanswered, or messages wait while nothing is delivered. A queue that is missing is an alarm
before it is declared again, because whatever was in it is gone until replayed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from random import random
from typing import Protocol

import structlog
from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelNotFoundEntity

from shared.messaging import cancellation
from shared.messaging.rabbitmq_subscription import RabbitSubscription
from shared.messaging.topology import Topology, declare
from shared.observability.metrics import SILENT, Observer

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Times:
    """Every time constant of the broker side, in seconds."""

    heartbeat: int = 15
    connect: float = 5.0
    call: float = 5.0
    reconnect_min: float = 0.5
    reconnect_max: float = 5.0
    watch: float = 10.0
    stalled: float = 30.0


class Link(Protocol):
    """An open connection to the broker."""

    async def channel(self) -> AbstractChannel:
        """Open a channel."""
        ...

    def on_close(self, call: Callable[[], None]) -> None:
        """Call when the connection ends."""
        ...

    async def close(self) -> None:
        """End it, within a deadline and without an error."""
        ...


class ConsumptionLost(Exception):
    """The consume connection is to be built anew; the reason is a code."""


class Consuming:
    """Keeps every subscription consuming."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Link]],
        topology: Topology,
        times: Times,
        observer: Observer = SILENT,
        jitter: Callable[[], float] = random,
    ) -> None:
        """Wait for `run` to connect."""
        self._connect = connect
        self._topology = topology
        self._times = times
        self._observer = observer
        self._jitter = jitter
        self._subscriptions: list[RabbitSubscription] = []
        self._wake = asyncio.Event()
        self._lost: str | None = None
        self._failures = 0

    def add(self, subscription: RabbitSubscription) -> None:
        """Consume for `subscription` too, from now on."""
        self._subscriptions.append(subscription)
        self._wake.set()

    async def run(self) -> None:
        """Consume until cancelled."""
        while True:
            try:
                await self._session()
            except (Exception, asyncio.CancelledError) as error:
                if not cancellation.stray(error):
                    raise
                reason = str(error) if isinstance(error, ConsumptionLost) else type(error).__name__
                log.warning("messaging.consuming_lost", reason=reason, failures=self._failures)
            cancellation.check()
            self._failures += 1
            pause = self._times.reconnect_min * 2.0 ** min(self._failures - 1, 10)
            await asyncio.sleep(
                min(self._times.reconnect_max, pause) * (0.5 + 0.5 * self._jitter())
            )

    async def _session(self) -> None:
        link = await self._connect()
        try:
            self._lost = None
            link.on_close(lambda: self._lose("connection_closed"))
            await self._attach(link)
            if self._failures:
                self._observer.reconnected()
                log.info("messaging.consuming_again", failures=self._failures)
            self._failures = 0
            watch = await link.channel()
            while True:
                await self._wait()
                await self._attach(link)
                await self._probe(watch)
        finally:
            for subscription in self._subscriptions:
                subscription.detach()
            await link.close()

    async def _wait(self) -> None:
        cancellation.check()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.watch):
                await self._wake.wait()
        self._wake.clear()
        if self._lost:
            raise ConsumptionLost(self._lost)

    async def _attach(self, link: Link) -> None:
        keep = [one for one in self._subscriptions if one.attached or not one.stopped]
        self._subscriptions = keep
        for subscription in keep:
            if subscription.attached:
                continue
            try:
                await subscription.attach(await link.channel(), self._lose)
            except ChannelNotFoundEntity:
                log.error("messaging.queue_missing", queue=subscription.queue)
                await declare(await link.channel(), self._topology)
                await subscription.attach(await link.channel(), self._lose)

    async def _probe(self, watch: AbstractChannel) -> None:
        for subscription in [one for one in self._subscriptions if not one.stopped]:
            async with asyncio.timeout(self._times.call):
                queue = await watch.queue_declare(subscription.queue, passive=True)
            if subscription.stalled(queue.message_count or 0, self._times.stalled):
                log.error("messaging.consumer_stalled", queue=subscription.queue)
                raise ConsumptionLost("consumer_stalled")

    def _lose(self, reason: str) -> None:
        self._lost = self._lost or reason
        self._wake.set()
