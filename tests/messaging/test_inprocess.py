"""The in-process transport: the contract, and what only memory must do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
import pytest_asyncio

from shared.messaging.inprocess import InProcessTransport
from shared.messaging.topology import Route, Topology
from shared.messaging.transport import Confirmed, Unknown

from .helpers import outgoing, route, take
from .transport_contract import ANNOUNCED, Make, TransportContract

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def make() -> AsyncIterator[Make]:
    """Return a builder of transports that are closed at the end."""
    made: list[InProcessTransport] = []

    async def build(routes: Sequence[Route]) -> InProcessTransport:
        made.append(InProcessTransport(Topology(tuple(routes), ANNOUNCED)))
        return made[-1]

    yield build
    for transport in made:
        await transport.close()


class TestInProcess(TransportContract):
    """The contract holds in memory."""


async def test_nothing_is_confirmed_before_a_consumer_exists(make: Make) -> None:
    transport = await make([route()])
    assert await transport.publish([outgoing()], 0.1) == [Unknown()]
    assert not transport.idle


async def test_a_row_sent_again_joins_the_copy_in_hand(make: Make) -> None:
    transport = await make([one := route()])
    subscription = transport.subscribe(one)
    sent = outgoing()
    assert await transport.publish([sent], 0.05) == [Unknown()]
    assert await transport.publish([sent], 0.05) == [Unknown()]
    (delivery,) = await take(subscription, 1)
    assert await subscription.receive(0.05) is None
    await subscription.ack([delivery])
    assert await transport.publish([sent], 0.05) == [Confirmed()]


async def test_a_suspect_row_is_delivered_as_redelivered(make: Make) -> None:
    transport = await make([one := route()])
    subscription = transport.subscribe(one)
    publishing = asyncio.create_task(transport.publish([replace(outgoing(), suspect=True)], 5))
    (delivery,) = await take(subscription, 1)
    assert delivery.suspect
    await subscription.ack([delivery])
    await publishing


async def test_memory_is_bounded() -> None:
    transport = InProcessTransport(Topology((route(),)), capacity=3)
    outcomes = await transport.publish([outgoing() for _ in range(10)], 0.05)
    assert outcomes == [Unknown()] * 10
    assert len(transport._held) == 3
