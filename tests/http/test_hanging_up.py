"""A caller that hangs up is a line of the log, and no error."""

from __future__ import annotations

from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from shared.http.middleware import CLIENT_GONE, RequestLog


async def test_a_caller_that_hangs_up_while_it_is_answered_is_no_error() -> None:
    seen: list[tuple[Any, ...]] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ClientDisconnect

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(_: Any) -> None:
        return None

    log = RequestLog(answer, lambda *observed: seen.append(observed))
    await log({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send)
    assert [status for _, _, status, _ in seen] == [CLIENT_GONE]
