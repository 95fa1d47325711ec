"""The pure parts: batcher, outcome, envelope, topology."""

from __future__ import annotations

import asyncpg
import pytest

from shared.kernel.database import DatabaseUnavailable
from shared.messaging.apply import Work
from shared.messaging.message import (
    BYTES_MAX,
    FutureMessage,
    MalformedMessage,
    decode,
    encode,
    narrow,
)
from shared.messaging.outcome import Ack, DeadlineExceeded, Quarantine, Retry, decide
from shared.messaging.quarantine import Refusal
from shared.messaging.received import Batcher, Parked, read
from shared.messaging.topology import Batch, Topology
from shared.messaging.transport import Delivery

from .helpers import TYPE, BadItem, ids, message, route


def test_a_batch_is_ready_by_items() -> None:
    batcher: Batcher[str] = Batcher(Batch(10, 1000))
    batcher.add("a", 4, 0.0)
    assert not batcher.ready(0.0)
    batcher.add("b", 6, 0.0)
    assert batcher.ready(0.0)
    assert batcher.take() == ["a", "b"]
    assert batcher.due_in(0.0) is None


def test_a_batch_is_ready_by_the_age_of_its_first_entry() -> None:
    batcher: Batcher[str] = Batcher(Batch(10, 20))
    batcher.add("a", 1, 1.0)
    batcher.add("b", 1, 1.015)
    assert batcher.due_in(1.015) == pytest.approx(0.005)
    assert batcher.ready(1.021)


def test_a_batch_keeps_to_its_limit_and_leaves_the_rest_in_order() -> None:
    batcher: Batcher[str] = Batcher(Batch(10, 20))
    for name, size in (("a", 8), ("b", 8), ("c", 1)):
        batcher.add(name, size, 0.0)
    assert [batcher.take(), batcher.take(), batcher.take()] == [["a"], ["b", "c"], []]


def test_an_entry_over_the_limit_is_a_batch_of_its_own() -> None:
    batcher: Batcher[str] = Batcher(Batch(10, 20))
    batcher.add("huge", 500, 0.0)
    assert batcher.ready(0.0) and batcher.take() == ["huge"]


def _sql(state: str, text: str = "x") -> asyncpg.PostgresError:
    error = asyncpg.PostgresError(text)
    error.sqlstate = state  # type: ignore[misc]
    return error


STALE = "cached statement plan is invalid due to a database schema or configuration change"


@pytest.mark.parametrize(
    "error",
    [
        *(_sql(s) for s in ("08006", "40001", "40P01", "53300", "57P01", "55P03", "25P03")),
        *(_sql(s) for s in ("25P04", "42P01", "58030", "25006")),
        _sql("0A000", STALE),
        _sql("XX000", STALE),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("gone"),
        ConnectionResetError(),
        TimeoutError(),
        DatabaseUnavailable("down"),
    ],
)
def test_errors_of_the_surroundings_are_retried(error: Exception) -> None:
    assert isinstance(decide(error, 0), Retry)


@pytest.mark.parametrize(
    ("error", "reason", "state"),
    [
        (_sql("22001"), "data_error", "22001"),
        (_sql("23505"), "constraint_violated", "23505"),
        (_sql("0A000", "cannot do that"), "data_error", "0A000"),
        (asyncpg.exceptions._base.DataError("invalid input"), "data_error", None),
        (BadItem("h1"), "bad_item", None),
        (DeadlineExceeded("r"), "deadline_exceeded", None),
        (KeyError("x"), "data_error", None),
    ],
)
def test_errors_of_the_item_are_quarantined(
    error: Exception, reason: str, state: str | None
) -> None:
    outcome = decide(error, 0)
    assert isinstance(outcome, Quarantine)
    assert (outcome.reason, outcome.sqlstate) == (reason, state)


def test_no_error_is_an_ack_and_pauses_grow_to_a_limit() -> None:
    assert decide(None, 0) == Ack()
    pauses = [decide(ConnectionError(), attempt, 1.0) for attempt in range(30)]
    seconds = [pause.after for pause in pauses if isinstance(pause, Retry)]
    assert seconds == sorted(seconds) and seconds[0] == 0.1 and seconds[-1] == 30.0
    assert decide(ConnectionError(), 0, 0.0) == Retry(0.05)


