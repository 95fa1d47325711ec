"""The RabbitMQ transport: the contract against a real broker, and its faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aio_pika
import pytest
import pytest_asyncio
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.messaging.rabbitmq import RabbitMQTransport
from shared.messaging.rabbitmq_consuming import Times
from shared.messaging.topology import Route, Topology
from shared.messaging.transport import Confirmed, Refused, TransportUnavailable, Unknown
from tests.waiting import until

from .helpers import Counting, outgoing, route, take
from .proxy import Proxy
from .transport_contract import ANNOUNCED, Make, TransportContract

pytestmark = [pytest.mark.asyncio, pytest.mark.broker]

# Quick to look and to come back, slow to give up: a busy machine is not a broken broker.
ORDER = "households.due"
QUICK = Times(call=5.0, connect=30.0, reconnect_min=0.1, reconnect_max=0.5, watch=0.3, stalled=30.0)


class Broker:
    """The broker under a prefix of our own, seen from outside the transport."""

    def __init__(self, url: str, connection: Any) -> None:
        self.url = url
        self.prefix = f"msg-test-{uuid4().hex[:8]}"
        self.transports: list[RabbitMQTransport] = []
        self._connection = connection
        self._queues: set[str] = set()

    async def make(
        self, routes: Sequence[Route], url: str = "", declare: bool = True, **changes: Any
    ) -> RabbitMQTransport:
        """Return a transport for these routes."""
        length_max = changes.pop("length_max", 200_000)
        orders = frozenset({ORDER})
        topology = Topology(tuple(routes), ANNOUNCED, self.prefix, length_max, orders)
        self._queues |= {queue.name for queue in topology.queues()}
        settings: dict[str, Any] = {"times": QUICK, **changes}
        transport = RabbitMQTransport(url or self.url, topology, name="test", **settings)
        self.transports.append(transport)
        if declare:
            await transport.declare()
        return transport

    async def delete(self, queue: str) -> None:
        """Delete a queue."""
        async with self._connection.channel() as channel:
            await channel.queue_delete(queue)

    async def unbind(self, queue: str, key: str) -> None:
        """Take a binding away."""
        async with self._connection.channel() as channel:
            found = await channel.get_queue(queue, ensure=False)
            await found.unbind(f"{self.prefix}.events", key)

    @asynccontextmanager
    async def listening(self, key: str) -> AsyncIterator[str]:
        """Give the name of a queue that an outsider has bound to what happened."""
        async with self._connection.channel() as channel:
            queue = await channel.declare_queue(f"{self.prefix}.outsider", durable=True)
            await queue.bind(f"{self.prefix}.events", key)
            yield queue.name
            await queue.delete(if_unused=False, if_empty=False)

    async def count(self, queue: str) -> int | None:
        """Return the ready messages, or None for a missing queue."""
        try:
            async with self._connection.channel() as channel:
                found = await channel.declare_queue(queue, passive=True)
                count: int = found.declaration_result.message_count
                return count
        except ChannelNotFoundEntity:
            return None

    async def close(self) -> None:
        """Remove everything that was made."""
        for transport in self.transports:
            await transport.close()
        async with self._connection.channel() as channel:
            for queue in self._queues:
                await channel.queue_delete(queue)
            for exchange in ("events", "work", "dead"):
                await channel.exchange_delete(f"{self.prefix}.{exchange}")


@pytest_asyncio.fixture
async def broker(amqp: str) -> AsyncIterator[Broker]:
    """Give the broker."""
    connection = await aio_pika.connect(amqp)
    broker = Broker(amqp, connection)
    yield broker
    await broker.close()
    await connection.close()


@pytest_asyncio.fixture
async def make(broker: Broker) -> Make:
    """Return the builder that the contract asks for."""
    return broker.make


@pytest_asyncio.fixture
async def proxy(amqp: str) -> AsyncIterator[Proxy]:
    """Give a proxy in front of the broker."""
    parts = urlsplit(amqp)
    proxy = Proxy(parts.hostname or "127.0.0.1", parts.port or 5672)
    await proxy.start()
    yield proxy
    await proxy.close()


def through(amqp: str, port: int) -> str:
    """Return the broker's address by way of a port of ours."""
    parts = urlsplit(amqp)
    return parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}").geturl()


class TestRabbitMQ(TransportContract):
    """The contract holds over RabbitMQ."""


async def test_declaring_twice_changes_nothing(make: Make) -> None:
    transport = await make([route()])
    await transport.declare()
    assert await transport.publish([outgoing()], 60) == [Confirmed()]


async def test_starting_declares_and_a_broker_that_is_down_is_declared_later(
    make: Make, broker: Broker, proxy: Proxy, amqp: str
) -> None:
    proxy.refuse = True
    transport = await make([route()], url=through(amqp, proxy.port), declare=False)
    queue = f"{broker.prefix}.assess-households"
    await transport.start()
    assert await broker.count(queue) is None
    proxy.refuse = False

    async def declared() -> bool:
        return await broker.count(queue) == 0

    await until(declared)
    await transport.start()


