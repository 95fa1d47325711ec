"""The client of programs that do other things while they wait (asyncio)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from poverty_registry import answers, events
from poverty_registry.calls import (
    AGAIN,
    TOKEN_MARGIN_SECONDS,
    UNAUTHORIZED,
    Call,
    RegistryError,
    pause,
)
from poverty_registry.operations import AsyncOperations


class AsyncRegistry(AsyncOperations):
    """Every operation of the registry as a method, with retries, pages and the feed."""

    def __init__(
        self,
        address: str,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        token: str | None = None,
        purpose: str | None = None,
        attempts: int = 6,
        timeout: float = 30.0,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Ask the registry at `address`, as the client with this id and secret, or with a token.

        `purpose` stands in the registry's audit of what was read.
        """
        headers = {} if purpose is None else {"purpose": purpose}
        self._http = httpx.AsyncClient(
            base_url=address, headers=headers, timeout=timeout, transport=transport
        )
        self._credentials = (client_id, client_secret) if client_id and client_secret else None
        self._token, self._token_ends = token, float("inf")
        self._attempts, self._sleep = attempts, sleep
        if self._credentials is not None:
            self._token_ends = 0.0

    async def __aenter__(self) -> Self:
        """Use it in an `async with`."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its connections."""
        await self.close()

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def ask(self, call: Call) -> Any:
        """Return what the registry answers; ask again while it says that it is busy."""
        response = await self._sent(call, await self._known_token())
        if response.status_code == UNAUTHORIZED and self._credentials is not None:
            # The keys were rotated, or the grants changed, while the token was young.
            self._token_ends = 0.0
            response = await self._sent(call, await self._known_token())
        return answers.read(response)

    async def _sent(self, call: Call, token: str | None) -> httpx.Response:
        for attempt in range(self._attempts):
            last = attempt + 1 == self._attempts
            try:
                response = await self._http.send(answers.request_of(self._http, call, token))
            except httpx.TransportError:
                if last or not call.repeatable:
                    raise
                await self._sleep(pause(attempt, None, datetime.now(UTC)))
                continue
            seconds = answers.seconds_to_wait(call, response, attempt)
            if seconds is None or last:
                return response
            await self._sleep(seconds)
        raise AssertionError("the last attempt returns or raises")

    async def _known_token(self) -> str | None:
        if self._credentials is not None and time.monotonic() >= self._token_ends:
            call = answers.token_call(self._credentials)
            told = answers.read(await self._sent(call, None))
            self._token = told["access_token"]
            self._token_ends = time.monotonic() + told["expires_in"] - TOKEN_MARGIN_SECONDS
        return self._token

    async def pages(
        self, operation: Callable[..., Awaitable[Mapping[str, Any]]], *given: Any, **named: Any
    ) -> AsyncIterator[Any]:
        """Give every item of a list, page by page: `registry.pages(registry.list_households)`."""
        while True:
            page = await operation(*given, **named)
            for item in page["items"]:
                yield item
            # A list ends without a cursor; the feed has one for ever, and nothing behind it yet.
            if page.get("next_cursor") is None or not page["items"]:
                return
            named["cursor"] = page["next_cursor"]

    async def follow(
        self, cursor: str | None = None, **filters: Any
    ) -> AsyncIterator[events.Change]:
        """Give every change for ever, from a cursor on; keep a change's cursor with your own work.

        What breaks the stream makes it begin again after the last change that was given.
        """
        attempt = 0
        while True:
            call = events.stream_call(cursor, filters)
            try:
                async with aclosing(await self._opened(call)) as response:
                    lines = events.Lines()
                    async for line in response.aiter_lines():
                        if (change := lines.take(line)) is not None:
                            attempt, cursor = 0, change.cursor
                            yield change
            except httpx.TransportError:
                pass
            except RegistryError as refused:
                if refused.status not in AGAIN:
                    raise
            await self._sleep(pause(attempt, None, datetime.now(UTC)))
            attempt += 1

    async def _opened(self, call: Call) -> httpx.Response:
        response = await self._streamed(call)
        if response.status_code == UNAUTHORIZED and self._credentials is not None:
            await response.aclose()
            self._token_ends = 0.0
            response = await self._streamed(call)
        if not response.is_success:
            await response.aread()
            answers.read(response)
        return response

    async def _streamed(self, call: Call) -> httpx.Response:
        request = answers.request_of(self._http, call, await self._known_token())
        request.extensions["timeout"] = events.TIMEOUTS
        return await self._http.send(request, stream=True)

    async def send_lines(self, kind: str, facts: Iterable[Mapping[str, Any]]) -> Any:
        """Send facts as NDJSON (`household-events`, `area-facts`, …), however many there are."""
        return await self.ask(events.lines_call(kind, facts))

    async def import_file(self, kind: str, path: Path | str, *, dry_run: bool = False) -> Any:
        """Send a CSV, XLSX or NDJSON file; `dry_run` judges it and stores nothing."""
        return await self.ask(events.import_call(kind, Path(path), dry_run=dry_run))
