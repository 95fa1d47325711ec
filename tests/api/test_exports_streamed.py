"""A list as a stream: the bytes of its file, as far as they come, and a manifest if all came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.api.exports import questions, streamed
from services.api.exports.exporter import Exporter
from shared.http.auth import Tokens
from shared.http.limits import STREAMS_MAX
from shared.runtime.http_server import HttpServer, bind
from tests.access.conftest import as_known, caller
from tests.facts import NEIGHBOUR, assessed
from tests.harness import Registry, registry
from tests.waiting import STANDSTILL_SECONDS, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/v1/exports/stream"
LIST = "/v1/households?as_of=2024-01-01"
HOUSEHOLDS = 30


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(server: Any) -> AsyncIterator[Registry]:
    dsn = await server.create()
    async with registry(dsn) as running:
        facts = [assessed(f"E-{number:03}", "2023-12-14") for number in range(HOUSEHOLDS)]
        await running.send([*facts, assessed("F-1", "2023-12-14", area_code=NEIGHBOUR)])
        yield running
    await server.drop(dsn)


@pytest_asyncio.fixture(loop_scope="module")
async def served(world: Registry) -> AsyncIterator[httpx.AsyncClient]:
    """Serve over sockets: a client in the process would see no end that is no end."""
    listener = bind("127.0.0.1", 0)
    server = HttpServer(world.app, listener)
    task = asyncio.create_task(server.run())
    await server.started()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address, timeout=STANDSTILL_SECONDS) as client:
        yield client
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pages so small that there are several of them."""
    monkeypatch.setattr(questions, "PAGE_ROWS", 7)


def manifest_of(answer: httpx.Response) -> str:
    assert answer.links["describedby"]["rel"] == "describedby"
    return answer.links["describedby"]["url"]


@pytest.mark.parametrize("form", ["ndjson", "csv"])
@pytest.mark.parametrize(
    "question",
    [
        LIST,
        "/v1/transitions?area=181",
        "/v1/areas/181/statistics/children?by=commune&as_of=2024-01-01",
        "/v1/figures",
        "/v1/disbursements",
    ],
)
async def test_a_stream_is_the_file_byte_for_byte_and_leaves_its_manifest(
    world: Registry, served: httpx.AsyncClient, question: str, form: str
) -> None:
    answer = await served.get(PATH, params={"question": question, "format": form})
    assert answer.status_code == 200, answer.text
    manifest = (await served.get(manifest_of(answer))).json()
    assert manifest["sha256"] == sha256(answer.content).hexdigest()
    assert manifest["bytes"] == len(answer.content)
    assert answer.headers["content-type"].partition(";")[0] == manifest["media_type"]
    # The file of the same question, later.
    await world.send([assessed(f"LATER-{form}", "2023-12-14")])
    body = {"question": manifest["question"], "format": form}
    export = (await served.post("/v1/exports", json=body)).json()
    assert await Exporter(world.app.state.context).look()
    assert (await served.get(export["content_href"])).content == answer.content
    made = (await served.get(export["manifest_href"])).json()
    own = {"export_id"}
    assert {k: v for k, v in made.items() if k not in own} == {
        k: v for k, v in manifest.items() if k not in own
    }


async def test_what_was_streamed_has_no_file_and_takes_no_files_place(
    world: Registry, served: httpx.AsyncClient
) -> None:
    world.clock.advance(timedelta(seconds=1))
    answer = await served.get(PATH, params={"question": LIST})
    href = manifest_of(answer).removesuffix("/manifest")
    export = (await served.get(href)).json()
    assert (export["state"], export["rows"]) == ("streamed", answer.content.count(b"\n"))
    content = await served.get(export["content_href"])
    assert (content.status_code, content.json()["code"]) == (409, "export_not_completed")
    listed = (await served.get("/v1/exports")).json()["items"]
    assert listed[0] == export


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 422, "missing_parameter"),
        ({"question": "/v1/receipts/1"}, 422, "unknown_list"),
        ({"question": LIST, "format": "xlsx"}, 422, "unknown_value"),
        ({"question": "/v1/households?area=99999"}, 404, "unknown_area"),
    ],
)
async def test_what_cannot_be_asked_is_refused_before_anything_is_sent(
    served: httpx.AsyncClient, asked: dict[str, str], status: int, code: str
) -> None:
    answer = await served.get(PATH, params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


class Gate:
    """Holds a list at its second page until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        page = questions.Pages._page

        async def held(pages: questions.Pages, ask: Any, cursor: Any, limit: int) -> Any:
            if cursor is not None:
                self.reached.set()
                await self.open.wait()
            return await page(pages, ask, cursor, limit)

        monkeypatch.setattr(questions.Pages, "_page", held)


async def test_one_that_breaks_has_no_end_and_no_manifest(
    world: Registry, served: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    monkeypatch.setattr(streamed, "LOOK_SECONDS", 0.0)
    own, received = caller("own"), b""
    # Packed, so few bytes would wait for more.
    header = {"authorization": "Bearer own", "accept-encoding": "identity"}
    with as_known(world, own):
        async with served.stream("GET", PATH, params={"question": LIST}, headers=header) as answer:
            lines = answer.aiter_bytes()
            received += await anext(lines)
            await gate.reached.wait()
            # Who may read nothing any more gets nothing more.
            world.tokens = Tokens(())
            gate.open.set()
            with pytest.raises(httpx.RemoteProtocolError):
                async for part in lines:
                    received += part
        world.tokens = Tokens((own,))
        assert 0 < received.count(b"\n") < HOUSEHOLDS
        manifest = await served.get(manifest_of(answer), headers=header)
        assert (manifest.status_code, manifest.json()["code"]) == (404, "unknown_export")


async def test_a_client_reads_so_many_at_once(
    world: Registry, served: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, asked = Gate(monkeypatch), {"params": {"question": LIST}}
    asked["headers"] = {"authorization": "Bearer own"}
    with as_known(world, caller("own")):
        reading = [asyncio.create_task(served.get(PATH, **asked)) for _ in range(STREAMS_MAX)]
        limits = world.app.state.context.limits
        await until(lambda: sum(limits._held.values()) == STREAMS_MAX and gate.reached.is_set())
        refused = await served.get(PATH, **asked)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
        gate.open.set()
        assert {answer.status_code for answer in await asyncio.gather(*reading)} == {200}


async def test_a_stream_holds_what_its_client_may_see(
    world: Registry, served: httpx.AsyncClient
) -> None:
    header = {"authorization": "Bearer own"}
    with as_known(world, caller("own", area=NEIGHBOUR), caller("other")):
        answer = await served.get(PATH, params={"question": LIST}, headers=header)
        assert answer.content.count(b"\n") == 1 and b'"F-1"' in answer.content
        hidden = await served.get(manifest_of(answer), headers={"authorization": "Bearer other"})
        assert hidden.status_code == 404
