"""One batch in one transaction, halving, quarantine, replay and healing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import ceil, log2

import asyncpg
import pytest

from shared.kernel.database import Database, Transaction
from shared.messaging import quarantine
from shared.messaging.apply import Apply, Work
from shared.messaging.message import decode
from shared.messaging.outcome import DeadlineExceeded
from shared.messaging.quarantine import Verdict
from shared.messaging.relay import Relay
from shared.messaging.topology import Handle

from .helpers import BadItem, Counting, column, ids, message, record, route, value
from .test_relay import Scripted

pytestmark = pytest.mark.asyncio

DONE = "SELECT item FROM effects ORDER BY item"
ASIDE = "SELECT item FROM quarantine WHERE state = 'open' ORDER BY item"


def work(items: Sequence[str]) -> Work:
    """Return the work of one message."""
    return Work(message(items), tuple(items))


def refusing(bad: set[str]) -> Handle:
    """Return a handler that refuses these items, after having written."""

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        await record(tx, items)
        if bad & set(items):
            raise BadItem("no")

    return handle


async def test_items_of_several_messages_are_merged_and_sorted(database: Database) -> None:
    calls: list[list[str]] = []

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        calls.append(list(items))

    apply = Apply(route(handle), database, observer=(counting := Counting()))
    await apply.run([work(["b", "c"]), work(["a", "b"])])
    assert calls == [["a", "b", "c"]] and counting.transactions == 1


POISONS = [
    {0},
    {99},
    {199},
    {0, 99, 199},
    {0, 1, 2},
    set(range(20)),
    set(range(180, 200)),
    set(range(0, 200, 10)),
]


@pytest.mark.parametrize("places", POISONS, ids=lambda places: f"{len(places)}at{min(places)}")
async def test_poisons_are_halved_out_and_the_others_committed(
    database: Database, places: set[int]
) -> None:
    items = ids(200)
    bad = {items[place] for place in places}
    apply = Apply(route(refusing(bad)), database, observer=(counting := Counting()))
    await apply.run([work(items)])
    assert await column(database, DONE) == sorted(set(items) - bad)
    assert set(await column(database, "SELECT times FROM effects")) == {1}
    assert await column(database, ASIDE) == sorted(bad)
    assert counting.transactions <= 2 * len(bad) * ceil(log2(200)) + 1
    assert counting.quarantines == len(bad)


class Dry(Apply):
    """Counts transactions without a database."""

    def __init__(self, bad: str) -> None:
        """Refuse `bad`."""
        super().__init__(route(), None)  # type: ignore[arg-type]
        self.bad = bad
        self.aside: list[str] = []

    async def _try(self, items: list[str], also: object) -> Exception | None:
        self._transactions += 1
        return BadItem("no") if self.bad in items else None

    async def refuse(self, work: object, item: str, verdict: object) -> None:
        """Remember the item."""
        self._transactions += 1
        self.aside.append(item)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100, 200, 500])
async def test_the_bound_holds_for_one_poison_at_every_place(size: int) -> None:
    bound = 2 * ceil(log2(size)) + 1
    for bad in ids(size):
        apply = Dry(bad)
        await apply._halve([], ids(size), None)
        assert apply.aside == [bad]
        assert apply._transactions - 1 <= bound
        assert size != 200 or apply._transactions <= bound


async def test_a_quarantine_row_says_what_and_why(database: Database) -> None:
    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        if "h001" in items:
            await tx.execute("INSERT INTO effects (item) VALUES (NULL)")

    one = work(ids(3))
    await Apply(route(handle), database).run([one])
    async with database.snapshot() as snapshot:
        (row,) = await quarantine.list_open(snapshot, 10)
        assert await quarantine.show(snapshot, row.quarantine_id) == row
        assert await quarantine.list_open(snapshot, 10, row.quarantine_id) == []
        assert await quarantine.show(snapshot, 999) is None
    assert (row.route, row.message_id, row.item) == ("assess_households", one.message.id, "h001")
    assert (row.reason, row.sqlstate, row.attempts) == ("constraint_violated", "23502", 1)
    assert decode(row.payload.encode()).data == {"household_ids": ["h001"]}


async def test_the_same_failure_again_is_counted_not_repeated(database: Database) -> None:
    apply = Apply(route(refusing({"h1"})), database)
    one = work(["h1"])
    await apply.run([one])
    await apply.run([one])
    assert await column(database, "SELECT attempts FROM quarantine") == [2]


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DeadlockDetectedError("x"),
        asyncpg.SerializationError("x"),
        asyncpg.AdminShutdownError("x"),
        ConnectionResetError(),
        asyncio.CancelledError(),
    ],
)
async def test_a_transient_error_is_raised_and_nothing_quarantined(
    database: Database, error: BaseException
) -> None:
    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        await record(tx, items)
        raise error

    with pytest.raises((asyncpg.PostgresError, ConnectionError)):
        await Apply(route(handle), database).run([work(ids(4))])
    assert await column(database, DONE) == [] == await column(database, ASIDE)


async def test_a_terminated_backend_is_transient(database: Database) -> None:
    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        pid = await tx.fetchval("SELECT pg_backend_pid()")
        async with database.transaction() as other:
            await other.execute("SELECT pg_terminate_backend($1)", pid)
        await record(tx, items)

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
        await Apply(route(handle), database).run([work(ids(4))])
    assert await column(database, ASIDE) == []


async def test_a_hanging_batch_meets_its_deadline(database: Database) -> None:
    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        await tx.execute("SELECT pg_sleep(30)")

    with pytest.raises(DeadlineExceeded):
        await Apply(route(handle), database, seconds=0.2).run([work(ids(4))])
    assert await column(database, ASIDE) == []


async def test_an_item_is_tried_as_often_as_its_route_says(database: Database) -> None:
    tries = 0

    async def handle(tx: Transaction, items: Sequence[str]) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise BadItem("not yet")
        await record(tx, items)

    await Apply(route(handle, attempts=3), database).run([work(["h1"])])
    assert await column(database, DONE) == ["h1"] and tries == 3


async def test_a_replay_sends_only_the_item_and_its_success_closes_the_row(
    database: Database,
) -> None:
    bad = {"h001"}
    apply = Apply(route(refusing(bad)), database)
    one = work(ids(3))
    await apply.run([one])
    async with database.transaction() as tx:
        sent, unknown = await quarantine.replay(tx, [1, 77])
        assert sent == Verdict(1)
        assert unknown == Verdict(77, "nothing is quarantined under this number")
    relay = Relay(database, transport := Scripted())
    assert await relay.run_once() == 1
    again = decode(transport.sent[0].body)
    assert again.id == one.message.id and again.data == {"household_ids": ["h001"]}
    await apply.run([Work(again, ("h001",))])
    assert await column(database, "SELECT state FROM quarantine") == ["open"]
    bad.clear()
    await apply.run([Work(again, ("h001",))])
    assert await column(database, "SELECT state FROM quarantine") == ["resolved"]
    async with database.transaction() as tx:
        assert await quarantine.replay(tx, [1]) == [Verdict(1, "it is resolved already")]


async def test_a_later_success_of_the_item_heals_it(database: Database) -> None:
    bad = {"h001"}
    apply = Apply(route(refusing(bad)), database)
    await apply.run([work(ids(3))])
    bad.clear()
    await apply.run([work(["h001"])])
    assert await value(database, "SELECT state FROM quarantine") == "resolved"
