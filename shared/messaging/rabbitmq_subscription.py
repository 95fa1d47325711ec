"""One route's consumer on a RabbitMQ channel, moved to a new channel after every loss.

Callback consumer only: an iterator of the client ends quietly after an outage of a minute, and its
`process()` rejects what a cancellation touches. Settling is by hand, after the commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from uuid import uuid4

import structlog
from aiormq.abc import AbstractChannel, DeliveredMessage
from aiormq.exceptions import AMQPError

from shared.messaging import cancellation
from shared.messaging.topology import Route
from shared.messaging.transport import Delivery

# RuntimeError is how the client says that a channel is closed. The broker delivers again.
GONE = (AMQPError, OSError, RuntimeError, TimeoutError)

# The header of a message that whoever else takes from the broker goes on with, too.
TRACEPARENT = "traceparent"

log = structlog.get_logger()


class RabbitSubscription:
    """The deliveries of one route; `receive` waits through reconnects."""

    def __init__(self, route: Route, queue: str, call_seconds: float) -> None:
        """Stay without a channel until `attach`."""
        self.route = route
        self.queue = queue
        self.stopped = False
        self._call_seconds = call_seconds
        self._channel: AbstractChannel | None = None
        self._consumer_tag = uuid4().hex
        self._buffer: asyncio.Queue[Delivery] = asyncio.Queue()
        self._unsettled: dict[int, None] = {}
        self._delivered_at = 0.0
        self._lost: Callable[[str], None] = lambda _: None

    @property
    def attached(self) -> bool:
        """Say whether a channel consumes for this subscription."""
        return self._channel is not None

    def stalled(self, waiting: int, seconds: float) -> bool:
        """Say whether messages wait in the queue that the broker should have delivered."""
        free = len(self._unsettled) < self.route.prefetch
        return waiting > 0 and free and monotonic() - self._delivered_at > seconds

    async def attach(self, channel: AbstractChannel, lost: Callable[[str], None]) -> None:
        """Consume on `channel`; a missing queue is an error, not created here."""
        limit = self._call_seconds
        await channel.basic_qos(prefetch_count=self.route.prefetch, timeout=limit)
        await channel.queue_declare(self.queue, passive=True, timeout=limit)
        self.detach()
        self._channel, self._delivered_at, self._lost = channel, monotonic(), lost

        async def take(message: DeliveredMessage) -> None:
            self._take(channel, message)

        channel.on_consumer_cancel_callbacks.add(lambda _: lost("consumer_cancelled"))
        channel.closing.add_done_callback(lambda _: lost("channel_closed"))
        # Named by us: a delivery can overtake the answer that would tell the name.
        await channel.basic_consume(
            self.queue, take, consumer_tag=self._consumer_tag, timeout=limit
        )
        if self.stopped:
            await self.stop()

    def detach(self) -> None:
        """Forget the channel and its deliveries: the broker has taken them back."""
        self._channel = None
        self._unsettled.clear()
        while not self._buffer.empty():
            self._buffer.get_nowait()

    async def receive(self, seconds: float | None) -> Delivery | None:
        """Return the next delivery, or None after `seconds`."""
        with suppress(asyncio.QueueEmpty):
            return self._buffer.get_nowait()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._buffer.get()
        return None

    def holds(self, delivery: Delivery) -> bool:
        """Say whether this one came on the channel of now and is not settled."""
        return self._tag(delivery) is not None

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Settle in one frame where these are all that came so far, else one by one."""
        tags = self._mine(deliveries)
        if not tags:
            return
        if all(tag > tags[-1] for tag in self._unsettled):
            await self._call(lambda channel: channel.basic_ack(tags[-1], multiple=True))
            return
        for tag in tags:
            await self._call(partial(_ack, tag=tag))

    async def nack(self, deliveries: Sequence[Delivery]) -> None:
        """Give these back to the queue."""
        for tag in self._mine(deliveries):
            await self._call(partial(_nack, tag=tag))

    async def stop(self) -> None:
        """Cancel the consumer and give back what nobody has received."""
        self.stopped = True
        limit = self._call_seconds
        await self._call(lambda channel: channel.basic_cancel(self._consumer_tag, timeout=limit))
        buffered = []
        while not self._buffer.empty():
            buffered.append(self._buffer.get_nowait())
        await self.nack(buffered)

    def _take(self, channel: AbstractChannel, message: DeliveredMessage) -> None:
        if channel is not self._channel or message.delivery_tag is None:
            return
        self._delivered_at = monotonic()
        self._unsettled[message.delivery_tag] = None
        headers = message.header.properties.headers or {}
        count = headers.get("x-delivery-count", 0)
        traced = headers.get(TRACEPARENT)
        receipt = (channel, message.delivery_tag)
        self._buffer.put_nowait(
            Delivery(
                message.body,
                bool(message.redelivered),
                count if isinstance(count, int) else 0,
                receipt,
                traced if isinstance(traced, str) else None,
            )
        )

    def _mine(self, deliveries: Sequence[Delivery]) -> list[int]:
        """Return, in order, the unsettled tags of these on the channel of now, as settled."""
        tags = []
        for delivery in deliveries:
            tag = self._tag(delivery)
            if tag is not None:
                del self._unsettled[tag]
                tags.append(tag)
        return sorted(tags)

    def _tag(self, delivery: Delivery) -> int | None:
        channel, tag = delivery.receipt if isinstance(delivery.receipt, tuple) else (None, 0)
        return tag if channel is self._channel and tag in self._unsettled else None

    async def _call(self, call: Callable[[AbstractChannel], Awaitable[object]]) -> None:
        if self._channel is None:
            return
        try:
            async with asyncio.timeout(self._call_seconds):
                await call(self._channel)
        except (*GONE, asyncio.CancelledError) as error:
            if not cancellation.stray(error):
                raise
            log.info("messaging.settle_lost", queue=self.queue, error=type(error).__name__)
            if isinstance(error, TimeoutError):
                # One call that hangs is enough to know that the next would hang too.
                self._channel = None
                self._lost("settle_unanswered")


async def _ack(channel: AbstractChannel, *, tag: int) -> None:
    await channel.basic_ack(tag)


async def _nack(channel: AbstractChannel, *, tag: int) -> None:
    await channel.basic_nack(tag, requeue=True)
