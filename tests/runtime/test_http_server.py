"""One caller cannot hold the server: idle connections, slow headers, crowds, callers who left."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse

from shared.http.middleware import Crowd
from shared.runtime import http_protocol
from shared.runtime.http_server import HttpServer, bind

GET = b"GET /%s HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"


class App:
    """Answers at once, or for /slow when it is told to."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.begun = self.ended = self.given_up = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun += 1
        try:
            if scope["path"] == "/slow":
                await self.go_on.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        self.ended += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"here"})


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[int]:
    listener = bind("127.0.0.1", 0)
    server = HttpServer(app, listener)
    task = asyncio.create_task(server.run())
    await server.started()
    try:
        yield listener.getsockname()[1]
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ask(port: int, path: bytes = b"", request: bytes | None = None) -> tuple[int, bytes]:
    """Send one request and return status and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(GET % path if request is None else request)
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


async def until(happened: Any) -> None:
    async with asyncio.timeout(60):
        while not happened():
            await asyncio.sleep(0.005)


async def test_who_only_waits_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "CONNECTIONS_OF_ADDRESS_MAX", 20)
    async with serving(App()) as port:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
        assert (await ask(port))[0] == 200
        closed = await asyncio.gather(*(reader.read() for reader, _ in idle[:30]))
        assert closed == [b""] * 30
        for _, writer in idle:
            writer.close()


async def test_requests_at_work_are_never_closed_and_more_of_them_are_refused_as_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_protocol, "CONNECTIONS_OF_ADDRESS_MAX", 5)
    app = App()
    async with serving(app) as port:
        slow = [asyncio.create_task(ask(port, b"slow")) for _ in range(5)]
        await until(lambda: app.begun == 5)
        status, body = await ask(port, request=b"")
        assert status == 503
        assert json.loads(body)["code"] == "too_many_connections"
        app.go_on.set()
        assert [status for status, _ in await asyncio.gather(*slow)] == [200] * 5


async def test_headers_that_do_not_come_end_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEADERS_SECONDS", 0.2)
    async with serving(App()) as port:
        status, body = await ask(port, request=b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ")
        assert (status, json.loads(body)["code"]) == (408, "headers_late")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()


async def test_an_offer_of_another_protocol_takes_no_body_away() -> None:
    """As Java's client asks for a token: HTTP/2 is offered, and the body comes a moment later."""

    async def echo(scope: Any, receive: Any, send: Any) -> None:
        parts, more = [], True
        while more:
            message = await receive()
            parts.append(message["body"])
            more = message["more_body"]
        await Response(b"".join(parts))(scope, receive, send)

    body = b"upgrade:\r\nupgrade: 1"
    async with serving(echo) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(
                b"POST / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nhost: x\r\n"
                b"Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\ncontent-length: %d\r\n\r\n"
                % len(body)
            )
            await asyncio.sleep(0.05)
            writer.write(body)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(len(body)) == body
        writer.close()


async def test_a_crowd_is_told_to_come_again_and_health_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.http.middleware.REQUESTS_OF_ADDRESS_MAX", 3)
    app = App()
    async with serving(Crowd(app)) as port:
        slow = [asyncio.create_task(ask(port, b"slow")) for _ in range(3)]
        await until(lambda: app.begun == 3)
        status, body = await ask(port)
        assert (status, json.loads(body)["code"]) == (503, "too_many_requests_in_hand")
        assert (await ask(port, b"health/live"))[0] == 200
        app.go_on.set()
        assert [status for status, _ in await asyncio.gather(*slow)] == [200] * 3
        assert (await ask(port))[0] == 200


async def test_who_left_before_the_turn_costs_nothing() -> None:
    app = App()
    async with serving(app) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        # Two requests on one connection: the second waits for the first, and the caller leaves.
        writer.write(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n" + GET % b"")
        await until(lambda: app.begun == 1)
        writer.transport.abort()
        app.go_on.set()
        assert (await ask(port))[0] == 200
        assert app.begun == 2


async def test_a_question_is_given_up_with_its_caller_and_a_fact_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()
    async with serving(app) as port:
        for number, method in enumerate((b"GET", b"HEAD", b"POST"), 1):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(method + b" /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
            await until(lambda number=number: app.begun == number)
            writer.transport.abort()
        await until(lambda: app.given_up == 2)
        app.go_on.set()
        await until(lambda: app.ended == 1)
        assert (await ask(port))[0] == 200
    assert app.given_up == 2
    assert not caplog.records


async def test_what_is_no_http_is_refused_as_a_problem() -> None:
    async with serving(App()) as port:
        status, body = await ask(port, request=b"\x16\x03\x01 hello\r\n\r\n")
        assert (status, json.loads(body)["code"]) == (400, "malformed_request")


class Parts:
    """Answers in parts of a known length, or as a stream whose parts come when told to."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        stream = scope["path"] == "/stream"
        headers = [] if stream else [(b"content-length", b"8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if stream:
            await self.go_on.wait()
        if scope["path"] == "/broken":
            raise RuntimeError(scope["path"])
        await send({"type": "http.response.body", "body": b"here", "more_body": True})
        await send({"type": "http.response.body", "body": b"here"})


async def test_head_and_body_travel_together_and_in_their_order() -> None:
    async with serving(Parts()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        # Answers of one connection, one after the other: to HEAD no body may follow.
        writer.write(
            b"HEAD / HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n" + GET % b""
        )
        heads = (await reader.read()).split(b"HTTP/1.1 200 OK\r\n")[1:]
        writer.close()
        assert [head.partition(b"\r\n\r\n")[2] for head in heads] == [b"", b"herehere", b"herehere"]
        assert all(b"content-length: 8" in head for head in heads)


async def test_a_closed_connection_has_had_the_head_of_its_answer() -> None:
    async with serving(Parts()) as port:
        closing = b"HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        assert await ask(port, request=closing) == (200, b"")
        assert await ask(port, b"broken") == (200, b"")


async def test_the_head_of_a_stream_does_not_wait_for_its_first_part() -> None:
    app = Parts()
    async with serving(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET % b"stream")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        app.go_on.set()
        assert await reader.read() == b"4\r\nhere\r\n4\r\nhere\r\n0\r\n\r\n"
        writer.close()


async def test_an_answer_that_nobody_reads_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "UNREAD_SECONDS", 0.2)
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536

    async def app(scope: Any, receive: Any, send: Any) -> None:
        with pytest.raises(ClientDisconnect):
            await StreamingResponse(endless())(scope, receive, send)
        ended.set()

    async with serving(app) as port:
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(GET % b"")
            await asyncio.wait_for(ended.wait(), 60)
        assert ended.is_set()


async def test_an_answer_that_is_read_slowly_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "UNREAD_SECONDS", 30.0)
    body = b"y" * 4_000_000
    async with serving(Response(body)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(GET % b"")
        read = bytearray()
        while part := await reader.read(100_000):
            read += part
            await asyncio.sleep(0)
        writer.close()
    assert bytes(read).endswith(body)
