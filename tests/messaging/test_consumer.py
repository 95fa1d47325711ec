"""The consumer with the in-process transport: batches, suspects, kills and stops."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.kernel.database import Database, Transaction
from shared.messaging import crash_ledger, outcome
from shared.messaging.consumer import Consumer
from shared.messaging.crash_ledger import WHOLE
from shared.messaging.inprocess import InProcessSubscription, InProcessTransport
from shared.messaging.message import Message, encode
from shared.messaging.outbox import PARKED
from shared.messaging.relay import Relay
from shared.messaging.suspects import DEATHS_ALONE_MAX, LeaseTimes
from shared.messaging.topology import Handle, Route, Topology
from shared.messaging.transport import Confirmed, Delivery, Outgoing, Unknown
from tests.waiting import until

from .helpers import (
    DEATHS,
    TYPE,
    BadItem,
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

pytestmark = pytest.mark.asyncio

DONE = "SELECT item FROM effects ORDER BY item"
ASIDE = "SELECT item FROM quarantine ORDER BY item"
COUNT = "SELECT count(*) FROM outbox"


def embedded(*routes: Route) -> InProcessTransport:
    """Return a transport for these routes."""
    return InProcessTransport(Topology(routes))


async def drain(database: Database) -> None:
    """Wait until the outbox is empty."""

    async def empty() -> bool:
        return bool(await value(database, COUNT) == 0)

    await until(empty)


async def test_messages_flow_from_the_outbox_to_the_handler(database: Database) -> None:
    one = route()
    transport = embedded(one)
    await commit(database, *(message([f"h{n}", f"h{n + 1}"]) for n in range(20)))
    async with running(Consumer(one, database, transport), Relay(database, transport)):
        await drain(database)
    assert await column(database, DONE) == sorted(f"h{n}" for n in range(21))
    assert await value(database, "SELECT count(*) FROM crash_ledger") == 0


async def test_a_transient_error_repeats_the_batch_until_it_passes(database: Database) -> None:
    calls: list[list[str]] = []

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        calls.append(list(items))
        if len(calls) < 4:
            raise asyncpg.DeadlockDetectedError("x")
        await record(tx, items)

    transport = embedded(one := route(handle))
    async with running(Consumer(one, database, transport)):
        assert await transport.publish([outgoing(ids(3))], 10) == [Confirmed()]
    assert calls == [ids(3)] * 4
    assert await column(database, ASIDE) == []


async def test_unreadable_messages_are_put_aside_and_future_ones_parked(
    database: Database,
) -> None:
    transport = embedded(one := route())
    future = encode(message()).replace(b'"data":', b'"dataschema":"urn:x:7","data":')
    sent = [
        Outgoing(uuid4(), TYPE, b"{"),
        Outgoing(uuid4(), TYPE, b"\0\xff"),
        Outgoing(uuid4(), TYPE, future),
        outgoing(["h1"]),
    ]
    async with running(Consumer(one, database, transport)):
        assert await transport.publish(sent, 10) == [Confirmed()] * 4
    assert await column(database, DONE) == ["h1"]
    assert await column(database, "SELECT reason FROM quarantine") == ["malformed_message"] * 2
    assert await column(database, "SELECT payload FROM outbox WHERE available_at > now()") == [
        future.decode()
    ]
    assert await value(database, "SELECT last_error FROM outbox") == PARKED


async def test_a_type_that_the_route_gave_up_is_settled_without_work(database: Database) -> None:
    transport = embedded(one := route())
    old = Outgoing(uuid4(), TYPE, encode(message(type_="household.old")))
    async with running(Consumer(one, database, transport)):
        assert await transport.publish([old], 5) == [Confirmed()]
    assert await column(database, DONE) == [] == await column(database, ASIDE)


def killing(victim: str) -> Handle:
    """Return a handler that ends the process at this item."""

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        await record(tx, items)
        if victim in items:
            raise Killed(victim)

    return handle


async def begun(tx: Transaction, one: Route, left: Message, item: str, lease: UUID) -> None:
    """Record a start of a worker on another machine."""
    await crash_ledger.start(tx, one.name, left, item, lease, "elsewhere:1:a")


async def live_until_killed(one: Route, database: Database, transport: InProcessTransport) -> bool:
    """Run one life of the process; say whether it was killed before the outbox was empty."""
    consumer = asyncio.create_task(Consumer(one, database, transport, stop_seconds=1).run())
    relay = asyncio.create_task(Relay(database, transport, publish_seconds=1).run())
    draining = asyncio.create_task(drain(database))
    await asyncio.wait([consumer, draining], return_when=asyncio.FIRST_COMPLETED)
    killed = consumer.done()
    for task in (consumer, relay, draining):
        task.cancel()
    await asyncio.gather(consumer, relay, draining, return_exceptions=True)
    return killed


async def test_only_the_item_that_kills_is_quarantined_after_it_died_alone_three_times(
    database: Database,
) -> None:
    items = ids(200)
    one = route(killing("h100"))
    transport = embedded(one)
    neighbours = [message([f"n{n}"]) for n in range(10)]
    await commit(database, *neighbours[:5], message(items), *neighbours[5:])
    lives = 0
    while await live_until_killed(one, database, transport):
        lives += 1
        assert lives <= DEATHS
        await expire(database)
    assert lives == DEATHS
    async with database.snapshot() as snapshot:
        rows = await snapshot.fetch("SELECT item, reason FROM quarantine")
    assert [tuple(row) for row in rows] == [("h100", "process_killed")]
    expected = {*items, *(f"n{n}" for n in range(10))} - {"h100"}
    assert set(await column(database, DONE)) == expected
    assert await value(database, "SELECT count(*) FROM crash_ledger") == 0


async def test_a_hanging_item_is_found_without_a_crash(database: Database) -> None:
    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        await record(tx, items)
        if "h2" in items:
            await asyncio.sleep(60)

    transport = embedded(one := route(handle))
    async with running(Consumer(one, database, transport, batch_seconds=2.0)):
        assert (
            await transport.publish([outgoing(["h1", "h2", "h3"]), outgoing(["h4"])], 60)
            == [Confirmed()] * 2
        )
    assert await column(database, DONE) == ["h1", "h3", "h4"]
    assert await column(database, "SELECT reason FROM quarantine") == ["deadline_exceeded"]


async def test_a_suspect_with_a_data_error_is_judged_by_the_error(database: Database) -> None:
    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        if "h2" in items:
            raise BadItem("no")
        await record(tx, items)

    transport = embedded(one := route(handle))
    sent = outgoing(["h1", "h2"])
    async with running(Consumer(one, database, transport)):
        suspect = Outgoing(sent.key, sent.type, sent.body, suspect=True)
        assert await transport.publish([suspect], 10) == [Confirmed()]
    assert await column(database, "SELECT reason FROM quarantine") == ["bad_item"]
    assert await column(database, DONE) == ["h1"]
    assert await value(database, "SELECT count(*) FROM crash_ledger") == 0


class Losing(InProcessTransport):
    """Has one subscription, which can lose everything in its hands as a dead connection does."""

    def subscribe(self, route: Route) -> InProcessSubscription:
        """Remember it."""
        self.only = super().subscribe(route)
        return self.only

    async def lose(self) -> None:
        """Have everything delivered again."""
        held = [Delivery(b"", False, copy.count, copy) for copy in self.only._unsettled]
        await self.only.nack(held)


async def test_a_suspect_whose_delivery_was_lost_meanwhile_is_not_begun(
    database: Database,
) -> None:
    calls: list[list[str]] = []

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        calls.append(list(items))
        if len(calls) == 1:
            await transport.lose()

    transport = Losing(Topology((one := route(handle),)))
    suspects = [replace(outgoing([item]), suspect=True) for item in ("h1", "h2")]
    async with running(Consumer(one, database, transport)):
        assert await transport.publish(suspects, 30) == [Confirmed()] * 2
    assert calls[0] == ["h1"] and sorted(calls[1:]) == [["h1"], ["h2"]]
    assert await value(database, "SELECT count(*) FROM crash_ledger") == 0


async def ledger(database: Database) -> set[tuple[UUID, str]]:
    """Return what was begun."""
    async with database.snapshot() as snapshot:
        rows = await snapshot.fetch("SELECT message_id, item FROM crash_ledger")
    return {(row["message_id"], row["item"]) for row in rows}


async def test_a_start_that_nobody_ended_counts_for_a_day_and_is_forgotten(
    database: Database,
) -> None:
    transport = embedded(one := route())
    again, gone, recent = (message(["h1"]) for _ in range(3))
    old = "UPDATE crash_ledger SET started_at = now() - interval '25 hours'"
    async with database.transaction() as tx:
        for left in (again, gone):
            for item in (WHOLE, "h1", "h1", "h1"):
                await begun(tx, one, left, item, uuid4())
        await tx.execute(old)
        await begun(tx, one, recent, WHOLE, uuid4())
    async with running(Consumer(one, database, transport)):
        suspect = Outgoing(again.id, again.type, encode(again), suspect=True)
        assert await transport.publish([suspect], 30) == [Confirmed()]
    assert await column(database, DONE) == ["h1"]
    assert await column(database, ASIDE) == []
    assert await ledger(database) == {(recent.id, WHOLE)}


async def test_whoever_died_alone_three_times_is_put_aside(database: Database) -> None:
    transport = embedded(one := route())
    left = message(["h1", "h2", "h3"])
    async with database.transaction() as tx:
        await begun(tx, one, left, WHOLE, uuid4())
        for _ in range(DEATHS_ALONE_MAX):
            await begun(tx, one, left, "h1", uuid4())
        for _ in range(DEATHS_ALONE_MAX - 1):
            await begun(tx, one, left, "h2", uuid4())
    await expire(database)
    async with running(Consumer(one, database, transport)):
        suspect = Outgoing(left.id, left.type, encode(left), suspect=True)
        assert await transport.publish([suspect], 30) == [Confirmed()]
    assert await column(database, DONE) == ["h2", "h3"]
    assert await column(database, ASIDE) == ["h1"]
    assert await ledger(database) == set()


async def test_whoever_is_at_work_is_waited_for_and_not_counted(database: Database) -> None:
    """Two live workers with copies of one message once put an innocent household aside."""
    at_work, may_end = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction, items: Sequence[str]) -> None:
        await record(tx, items)
        at_work.set()
        await may_end.wait()

    twin = outgoing(["h1", "h2"])
    suspect = Outgoing(twin.key, twin.type, twin.body, suspect=True)
    # A loop that stands still as long as a lease would be dead to the other.
    times = LeaseTimes(seconds=5.0, renew_seconds=0.1, look_seconds=0.05)
    first, second = embedded(one := route(slow)), embedded(two := route())
    begin = partial(Consumer, database=database, lease_times=times)
    async with (
        running(begin(one, transport=first, worker="a:1:x")),
        running(begin(two, transport=second, worker="b:1:x")),
    ):
        publishing = asyncio.create_task(first.publish([suspect], 60))
        await at_work.wait()
        twins = asyncio.create_task(second.publish([suspect], 60))
        # Longer than a lease: only its renewal keeps the first one's start alive.
        outlived = "SELECT bool_or(renewed_at > started_at + $1) FROM crash_ledger"
        await until(lambda: value(database, outlived, timedelta(seconds=6)))
        assert not twins.done()
        may_end.set()
        assert await publishing == await twins == [Confirmed()]
    assert await column(database, ASIDE) == []
    assert await ledger(database) == set()


async def test_an_orderly_stop_leaves_no_start_behind(database: Database) -> None:
    at_work = asyncio.Event()

    async def unlucky(tx: Transaction, items: Sequence[str]) -> None:
        at_work.set()
        raise ConnectionError("the database went away")

    transport = embedded(one := route(unlucky))
    suspect = replace(outgoing(["h1"]), suspect=True)
    async with running(Consumer(one, database, transport)):
        publishing = asyncio.create_task(transport.publish([suspect], 5))
        await at_work.wait()
    await publishing
    assert await ledger(database) == set()


async def test_stopping_ends_the_batch_in_hand_and_gives_back_the_rest(
    database: Database,
) -> None:
    began = asyncio.Event()
    release = asyncio.Event()

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        began.set()
        await release.wait()
        await record(tx, items)

    transport = embedded(one := route(handle, prefetch=1))
    publishing = asyncio.create_task(transport.publish([outgoing(["a"]), outgoing(["b"])], 20))
    consumer = asyncio.create_task(Consumer(one, database, transport).run())
    await began.wait()
    consumer.cancel()
    await asyncio.sleep(0.1)
    assert not consumer.done()
    release.set()
    with pytest.raises(asyncio.CancelledError):
        await consumer
    assert await column(database, DONE) == ["a"]
    async with running(Consumer(one, database, transport)):
        assert await publishing == [Confirmed()] * 2
    assert await column(database, DONE) == ["a", "b"]


async def test_stopping_does_not_wait_for_a_transient_error_to_pass(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "RETRY_SECONDS_MAX", 3600.0)
    monkeypatch.setattr(outcome, "RETRY_SECONDS_MIN", 3600.0)
    failed = asyncio.Event()

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        failed.set()
        raise ConnectionError

    transport = embedded(one := route(handle))
    publishing = asyncio.create_task(transport.publish([outgoing()], 60))
    consumer = asyncio.create_task(Consumer(one, database, transport).run())
    await failed.wait()
    consumer.cancel()
    await asyncio.wait([consumer], timeout=60)
    assert consumer.done()
    await transport.close()
    await publishing


async def test_a_batch_left_at_the_deadline_is_not_settled(database: Database) -> None:
    began, release = asyncio.Event(), asyncio.Event()

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        began.set()
        await release.wait()

    transport = embedded(one := route(handle))
    publishing = asyncio.create_task(transport.publish([outgoing()], 60))
    consumer = Consumer(one, database, transport, stop_seconds=0.2)
    running_consumer = asyncio.create_task(consumer.run())
    await began.wait()
    running_consumer.cancel()
    await asyncio.wait([running_consumer], timeout=60)
    assert running_consumer.done() and not publishing.done()
    await transport.close()
    assert await publishing == [Unknown()]
    release.set()
    assert consumer._task
    await asyncio.wait([consumer._task])


async def test_a_process_that_really_dies_loses_only_its_victim(
    database: Database, dsn: str
) -> None:
    await commit(database, message(ids(12)), message(["x1", "x2"]))
    script = Path(__file__).with_name("doomed.py")
    root = str(Path(__file__).parents[2])
    codes: list[int] = []
    while len(codes) <= DEATHS and (not codes or codes[-1]):
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, str(script), dsn, "h005"],
            env={**os.environ, "PYTHONPATH": root},
            timeout=60,
            check=False,
        )
        codes.append(done.returncode)
    assert codes == [9] * DEATHS + [0]
    assert await column(database, ASIDE) == ["h005"]
    assert await column(database, "SELECT reason FROM quarantine") == ["process_killed"]
    assert set(await column(database, DONE)) == {*ids(12), "x1", "x2"} - {"h005"}
