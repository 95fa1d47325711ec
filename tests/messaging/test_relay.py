"""Outbox and relay against PostgreSQL, with transports that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from shared.kernel.database import Database
from shared.messaging import outbox
from shared.messaging import relay as relay_module
from shared.messaging.inprocess import InProcessTransport
from shared.messaging.message import decode
from shared.messaging.outbox import PARKED
from shared.messaging.relay import Relay
from shared.messaging.topology import Route, Topology
from shared.messaging.transport import (
    Confirmed,
    Outgoing,
    PublishOutcome,
    Refused,
    Subscription,
    TransportUnavailable,
    Unknown,
)
from tests.waiting import until

from .helpers import Counting, column, commit, message, route, running, take, value

pytestmark = pytest.mark.asyncio

COUNT = "SELECT count(*) FROM outbox"


class Scripted:
    """A durable transport that answers by a function and remembers what it was sent."""

    durable = True

    def __init__(self, answer: Callable[[Outgoing], PublishOutcome] | None = None) -> None:
        self.answer = answer or (lambda _: Confirmed())
        self.sent: list[Outgoing] = []
        self.discarded = 0
        self.pause = 0.0

    async def publish(self, messages: Sequence[Outgoing], seconds: float) -> list[PublishOutcome]:
        """Answer for each."""
        self.sent += messages
        await asyncio.sleep(self.pause)
        return [self.answer(one) for one in messages]

    async def discard(self) -> None:
        """Count it."""
        self.discarded += 1

    async def start(self) -> None:
        """Begin."""

    async def close(self) -> None:
        """End."""

    def subscribe(self, route: Route) -> Subscription:
        """Is not used."""
        raise NotImplementedError


async def test_what_is_confirmed_leaves_the_outbox(database: Database) -> None:
    made = [message([f"h{n}"]) for n in range(5)]
    await commit(database, *made)
    relay = Relay(database, transport := Scripted(), observer=(counting := Counting()))
    assert await relay.run_once() == 5
    assert [decode(sent.body) for sent in transport.sent] == made
    assert await value(database, COUNT) == 0 and counting.confirmed == 5
    assert await relay.run_once() == 0


async def test_a_rolled_back_message_never_existed(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await outbox.append(tx, [message()])
            raise RuntimeError
    assert await Relay(database, Scripted()).run_once() == 0


async def test_the_same_message_waits_only_once(database: Database) -> None:
    one = message()
    await commit(database, one, one)
    await commit(database, one)
    assert await value(database, COUNT) == 1


async def test_refused_rows_are_postponed_and_unknown_ones_left(database: Database) -> None:
    answers: dict[str, PublishOutcome] = {
        "a": Confirmed(),
        "b": Refused("rejected"),
        "c": Unknown(),
    }
    await commit(database, *(message(type_=name) for name in answers))
    transport = Scripted(lambda sent: answers[sent.type])
    assert await Relay(database, transport).run_once() == 1
    async with database.snapshot() as snapshot:
        rows = await snapshot.fetch(
            """SELECT type, attempts, last_error, available_at > now() AS late
                 FROM outbox ORDER BY seq"""
        )
    assert [tuple(row) for row in rows] == [("b", 1, "rejected", True), ("c", 0, None, False)]
    assert transport.discarded == 1


async def test_a_crash_between_publish_and_delete_sends_again(database: Database) -> None:
    await commit(database, message(), message())
    transport = Scripted()
    relay = Relay(database, transport)

    async def die(*_: object) -> int:
        raise ConnectionError("gone")

    settle = relay._settle
    relay._settle = die  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        await relay.run_once()
    assert await value(database, COUNT) == 2
    relay._settle = settle  # type: ignore[method-assign]
    assert await relay.run_once() == 2
    assert [one.key for one in transport.sent[:2]] == [one.key for one in transport.sent[2:]]


async def test_two_relays_never_send_a_row_twice(database: Database) -> None:
    await commit(database, *(message([f"h{n}"]) for n in range(150)))
    transport = Scripted()
    transport.pause = 0.02
    relays = [Relay(database, transport, claim_max=20) for _ in range(2)]

    async def drained() -> bool:
        return bool(await value(database, COUNT) == 0)

    async with running(*relays):
        await until(drained)
    keys = [one.key for one in transport.sent]
    assert len(keys) == len(set(keys)) == 150


async def test_a_row_that_commits_late_is_not_skipped(database: Database) -> None:
    relay = Relay(database, transport := Scripted())
    early = await database.pool.acquire()
    late = early.transaction()
    await late.start()
    await outbox.append(early, [message(["early"])])  # type: ignore[arg-type]
    await commit(database, message(["later"]))
    assert await relay.run_once() == 1
    await late.commit()
    await database.pool.release(early)
    assert await relay.run_once() == 1
    assert len(transport.sent) == 2


async def test_an_unreachable_broker_only_slows_the_relay_down(database: Database) -> None:
    transport = Scripted()
    failures = 0

    def answer(_: Outgoing) -> PublishOutcome:
        nonlocal failures
        if failures < 3:
            failures += 1
            raise TransportUnavailable("down")
        return Confirmed()

    transport.answer = answer
    await commit(database, message())

    async def drained() -> bool:
        return bool(await value(database, COUNT) == 0)

    async with running(Relay(database, transport)):
        await until(drained)
    assert failures == 3


async def test_a_transport_that_hangs_is_given_up(database: Database) -> None:
    await commit(database, message())
    transport = Scripted()
    transport.pause = 60
    relay = Relay(database, transport, publish_seconds=-0.8)
    assert await relay.run_once() == 0
    assert transport.discarded == 1 and await value(database, COUNT) == 1


async def test_a_nudge_wakes_an_idle_relay(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "IDLE_SECONDS_MAX", 3600.0)
    monkeypatch.setattr(relay_module, "IDLE_SECONDS_MIN", 3600.0)
    relay = Relay(database, transport := Scripted())
    async with running(relay):
        await asyncio.sleep(0.5)
        await commit(database, message())
        relay.nudge()
        await until(lambda: transport.sent)


async def test_the_depth_is_capped_and_parked_rows_are_not_late(database: Database) -> None:
    await commit(database, *(message() for _ in range(5)))
    async with database.transaction() as tx:
        await tx.execute("UPDATE outbox SET created_at = now() - interval '90 seconds'")
        await tx.execute("UPDATE outbox SET last_error = $1 WHERE seq = 1", PARKED)
        await tx.execute("UPDATE outbox SET created_at = now() - interval '1 day' WHERE seq = 1")
    async with database.snapshot() as snapshot:
        rows, age = await outbox.depth(snapshot, 3)
    assert rows == 3 and 89 < age < 120
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM outbox")
    async with database.snapshot() as snapshot:
        assert await outbox.depth(snapshot, 3) == (0, 0.0)


async def test_rows_in_the_hands_of_a_dead_process_are_suspects(database: Database) -> None:
    topology = Topology((one := route(),))
    await commit(database, message(["old"]))
    crashed = Relay(database, InProcessTransport(topology), publish_seconds=0.05)
    assert await crashed.run_once() == 0
    await commit(database, message(["new"]))
    transport = InProcessTransport(topology)
    subscription = transport.subscribe(one)
    relay = Relay(database, transport)
    relaying = asyncio.create_task(relay.run_once())
    old, new = await take(subscription, 2)
    assert (old.suspect, new.suspect) == (True, False)
    await subscription.ack([old, new])
    assert await relaying == 2


async def test_rows_in_the_hands_of_a_process_that_ended_well_are_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "RELEASE_SECONDS", 60.0)
    transport = InProcessTransport(Topology((route(),)))
    await commit(database, message())
    async with running(Relay(database, transport, publish_seconds=0.05)):
        await until(lambda: not transport.idle)
        held = await column(database, "SELECT held_by IS NOT NULL FROM outbox")
    assert held == [True]
    assert await column(database, "SELECT held_by FROM outbox") == [None]