async def test_a_message_waits_for_a_consumer_that_comes_later(make: Make) -> None:
    transport = await make([one := route()])
    assert await transport.publish([outgoing()], 60) == [Confirmed()]
    subscription = transport.subscribe(one)
    (delivery,) = await take(subscription, 1)
    assert not delivery.suspect
    await subscription.ack([delivery])


async def test_a_lost_binding_is_refused_and_nothing_is_taken_for_sent(
    make: Make, broker: Broker
) -> None:
    transport = await make([one := route()])
    await broker.unbind(f"{broker.prefix}.assess-households", one.on[0])
    assert await transport.publish([outgoing()], 60) == [Refused("unroutable")]


async def test_a_work_order_reaches_its_queue_and_nobody_who_listens_to_all_that_happens(
    make: Make, broker: Broker
) -> None:
    done, ordered = route(), route(on=(ORDER,), queue="households-due")
    transport = await make([done, ordered])
    async with broker.listening("#") as outsider:
        sent = [outgoing(), outgoing(type_=ORDER)]
        assert await transport.publish(sent, 60) == [Confirmed(), Confirmed()]
        for one in (done, ordered):
            subscription = transport.subscribe(one)
            (delivery,) = await take(subscription, 1)
            await subscription.ack([delivery])
        assert await broker.count(outsider) == 1


async def test_a_full_queue_refuses(make: Make) -> None:
    transport = await make([route()], length_max=3)
    outcomes: list[Any] = []
    for _ in range(12):
        outcomes += await transport.publish([outgoing()], 60)
    assert outcomes[0] == Confirmed() and outcomes[-1] == Refused("rejected")


async def test_a_deleted_queue_is_declared_again_and_consumed(make: Make, broker: Broker) -> None:
    transport = await make([one := route()], observer=(counting := Counting()))
    subscription = transport.subscribe(one)
    assert await transport.publish([outgoing()], 60) == [Confirmed()]
    await subscription.ack(await take(subscription, 1))
    await broker.delete(f"{broker.prefix}.assess-households")
    await until(lambda: counting.reconnects > 0)
    assert await transport.publish([outgoing()], 60) == [Confirmed()]
    (delivery,) = await take(subscription, 1)
    await subscription.ack([delivery])


async def test_a_cut_connection_is_built_again_and_nothing_is_lost(
    make: Make, broker: Broker, proxy: Proxy, amqp: str
) -> None:
    transport = await make([one := route()], url=through(amqp, proxy.port))
    subscription = transport.subscribe(one)
    assert await transport.publish([outgoing()], 60) == [Confirmed()]
    (stale,) = await take(subscription, 1)
    proxy.cut()
    (again,) = await take(subscription, 1)
    assert again.suspect
    assert subscription.holds(again) and not subscription.holds(stale)
    await subscription.ack([stale])
    await subscription.ack([again])
    await subscription.stop()
    assert await broker.count(f"{broker.prefix}.assess-households") == 0


async def test_a_broker_that_is_down_at_start_is_found_later(
    make: Make, proxy: Proxy, amqp: str
) -> None:
    await make([one := route()])
    proxy.refuse = True
    transport = await make([one], url=through(amqp, proxy.port), declare=False)
    subscription = transport.subscribe(one)
    with pytest.raises(TransportUnavailable):
        await transport.publish([outgoing()], 2)
    assert await subscription.receive(1.5) is None
    proxy.refuse = False
    assert await transport.publish([outgoing()], 60) == [Confirmed()]
    await subscription.ack(await take(subscription, 1))


async def test_a_confirm_that_never_comes_discards_the_channel(
    make: Make, proxy: Proxy, amqp: str
) -> None:
    transport = await make([route()], url=through(amqp, proxy.port))
    assert await transport.publish([outgoing()], 60) == [Confirmed()]
    made = proxy.connections
    proxy.swallow = True
    assert await transport.publish([outgoing(), outgoing()], 0.5) == [Unknown(), Unknown()]
    assert transport._link is None
    proxy.swallow = False
    assert await transport.publish([outgoing()], 60) == [Confirmed()]
    assert proxy.connections == made + 1


async def test_a_silent_broker_is_noticed_by_the_watchdog(
    make: Make, proxy: Proxy, amqp: str
) -> None:
    counting = Counting()
    quick = replace(QUICK, call=0.5)
    transport = await make(
        [one := route()], url=through(amqp, proxy.port), observer=counting, times=quick
    )
    subscription = transport.subscribe(one)
    assert await transport.publish([outgoing()], 60) == [Confirmed()]
    await subscription.ack(await take(subscription, 1))
    proxy.swallow = True
    made = proxy.connections
    await until(lambda: proxy.connections > made)
    proxy.swallow = False
    await until(lambda: counting.reconnects > 0)
    assert await transport.publish([outgoing()], 60) == [Confirmed()]
    await subscription.ack(await take(subscription, 1))


async def test_a_cancelled_publish_discards_the_channel(
    make: Make, proxy: Proxy, amqp: str
) -> None:
    transport = await make([route()], url=through(amqp, proxy.port))
    await transport.publish([outgoing()], 60)
    proxy.swallow = True
    publishing = asyncio.create_task(transport.publish([outgoing()], 60))
    await asyncio.sleep(0.2)
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing
    assert transport._link is None
