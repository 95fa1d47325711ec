"""The RabbitMQ transport; the only module that knows the client library.

Two plain connections, one to publish and one to consume, and reconnecting of our own: the client's
recovery waits outside any timeout, re-creates queues silently and has lost consumers. So whatever
is in doubt is thrown away and built anew, and every call has a deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from itertools import count
from random import random
from typing import Any

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel as ClientChannel
from aio_pika.abc import AbstractConnection, AbstractExchange
from aio_pika.exceptions import DeliveryError, PublishError
from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelNotFoundEntity
from pamqp.commands import Basic

from shared.messaging import cancellation
from shared.messaging.rabbitmq_consuming import Consuming, Times
from shared.messaging.rabbitmq_faults import why_unreachable
from shared.messaging.rabbitmq_spent import take
from shared.messaging.rabbitmq_subscription import GONE, TRACEPARENT, RabbitSubscription
from shared.messaging.topology import Route, Topology, declare
from shared.messaging.transport import (
    Confirmed,
    Keep,
    Outgoing,
    PublishOutcome,
    Refused,
    TransportUnavailable,
    Unknown,
)
from shared.observability.metrics import SILENT, Observer

log = structlog.get_logger()


class RabbitMQTransport:
    """Publishes with confirms and consumes from quorum queues."""

    durable = True

    def __init__(
        self,
        address: str | Callable[[], str],
        topology: Topology,
        *,
        name: str = "registry",
        times: Times | None = None,
        observer: Observer = SILENT,
        jitter: Callable[[], float] = random,
    ) -> None:
        """Connect later: to publish on the first publish, to consume when subscribed.

        An address that is a function is asked at each connection: its password may be replaced.
        """
        self._address = address
        self._topology = topology
        self._name = name
        self._times = times or Times()
        self._jitter = jitter
        self._closed = False
        self._told = ""
        self._missing = False
        self._numbers = count(1)
        self._opening = asyncio.Lock()
        self._link: _Link | None = None
        self._channel: ClientChannel | None = None
        self._exchanges: dict[str, AbstractExchange] = {}
        self._consuming = Consuming(
            lambda: self._connect("consume"), topology, self._times, observer, jitter
        )
        self._keeper: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()

    @property
    def _url(self) -> str:
        return self._address if isinstance(self._address, str) else self._address()

    async def start(self) -> None:
        """Declare the topology; while the broker is down, go on trying in the background."""
        if not await self._declared():
            self._in_background(self._declare_later())

    async def declare(self) -> None:
        """Create the exchanges, queues and bindings that are missing."""
        async with self._linked("declare") as link:
            await declare(await link.channel(), self._topology)

    async def publish(self, messages: Sequence[Outgoing], seconds: float) -> list[PublishOutcome]:
        """Send all on one confirm channel; a channel with an answer missing is discarded."""
        ends = asyncio.get_running_loop().time() + seconds
        exchanges = await self._ready(seconds)
        sending = [
            asyncio.create_task(self._send(exchanges[self._topology.exchange_of(m.type)], m))
            for m in messages
        ]
        known = False
        try:
            if sending:
                left = ends - asyncio.get_running_loop().time()
                await asyncio.wait(sending, timeout=max(0.0, left))
            outcomes = [_answer(task) for task in sending]
            known = not any(isinstance(outcome, Unknown) for outcome in outcomes)
        finally:
            for task in sending:
                task.cancel()
            if not known:
                await self.discard()
        return outcomes

    async def take_spent(self, keep: Keep, limit: int) -> int:
        """Hand what was delivered too often to `keep`; what it does not keep stays in the queue."""
        async with self._linked("spent") as link:
            channel = await link.channel()
            return await take(channel, self._topology.dead, keep, limit, self._times.call)

    async def count_spent(self) -> int:
        """Return how many messages lie there."""
        async with self._linked("spent") as link:
            channel = await link.channel()
            async with asyncio.timeout(self._times.call):
                queue = await channel.queue_declare(self._topology.dead, passive=True)
            return queue.message_count or 0

    async def count_consumers(self) -> dict[str, int]:
        """Return how many take from each queue that has a route."""
        counts = {}
        async with self._linked("consumers") as link:
            channel = await link.channel()
            for name in map(self._topology.queue, self._topology.routes):
                async with asyncio.timeout(self._times.call):
                    queue = await channel.queue_declare(name, passive=True)
                counts[name] = queue.consumer_count or 0
        return counts

    @asynccontextmanager
    async def _linked(self, role: str) -> AsyncIterator[_Link]:
        try:
            link = await self._connect(role)
        except GONE as error:
            raise TransportUnavailable(why_unreachable(error, self._url)) from error
        try:
            yield link
        except GONE as error:
            raise TransportUnavailable(why_unreachable(error, self._url)) from error
        finally:
            await link.close()

    def subscribe(self, route: Route) -> RabbitSubscription:
        """Consume the queue of `route`, now and after every reconnect."""
        subscription = RabbitSubscription(route, self._topology.queue(route), self._times.call)
        self._consuming.add(subscription)
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._consuming.run())
        return subscription

    async def discard(self) -> None:
        """Leave the publish connection to its end; the next publish makes a new one."""
        link, self._link, self._exchanges = self._link, None, {}
        if link:
            log.warning("messaging.publish_channel_discarded")
            self._in_background(link.close())

    async def close(self) -> None:
        """Close both connections; deliveries that are not settled return to their queues."""
        self._closed = True
        if self._keeper:
            self._keeper.cancel()
            await asyncio.wait([self._keeper], timeout=2 * self._times.call)
            self._keeper = None
        link, self._link, self._exchanges = self._link, None, {}
        if link:
            await link.close()
        if self._background:
            await asyncio.wait(self._background, timeout=self._times.call)

    async def _declared(self) -> bool:
        try:
            await self.declare()
        except TransportUnavailable as error:
            # Said once for each cause: a broker that stays away fills no log.
            if str(error) != self._told:
                self._told = str(error)
                log.error("messaging.broker_unavailable", why=self._told)
            return False
        return True

    async def _declare_later(self) -> None:
        pause = self._times.reconnect_max
        while not self._closed:
            await asyncio.sleep(pause * (0.5 + 0.5 * self._jitter()))
            if await self._declared():
                return

    async def _ready(self, seconds: float) -> dict[str, AbstractExchange]:
        try:
            async with asyncio.timeout(min(seconds, self._times.connect)), self._opening:
                if not self._exchanges or self._channel is None or self._channel.is_closed:
                    self._exchanges = await self._open_exchanges()
                return self._exchanges
        except (*GONE, asyncio.CancelledError) as error:
            await self.discard()
            if not cancellation.stray(error):
                raise
            raise TransportUnavailable(why_unreachable(error, self._url)) from error

    async def _open_exchanges(self) -> dict[str, AbstractExchange]:
        await self.discard()
        self._link = await self._connect("publish")
        if self._missing:
            # Whoever deleted the exchanges, or the whole node, told nobody; workers may be away.
            await declare(await self._link.channel(), self._topology)
            self._missing = False
        self._channel = self._link.connection.channel(on_return_raises=True)
        await self._channel.initialize(timeout=self._times.call)
        return {
            name: await self._channel.get_exchange(name, ensure=False)
            for name in (self._topology.events, self._topology.work)
        }

    async def _send(self, exchange: AbstractExchange, message: Outgoing) -> PublishOutcome:
        # The client finds a returned message by its id, so two in flight must never share one.
        envelope = aio_pika.Message(
            message.body,
            message_id=f"{message.key}/{next(self._numbers)}",
            content_type="application/cloudevents+json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            type=message.type,
            headers={TRACEPARENT: message.traceparent} if message.traceparent else None,
        )
        try:
            answer = await exchange.publish(envelope, message.type, mandatory=True)
        except PublishError:
            return Refused("unroutable")
        except DeliveryError:
            return Refused("rejected")
        except GONE as error:
            self._missing = self._missing or isinstance(error, ChannelNotFoundEntity)
            log.info("messaging.publish_failed", error=type(error).__name__)
            return Unknown()
        return Confirmed() if isinstance(answer, Basic.Ack) else Unknown()

    async def _connect(self, role: str) -> _Link:
        async with asyncio.timeout(self._times.connect):
            connection = await aio_pika.connect(
                self._url,
                heartbeat=self._times.heartbeat,
                client_properties={"connection_name": f"{self._name}-{role}"},
            )
        return _Link(connection, self._times.call)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _answer(task: asyncio.Task[PublishOutcome]) -> PublishOutcome:
    return task.result() if task.done() and not task.cancelled() else Unknown()


class _Link:
    """An open connection; holds its channels, which the client only references weakly."""

    def __init__(self, connection: AbstractConnection, call_seconds: float) -> None:
        """Own `connection`."""
        self.connection = connection
        self._call_seconds = call_seconds
        self._channels: list[ClientChannel] = []

    async def channel(self) -> AbstractChannel:
        """Open a channel."""
        async with asyncio.timeout(self._call_seconds):
            channel = self.connection.channel(publisher_confirms=False)
            await channel.initialize()
            self._channels.append(channel)
            return await channel.get_underlay_channel()

    def on_close(self, call: Callable[[], None]) -> None:
        """Call when the connection ends."""
        self.connection.close_callbacks.add(lambda *_: call())

    async def close(self) -> None:
        """End it, within a deadline and without an error."""
        closing = asyncio.ensure_future(self.connection.close())
        await asyncio.wait([closing], timeout=self._call_seconds)
        if not closing.done() or closing.cancelled() or closing.exception():
            closing.cancel()
            log.info("messaging.connection_abandoned")
        self._channels.clear()
