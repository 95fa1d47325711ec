"""No more may come in, or the database is gone: 503, nothing stored, and back by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import orjson
import pytest
import pytest_asyncio

from services.ingest import bodies
from services.ingest.routes import doors
from tests.facts import member, move_refusal, move_request, same_person
from tests.harness import PLURALS, Registry, registry
from tests.ingest.items import article, assessed, fact, fetch, stored
from tests.ingest.money import fund, payment, run, support
from tests.servers import Server
from tests.waiting import STANDSTILL_SECONDS, promises_in, until

LIMIT = 3
SENT = {
    "household-events": assessed(),
    "area-facts": fact(),
    "articles": article(),
    "funds": fund(),
    "disbursements": payment(),
    "support-records": support(),
    "members": member("S-1", "2023-12-14"),
    "person-decisions": same_person(str(uuid4()), str(uuid4())),
    "move-requests": move_request("S-1", "2023-12-14"),
    "move-refusals": move_refusal(str(uuid4())),
}


def event(number: int) -> dict[str, object]:
    return assessed(external_id=f"A/{number}", household_id=f"A-{number}")


async def post(app: Registry, *events: dict[str, object]) -> httpx.Response:
    return await app.post("/v1/household-events", {"events": list(events)})


def refused(answer: httpx.Response, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, code), answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"


# --- the outbox is full ---------------------------------------------------------------------------


@pytest_asyncio.fixture
async def small(dsn: str) -> AsyncIterator[Registry]:
    """A registry that takes few messages, filled up to one more than that."""
    async with registry(dsn, outbox_rows_max=LIMIT) as running:
        for number in range(LIMIT + 1):
            later(running)
            assert (await post(running, event(number))).status_code == 202
        later(running)
        yield running


def later(app: Registry) -> None:
    """Let as much time go by as admission waits before it looks again."""
    app.clock.advance(timedelta(seconds=1))


@pytest.mark.parametrize("door", SENT)
async def test_a_full_outbox_closes_every_door(small: Registry, door: str) -> None:
    before = await stored(small)
    refused(await small.post(f"/v1/{door}", {PLURALS[door]: [SENT[door]]}), "outbox_full")
    assert await stored(small) == before


async def test_a_full_outbox_takes_no_run(small: Registry) -> None:
    refused(await small.post("/v1/allocation-runs", run()), "outbox_full")
    assert await fetch(small, "SELECT 1 FROM allocation_runs") == []


async def test_a_full_outbox_refuses_streams_and_files(small: Registry) -> None:
    before = await stored(small)
    line = orjson.dumps(event(9))
    headers = {"content-type": "application/x-ndjson"}
    answer = await small.client.post("/v1/household-events", content=line, headers=headers)
    refused(answer, "outbox_full")
    files = {"file": ("a.ndjson", line)}
    data = {"kind": "household-events"}
    answer = await small.client.post("/v1/imports", files=files, data=data)
    refused(answer, "outbox_full")
    assert await stored(small) == before
    assert await fetch(small, "SELECT 1 FROM imports") == []


async def test_doors_open_again_when_the_messages_are_sent(small: Registry) -> None:
    refused(await post(small, event(9)), "outbox_full")
    await small.drain()
    refused(await post(small, event(9)), "outbox_full")  # it has not looked again yet
    later(small)
    assert (await post(small, event(9))).status_code == 202


async def test_a_clock_set_back_keeps_nobody_out(small: Registry) -> None:
    refused(await post(small, event(9)), "outbox_full")
    await small.drain()
    small.clock.advance(timedelta(hours=-1))
    assert (await post(small, event(9))).status_code == 202


async def test_an_outbox_that_fills_up_ends_a_stream_where_it_is(dsn: str) -> None:
    async with registry(dsn, outbox_rows_max=LIMIT) as app:

        async def lines() -> AsyncIterator[bytes]:
            for number in range(4500):
                if number % 1000 == 999:
                    later(app)
                yield orjson.dumps(event(number)) + b"\n"

        headers = {"content-type": "application/x-ndjson"}
        answer = await app.client.post("/v1/household-events", content=lines(), headers=headers)
        refused(answer, "outbox_full")
        problem = answer.json()
        shown = await app.get(f"/v1/imports/{problem['import_id']}")
        assert (shown["state"], shown["accepted"]) == ("interrupted", problem["accepted"])
        assert (await stored(app))["household_events"] == problem["accepted"] > 0


# --- the database is gone -------------------------------------------------------------------------


async def cut(server: Server, dsn: str) -> None:
    """End every connection to a database."""
    name = urlsplit(dsn).path[1:]
    await server.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )


@asynccontextmanager
async def without_server(app: Registry, server: Server, dsn: str) -> AsyncIterator[None]:
    """Cut a registry off from its server: no connection is left, and none can be made."""
    pool = app.context.database.pool
    address, options = pool._connect_args, pool._connect_kwargs
    pool.set_connect_args("postgresql://postgres@127.0.0.1:1/nobody", **options)
    await cut(server, dsn)
    try:
        yield
    finally:
        pool.set_connect_args(*address, **options)


async def test_without_a_database_the_answer_is_503_and_it_recovers(
    app: Registry, server: Server, dsn: str
) -> None:
    assert (await post(app, event(1))).status_code == 202
    async with without_server(app, server, dsn):
        async with asyncio.timeout(STANDSTILL_SECONDS):
            refused(await post(app, event(2)), "database_unavailable")
            answers = await asyncio.gather(*(post(app, event(n)) for n in range(3, 40)))
        for answer in answers:
            refused(answer, "database_unavailable")
    assert (await post(app, event(2))).status_code == 202
    assert (await stored(app))["household_events"] == 2


async def test_a_stream_without_a_database_is_503_and_may_be_sent_again(
    app: Registry, server: Server, dsn: str
) -> None:
    headers = {"content-type": "application/x-ndjson"}
    whole = b"".join(orjson.dumps(event(n)) + b"\n" for n in range(2500))

    async def cut_off() -> AsyncGenerator[bytes, None]:
        yield whole[: len(whole) // 2]
        async with without_server(app, server, dsn):
            yield whole[len(whole) // 2 :]

    path, sending = "/v1/household-events", cut_off()
    answer = await app.client.post(path, content=sending, headers=headers)
    refused(answer, "database_unavailable")
    await sending.aclose()
    answer = await app.client.post(path, content=whole, headers=headers)
    assert answer.status_code == 202
    assert answer.json()["accepted"] + answer.json()["duplicates"] == 2500
    assert (await stored(app))["household_events"] == 2500


async def test_cut_connections_cost_no_fact(app: Registry, server: Server, dsn: str) -> None:
    """Each request is answered 202 and stored, or 503 and safely sent again."""
    for start in range(0, 60, 20):
        answers = await asyncio.gather(
            *(post(app, event(n)) for n in range(start, start + 20)),
            cut(server, dsn),
        )
        assert {a.status_code for a in answers[:-1]} <= {202, 503}
    for number in range(60):
        answer = await post(app, event(number))
        while answer.status_code == 503:
            answer = await post(app, event(number))
        assert answer.status_code == 202
    assert (await stored(app))["household_events"] == 60


async def test_a_store_that_hangs_is_answered_within_the_promised_seconds(app: Registry) -> None:
    async with app.context.database.transaction() as tx:
        await tx.execute("LOCK TABLE household_events")
        with promises_in(0.5):
            answers = await asyncio.gather(*(post(app, event(n)) for n in range(5)))
    for answer in answers:
        refused(answer, "database_unavailable")
    for number in range(5):
        assert (await post(app, event(number))).status_code == 202
    assert (await stored(app))["household_events"] == 5


async def test_checks_that_take_too_long_are_named(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()

    def slow(*given: Any) -> Any:
        answered.wait(STANDSTILL_SECONDS)
        return bodies.read_request(*given)

    body = orjson.dumps({"events": [event(1)]}) + b" " * bodies.IN_THREAD_BYTES
    path, headers = "/v1/household-events", {"content-type": "application/json"}

    async def named() -> bool:
        answer = await app.client.post(path, content=body, headers=headers)
        # On a busy machine the database may be the slow one, before anything is checked.
        if answer.json()["code"] == "database_unavailable":
            return False
        refused(answer, "checks_too_slow")
        return True

    with monkeypatch.context() as patch, promises_in(0.5):
        patch.setattr(doors, "read_request", slow)
        try:
            await until(named)
        finally:
            answered.set()
    assert (await stored(app))["household_events"] == 0
    answer = await app.client.post(path, content=body, headers=headers)
    assert answer.status_code == 202


async def test_a_pool_without_a_free_connection_is_answered_within_the_promised_seconds(
    app: Registry,
) -> None:
    assert (await post(app, event(1))).status_code == 202
    pool = app.context.database.pool
    held = [await pool.acquire() for _ in range(pool.get_max_size())]
    try:
        with promises_in(0.5):
            refused(await post(app, event(2)), "database_unavailable")
    finally:
        for connection in held:
            await pool.release(connection)
    assert (await post(app, event(2))).status_code == 202
