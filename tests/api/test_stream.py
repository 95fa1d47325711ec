"""Streams over a real server: what changes comes, what was missed comes first, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import httpx
import orjson
import pytest

from services.api.households import tail
from shared.households.store.feed import Transition, TransitionFilter
from shared.http.middleware import REQUESTS_MAX, REQUESTS_OF_ADDRESS_MAX
from shared.runtime.http_protocol import CONNECTIONS_MAX, CONNECTIONS_OF_ADDRESS_MAX
from shared.runtime.http_server import HttpServer, bind
from tests.facts import assessed
from tests.harness import Registry
from tests.waiting import STANDSTILL_SECONDS

Event = tuple[str, str, dict[str, Any]]


@pytest.fixture
async def served(app: Registry) -> AsyncIterator[httpx.AsyncClient]:
    """Serve over sockets: a client in the process would wait for the end of the answer."""
    listener = bind("127.0.0.1", 0)
    server, following = HttpServer(app.app, listener), app.app.state.tail
    tasks = [asyncio.create_task(part.run()) for part in (server, following)]
    await server.started()
    port = listener.getsockname()[1]
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=STANDSTILL_SECONDS
    ) as client:
        yield client
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def stream(
    client: httpx.AsyncClient, seen: str | None = None, **asked: str
) -> AsyncIterator[AsyncIterator[Event]]:
    headers = {} if seen is None else {"last-event-id": seen}
    async with client.stream(
        "GET", "/v1/transitions/stream", params=asked, headers=headers
    ) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 2000"
        yield events(lines)


async def events(lines: AsyncIterator[str]) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for line in lines:
        name, _, value = line.partition(": ")
        if not line and "data" in fields:
            yield fields["id"], fields["event"], orjson.loads(fields["data"])
            fields = {}
        elif name:
            fields[name] = value


async def record(app: Registry, *households: str, area: str = "06091") -> None:
    await app.send([assessed(name, "2023-12-14", area_code=area) for name in households])


async def test_a_change_comes_by_itself_and_a_resumed_stream_misses_nothing(
    app: Registry, served: httpx.AsyncClient
) -> None:
    await record(app, "BEFORE")
    async with stream(served) as coming:
        await record(app, "A")
        cursor, name, told = await anext(coming)
        assert (name, told["household_id"], told["to"]) == ("transition", "A", "poor")
    await record(app, "B", "C")
    async with stream(served, cursor) as coming:
        missed = [(await anext(coming))[2]["household_id"] for _ in range(2)]
        assert sorted(missed) == ["B", "C"]
        await record(app, "D")
        assert (await anext(coming))[2]["household_id"] == "D"


async def test_the_stream_says_what_the_feed_says_under_the_same_filters(
    app: Registry, served: httpx.AsyncClient
) -> None:
    page = await app.get("/v1/transitions")
    async with (
        stream(served, page["next_cursor"]) as everything,
        stream(served, page["next_cursor"], area="06091") as commune,
    ):
        await record(app, "ELSEWHERE", area="06097")
        posted = assessed("A", "2023-12-14")
        await app.send([posted])
        await app.send([{**posted, "revision": 2, "withdrawn": True}])
        told = [await anext(everything) for _ in range(3)]
        items = (await app.get("/v1/transitions", cursor=page["next_cursor"]))["items"]
        assert [data for _, _, data in told] == items
        assert [name for _, name, _ in told] == ["transition", "transition", "retraction"]
        assert [(await anext(commune))[2] for _ in range(2)] == items[1:]


async def test_what_is_no_cursor_or_from_before_a_restore_is_refused(
    served: httpx.AsyncClient,
) -> None:
    path = "/v1/transitions/stream"
    wrong = await served.get(path, headers={"last-event-id": "nonsense"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (
        422,
        "/header/Last-Event-ID",
    )
    assert (await served.get(path, params={"cursor": "nonsense"})).status_code == 422
    older = await served.get(path, headers={"last-event-id": "WyI3LjEiXQ"})
    assert (older.status_code, older.json()["code"]) == (410, "cursor_expired")


async def test_many_streams_see_one_change(app: Registry, served: httpx.AsyncClient) -> None:
    async def first() -> str:
        async with stream(served) as coming:
            opened.release()
            household: str = (await anext(coming))[2]["household_id"]
            return household

    opened, count = asyncio.Semaphore(0), 60
    listening = [asyncio.create_task(first()) for _ in range(count)]
    for _ in range(count):
        await opened.acquire()
    # The first line comes before the stream has read where the feed ends; one look apart.
    await record(app, "A")
    assert await asyncio.gather(*listening) == ["A"] * count


def test_streams_leave_room_for_requests_and_for_the_health_check() -> None:
    assert tail.STREAMS_MAX + REQUESTS_OF_ADDRESS_MAX < CONNECTIONS_OF_ADDRESS_MAX
    assert tail.STREAMS_MAX + REQUESTS_MAX < CONNECTIONS_MAX


async def test_a_stopping_process_ends_its_streams(
    app: Registry, served: httpx.AsyncClient
) -> None:
    async with stream(served) as coming:
        await record(app, "A")
        await anext(coming)
        app.app.state.tail.closed = True
        with pytest.raises(StopAsyncIteration):
            await anext(coming)


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (TransitionFilter(), True),
        (TransitionFilter(area_ids=[7]), True),
        (TransitionFilter(area_ids=[8]), False),
        (TransitionFilter(from_date=date(2023, 12, 14)), True),
        (TransitionFilter(from_date=date(2023, 12, 15)), False),
        (TransitionFilter(to_date=date(2023, 12, 13)), False),
        (TransitionFilter(kind="newly_arisen"), True),
        (TransitionFilter(kind="relapsed"), False),
        (TransitionFilter(list="near_poor"), False),
        (TransitionFilter(list="poor", kind="newly_arisen"), True),
    ],
)
def test_a_row_in_hand_is_taken_as_the_statement_takes_it(
    wanted: TransitionFilter, taken: bool
) -> None:
    row = Transition(
        *(1, None, "A", "06091", date(2023, 12, 14), None, "poor", ["poor:newly_arisen"], False),  # type: ignore[arg-type]
        *(None, None, None, 7),  # type: ignore[arg-type]
    )
    assert wanted.takes(row) is taken
