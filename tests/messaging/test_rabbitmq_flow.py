"""Outbox, relay, RabbitMQ, consumer and database together, with what can go wrong between them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared.kernel.database import Database, DatabaseUnavailable, Transaction
from shared.messaging.consumer import Consumer
from shared.messaging.message import encode
from shared.messaging.relay import Relay
from shared.messaging.spent import SpentMessages
from shared.messaging.topology import Route
from shared.messaging.transport import Confirmed, Outgoing, TransportUnavailable
from tests.waiting import STANDSTILL_SECONDS, until

from .helpers import (
    DEATHS,
    Counting,
    Killed,
    column,
    commit,
    expire,
    ids,
    message,
    outgoing,
    record,
    route,
    running,
    value,
)
from .proxy import Proxy
from .test_rabbitmq import Broker, broker, proxy, through

pytestmark = [pytest.mark.asyncio, pytest.mark.broker]

DONE = "SELECT item FROM effects ORDER BY item"
COUNT = "SELECT count(*) FROM outbox"

__all__ = ["broker", "proxy"]


async def done(database: Database, items: set[str], seconds: float = 30) -> None:
    """Wait until exactly these items had their effect."""

    async def check() -> bool:
        return set(await column(database, DONE)) == items

    await until(check, seconds)


async def test_messages_flow_through_the_broker(database: Database, broker: Broker) -> None:
    one = route()
    transport = await broker.make([one])
    async with running(Consumer(one, database, transport), Relay(database, transport)):
        await commit(database, *(message([f"h{n}"]) for n in range(300)))
        await done(database, {f"h{n}" for n in range(300)})
    assert await value(database, COUNT) == 0
    assert await broker.count(f"{broker.prefix}.assess-households") == 0
    assert await broker.count(f"{broker.prefix}.dead") == 0


async def one_life(one: Route, database: Database, broker: Broker, items: set[str]) -> bool:
    """Consume until killed (True) or until all items are done (False)."""
    transport = await broker.make([one], declare=False)
    consumer = asyncio.create_task(Consumer(one, database, transport, stop_seconds=1).run())
    finishing = asyncio.create_task(done(database, items))
    await asyncio.wait([consumer, finishing], return_when=asyncio.FIRST_COMPLETED)
    killed = consumer.done()
    for task in (consumer, finishing):
        task.cancel()
    await asyncio.gather(consumer, finishing, return_exceptions=True)
    await transport.close()
    return killed


async def test_a_killer_in_a_full_prefetch_window_takes_no_innocents(
    database: Database, broker: Broker
) -> None:
    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        await record(tx, items)
        if "h100" in items:
            raise Killed

    one = route(handle)
    transport = await broker.make([one])
    neighbours = [f"n{n}" for n in range(40)]
    sent = [outgoing([item]) for item in neighbours]
    sent.insert(20, outgoing(ids(200)))
    assert await transport.publish(sent, 60) == [Confirmed()] * 41
    expected = {*ids(200), *neighbours} - {"h100"}
    lives = 0
    while await one_life(one, database, broker, expected):
        lives += 1
        assert lives <= DEATHS
        await expire(database)
    assert await column(database, "SELECT item FROM quarantine") == ["h100"]
    assert await value(database, "SELECT count(*) FROM crash_ledger") == 0
    assert await broker.count(f"{broker.prefix}.dead") == 0


async def test_work_that_was_committed_but_not_settled_has_one_more_harmless_turn(
    database: Database, broker: Broker
) -> None:
    one = route()
    transport = await broker.make([one])
    consumer = Consumer(one, database, transport)

    async def lost(*_: object) -> None:
        raise Killed

    consumer._ack = lost  # type: ignore[method-assign]
    await transport.publish([outgoing(["h1"])], 60)
    with pytest.raises(Killed):
        await consumer.run()
    async with running(Consumer(one, database, transport)):

        async def twice() -> bool:
            return bool(await value(database, "SELECT times FROM effects") == 2)

        await until(twice)
    assert await broker.count(f"{broker.prefix}.assess-households") == 0


async def test_a_relay_without_an_answer_keeps_the_row_and_sends_it_later(
    database: Database, broker: Broker, proxy: Proxy
) -> None:
    one = route()
    await broker.make([one])
    transport = await broker.make([one], url=through(broker.url, proxy.port), declare=False)
    relay = Relay(database, transport, publish_seconds=60)
    await commit(database, message())
    assert await relay.run_once() == 1
    await commit(database, message(["h1"]))
    proxy.swallow = True
    assert await Relay(database, transport, publish_seconds=0.5).run_once() == 0
    assert await value(database, COUNT) == 1
    proxy.swallow = False
    assert await relay.run_once() == 1
    assert await value(database, COUNT) == 0


async def test_an_outage_between_broker_and_worker_loses_nothing(
    database: Database, broker: Broker, proxy: Proxy
) -> None:
    one = route()
    await broker.make([one])
    transport = await broker.make([one], url=through(broker.url, proxy.port), declare=False)
    async with running(Consumer(one, database, transport), Relay(database, transport)):
        for wave in range(3):
            await commit(database, *(message([f"w{wave}-{n}"]) for n in range(50)))
            await asyncio.sleep(0.1)
            proxy.refuse = True
            proxy.cut()
            await asyncio.sleep(0.5)
            proxy.refuse = False
        await done(database, {f"w{wave}-{n}" for wave in range(3) for n in range(50)})

        async def drained() -> bool:
            return bool(await value(database, COUNT) == 0)

        await until(drained)
    assert await column(database, "SELECT item FROM quarantine") == []
    assert await broker.count(f"{broker.prefix}.dead") == 0


async def test_stopping_gives_the_prefetched_rest_back_to_the_queue(
    database: Database, broker: Broker
) -> None:
    began, release = asyncio.Event(), asyncio.Event()

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        began.set()
        await release.wait()
        await record(tx, items)

    one = route(handle)
    transport = await broker.make([one])
    await transport.publish([outgoing(["first"])], 60)
    consumer = asyncio.create_task(Consumer(one, database, transport).run())
    await began.wait()
    await transport.publish([outgoing([f"h{n}"]) for n in range(30)], 60)
    consumer.cancel()
    release.set()
    await asyncio.wait([consumer])
    assert await column(database, DONE) == ["first"]
    queue = f"{broker.prefix}.assess-households"

    async def returned() -> bool:
        return await broker.count(queue) == 30

    await until(returned)
    assert await broker.count(f"{broker.prefix}.dead") == 0


async def test_stopping_on_a_silent_connection_keeps_its_deadline(
    database: Database, broker: Broker, proxy: Proxy
) -> None:
    began, release = asyncio.Event(), asyncio.Event()

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        began.set()
        await record(tx, items)
        await release.wait()

    one = route(handle)
    direct = await broker.make([one])
    transport = await broker.make([one], url=through(broker.url, proxy.port), declare=False)
    await direct.publish([outgoing(["h1"])], 60)
    consumer = asyncio.create_task(Consumer(one, database, transport, stop_seconds=5).run())
    await began.wait()
    await direct.publish([outgoing([f"w{n}"]) for n in range(20)], 60)
    await asyncio.sleep(0.1)
    proxy.swallow = True
    consumer.cancel()
    release.set()
    stopped, _ = await asyncio.wait([consumer], timeout=STANDSTILL_SECONDS)
    assert stopped
    assert await column(database, DONE) == ["h1"]


async def test_bytes_that_nobody_can_read_do_not_stop_the_queue(
    database: Database, broker: Broker
) -> None:
    one = route()
    transport = await broker.make([one])
    junk = [b"", b"\0", b"[" * 10_000, encode(message())[:-3], b"x" * 2_000_000]
    bodies = [Outgoing(outgoing().key, one.on[0], body) for body in junk]
    await transport.publish([*bodies, outgoing(["h1"])], 60)
    async with running(Consumer(one, database, transport)):
        await done(database, {"h1"})

        async def aside() -> bool:
            return bool(await value(database, "SELECT count(*) FROM quarantine") == len(junk))

        await until(aside)
    assert await broker.count(f"{broker.prefix}.dead") == 0


async def spend(broker: Broker, one: Route, count: int) -> None:
    """Give messages back to their queue until the broker gives them up."""
    transport = await broker.make([one], declare=False)
    subscription = transport.subscribe(one)

    async def spent() -> bool:
        while delivery := await subscription.receive(0.2):
            await subscription.nack([delivery])
        return await broker.count(f"{broker.prefix}.dead") == count

    await until(spent)
    await transport.close()


async def test_what_the_broker_gave_up_goes_round_once_more(
    database: Database, broker: Broker
) -> None:
    one, seen = route(), Counting()
    transport = await broker.make([one])
    await transport.publish([outgoing([f"h{n}"]) for n in range(20)], 60)
    await spend(broker, one, 20)
    assert await transport.count_spent() == 20
    spent = SpentMessages(database, transport, observer=seen, pause_seconds=0.0)
    assert await spent.look() == 20
    assert await spent.look() == 0
    async with running(Consumer(one, database, transport), Relay(database, transport)):
        await done(database, {f"h{n}" for n in range(20)})
    assert seen.spent == 20
    assert await transport.count_spent() == 0
    assert await column(database, "SELECT item FROM quarantine") == []


async def test_spent_messages_stay_where_they_are_while_the_database_is_away(
    database: Database, broker: Broker
) -> None:
    one = route()
    transport = await broker.make([one])
    await transport.publish([outgoing(["h1"])], 60)
    await spend(broker, one, 1)

    async def away(_: Sequence[bytes]) -> None:
        raise DatabaseUnavailable("away")

    with pytest.raises((DatabaseUnavailable, TransportUnavailable)):
        await transport.take_spent(away, 10)

    async def back() -> bool:
        return await transport.count_spent() == 1

    await until(back)
    assert await SpentMessages(database, transport).look() == 1
    waiting = "SELECT count(*) FROM outbox WHERE available_at > now() AND last_error = 'spent'"
    assert await value(database, waiting) == 1


async def test_spent_bytes_that_nobody_can_read_are_quarantined(
    database: Database, broker: Broker
) -> None:
    one = route()
    transport = await broker.make([one])
    await transport.publish([Outgoing(outgoing().key, one.on[0], b"junk")], 60)
    await spend(broker, one, 1)
    assert await SpentMessages(database, transport).look() == 1
    assert await value(database, "SELECT route FROM quarantine") == "spent"
    assert await value(database, COUNT) == 0
    assert await transport.count_spent() == 0