def test_a_message_survives_its_encoding() -> None:
    made = message(["h1", "h2"])
    assert decode(encode(made)) == made


def test_the_envelope_has_the_names_of_cloudevents() -> None:
    made = message(["h1"])
    body = encode(made).decode()
    for part in ('"specversion":"1.0"', '"source":"urn:poverty-registry"', f'"type":"{TYPE}"'):
        assert part in body
    assert '"time":"2026-01-02T03:04:05Z"' in body


GOOD = encode(message(["h1"])).decode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"\xef\xbb\xbf" + GOOD.encode(),
        b"[" * 10_000,
        b'{"a":' * 10_000,
        b" " * (BYTES_MAX + 1),
        GOOD.replace('"1.0"', '"0.3"').encode(),
        GOOD.replace('"id":"', '"id":"x').encode(),
        GOOD.replace("05Z", "05").encode(),
        GOOD.replace('"h1"', "NaN").encode(),
        GOOD.replace('"h1"', '"\\u0000"').encode(),
        GOOD.replace('"h1"', '"\\ud800"').encode(),
        GOOD.replace('{"household_ids":["h1"]}', "[1]").encode(),
        GOOD.replace('"data":', '"data":{},"data":').encode(),
    ],
)
def test_a_malformed_body_is_named_so(body: bytes) -> None:
    with pytest.raises(MalformedMessage):
        decode(body)


@pytest.mark.parametrize(
    "body",
    [
        GOOD.replace(TYPE, TYPE + ".v99"),
        GOOD.replace('"data":', '"dataschema":"urn:poverty-registry:x:2","data":'),
    ],
)
def test_a_future_major_is_parked_not_poison(body: str) -> None:
    with pytest.raises(FutureMessage):
        decode(body.encode())
    assert isinstance(read(route(), _delivery(body.encode())).content, Parked)


def test_unknown_fields_and_the_present_major_are_read() -> None:
    body = GOOD.replace('"data":', '"extra":1,"dataschema":"urn:poverty-registry:x:1","data":')
    assert decode(body.encode()).data == {"household_ids": ["h1"]}


def _delivery(body: bytes) -> Delivery:
    return Delivery(body, False, 0, None)


@pytest.mark.parametrize("items", ["[1]", '[""]', '"x"', "null", '[["h1"]]', f'["{"h" * 201}"]'])
def test_items_that_are_not_ids_make_a_message_unreadable(items: str) -> None:
    body = GOOD.replace('["h1"]', items).encode()
    content = read(route(), _delivery(body)).content
    if items == '"x"':
        assert isinstance(content, Work)
    else:
        assert isinstance(content, Refusal) and content.item == ""


def test_the_same_unreadable_bytes_get_the_same_row() -> None:
    first, again = (read(route(), _delivery(b"\0junk\xff")).content for _ in range(2))
    assert isinstance(first, Refusal) and first == again
    assert "\0" not in first.payload


def test_items_are_sorted_and_merged() -> None:
    content = read(route(), _delivery(encode(message(["b", "a", "b"])))).content
    assert isinstance(content, Work) and content.items == ("a", "b")


def test_a_message_is_narrowed_to_what_it_lists() -> None:
    made = message(ids(3))
    assert narrow(made, ["h001"]).data == {"household_ids": ["h001"]}
    assert narrow(made, ["other"]) == made
    assert narrow(made, []) == made


def test_every_announced_type_finds_a_queue() -> None:
    topology = Topology((route(),), frozenset({TYPE, "finding.raised"}), "p")
    names = {queue.name: queue for queue in topology.queues()}
    assert set(names) == {"p.dead", "p.assess-households", "p.announced"}
    assert names["p.announced"].keys == ("finding.raised",)
    assert names["p.announced"].arguments["x-overflow"] == "drop-head"
    assert names["p.assess-households"].arguments == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 50,
        "x-dead-letter-exchange": "p.dead",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-max-length": 200_000,
    }
