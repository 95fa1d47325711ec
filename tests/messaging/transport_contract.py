"""What every transport must do; run against the in-process one and against RabbitMQ."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.messaging.message import decode
from shared.messaging.topology import Route
from shared.messaging.transport import Confirmed, Refused, Unknown

from .helpers import TYPE, outgoing, route, take

Make = Callable[..., Awaitable[Any]]
ANNOUNCED = frozenset({"finding.raised"})


class TransportContract:
    """Subclasses give the fixture `make`: (routes, announced) -> a transport that is ready."""

    async def test_a_published_message_is_delivered_and_confirmed(self, make: Make) -> None:
        transport = await make([one := route()])
        subscription = transport.subscribe(one)
        sent = outgoing(["h1", "h2"])
        publishing = asyncio.create_task(transport.publish([sent], 60))
        (delivery,) = await take(subscription, 1)
        assert delivery.body == sent.body and not delivery.suspect
        await subscription.ack([delivery])
        assert await publishing == [Confirmed()]

    async def test_the_trace_of_what_sends_it_comes_along(self, make: Make) -> None:
        transport = await make([one := route()])
        subscription = transport.subscribe(one)
        trace = f"00-{1:032x}-{2:016x}-01"
        sent = [replace(outgoing(), traceparent=trace), outgoing()]
        publishing = asyncio.create_task(transport.publish(sent, 60))
        deliveries = await take(subscription, 2)
        assert [one.traceparent for one in deliveries] == [trace, None]
        await subscription.ack(deliveries)
        await publishing

    async def test_many_are_confirmed_in_order_of_the_call(self, make: Make) -> None:
        transport = await make([one := route(prefetch=100)])
        subscription = transport.subscribe(one)
        batch = [outgoing([f"h{n}"]) for n in range(60)]
        batch[30] = outgoing(type_="nobody.knows")
        publishing = asyncio.create_task(transport.publish(batch, 60))
        deliveries = await take(subscription, 59)
        await subscription.ack(deliveries[:20])
        await subscription.ack(deliveries[20:])
        outcomes = await publishing
        assert [i for i, got in enumerate(outcomes) if not isinstance(got, Confirmed)] == [30]
        assert {decode(d.body).id for d in deliveries} == {m.key for m in batch} - {batch[30].key}

    async def test_an_unroutable_message_is_refused(self, make: Make) -> None:
        transport = await make([route()])
        assert await transport.publish([outgoing(type_="nobody.knows")], 60) == [
            Refused("unroutable")
        ]

    async def test_an_announced_type_without_a_route_is_confirmed(self, make: Make) -> None:
        transport = await make([route()])
        assert await transport.publish([outgoing(type_="finding.raised")], 60) == [Confirmed()]

    async def test_each_route_of_a_type_gets_the_message(self, make: Make) -> None:
        routes = [route(), route(name="count_households")]
        transport = await make(routes)
        subscriptions = [transport.subscribe(one) for one in routes]
        publishing = asyncio.create_task(transport.publish([outgoing()], 60))
        for subscription in subscriptions:
            await subscription.ack(await take(subscription, 1))
        assert await publishing == [Confirmed()]

    async def test_what_is_given_back_comes_again_and_says_so(self, make: Make) -> None:
        transport = await make([one := route()])
        subscription = transport.subscribe(one)
        publishing = asyncio.create_task(transport.publish([outgoing()], 60))
        (first,) = await take(subscription, 1)
        assert subscription.holds(first)
        await subscription.nack([first])
        assert not subscription.holds(first)
        (again,) = await take(subscription, 1)
        assert again.body == first.body and again.suspect and again.redelivered
        assert subscription.holds(again) and not subscription.holds(first)
        await subscription.ack([again])
        assert not subscription.holds(again)
        assert await publishing == [Confirmed()]

    async def test_two_messages_of_one_id_are_both_settled(self, make: Make) -> None:
        transport = await make([one := route()])
        subscription = transport.subscribe(one)
        sent = outgoing()
        publishing = asyncio.create_task(transport.publish([sent, sent], 60))
        while not publishing.done():
            if delivery := await subscription.receive(0.1):
                await subscription.ack([delivery])
        assert await publishing == [Confirmed(), Confirmed()]

    async def test_no_more_than_the_prefetch_is_in_our_hands(self, make: Make) -> None:
        transport = await make([one := route(prefetch=5)])
        subscription = transport.subscribe(one)
        sent = [outgoing() for _ in range(12)]
        publishing = asyncio.create_task(transport.publish(sent, 60))
        taken = await take(subscription, 5)
        assert await subscription.receive(0.2) is None
        await subscription.ack(taken[1:4])
        more = await take(subscription, 3)
        assert await subscription.receive(0.2) is None
        await subscription.ack([taken[0], taken[4], *more])
        await subscription.ack(await take(subscription, 4))
        assert await publishing == [Confirmed()] * 12

    async def test_a_second_settlement_is_ignored(self, make: Make) -> None:
        transport = await make([one := route()])
        subscription = transport.subscribe(one)
        publishing = asyncio.create_task(transport.publish([outgoing(), outgoing()], 60))
        first, second = await take(subscription, 2)
        await subscription.ack([first])
        await subscription.ack([first])
        await subscription.nack([first])
        await subscription.ack([second])
        assert await publishing == [Confirmed()] * 2
        assert await subscription.receive(0.2) is None

    async def test_a_stopped_subscription_leaves_the_rest_to_the_next(self, make: Make) -> None:
        transport = await make([one := route()])
        subscription = transport.subscribe(one)
        sent = [outgoing() for _ in range(4)]
        publishing = asyncio.create_task(transport.publish(sent, 60))
        (held,) = await take(subscription, 1)
        await subscription.stop()
        await subscription.ack([held])
        other = transport.subscribe(one)
        await other.ack(await take(other, 3))
        assert await publishing == [Confirmed()] * 4

    async def test_closing_while_busy_does_not_hang(self, make: Make) -> None:
        transport = await make([one := route()])
        subscription = transport.subscribe(one)
        sent = [outgoing() for _ in range(3)]
        publishing = asyncio.create_task(transport.publish(sent, 60))
        (held,) = await take(subscription, 1)
        async with asyncio.timeout(60):
            await transport.close()
        await subscription.ack([held])
        outcomes = await publishing
        assert all(isinstance(got, Confirmed | Unknown) for got in outcomes)

    async def test_a_cancelled_receive_loses_nothing(self, make: Make) -> None:
        transport = await make([one := route()])
        subscription = transport.subscribe(one)
        waiting = asyncio.create_task(subscription.receive(None))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        publishing = asyncio.create_task(transport.publish([outgoing()], 60))
        await subscription.ack(await take(subscription, 1))
        assert await publishing == [Confirmed()]


__all__ = ["ANNOUNCED", "TYPE", "Make", "Route", "TransportContract"]
