"""The client of programs that wait for each answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
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
from poverty_registry.operations import Operations


class Registry(Operations):
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
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask the registry at `address`, as the client with this id and secret, or with a token.

        `purpose` stands in the registry's audit of what was read.
        """
        headers = {} if purpose is None else {"purpose": purpose}
        self._http = httpx.Client(
            base_url=address, headers=headers, timeout=timeout, transport=transport
        )
        self._credentials = (client_id, client_secret) if client_id and client_secret else None
        self._token, self._token_ends = token, float("inf")
        self._attempts, self._sleep = attempts, sleep
        if self._credentials is not None:
            self._token_ends = 0.0

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its connections."""
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def ask(self, call: Call) -> Any:
        """Return what the registry answers; ask again while it says that it is busy."""
        response = self._sent(call, self._known_token())
        if response.status_code == UNAUTHORIZED and self._credentials is not None:
            # The keys were rotated, or the grants changed, while the token was young.
            self._token_ends = 0.0
            response = self._sent(call, self._known_token())
        return answers.read(response)

    def _sent(self, call: Call, token: str | None) -> httpx.Response:
        for attempt in range(self._attempts):
            last = attempt + 1 == self._attempts
            try:
                response = self._http.send(answers.request_of(self._http, call, token))
            except httpx.TransportError:
                if last or not call.repeatable:
                    raise
                self._sleep(pause(attempt, None, datetime.now(UTC)))
                continue
            seconds = answers.seconds_to_wait(call, response, attempt)
            if seconds is None or last:
                return response
            self._sleep(seconds)
        raise AssertionError("the last attempt returns or raises")

    def _known_token(self) -> str | None:
        if self._credentials is not None and time.monotonic() >= self._token_ends:
            call = answers.token_call(self._credentials)
            told = answers.read(self._sent(call, None))
            self._token = told["access_token"]
            self._token_ends = time.monotonic() + told["expires_in"] - TOKEN_MARGIN_SECONDS
        return self._token

    def pages(
        self, operation: Callable[..., Mapping[str, Any]], *given: Any, **named: Any
    ) -> Iterator[Any]:
        """Give every item of a list, page by page: `registry.pages(registry.list_households)`."""
        while True:
            page = operation(*given, **named)
            yield from page["items"]
            # A list ends without a cursor; the feed has one for ever, and nothing behind it yet.
            if page.get("next_cursor") is None or not page["items"]:
                return
            named["cursor"] = page["next_cursor"]

    def follow(self, cursor: str | None = None, **filters: Any) -> Iterator[events.Change]:
        """Give every change for ever, from a cursor on; keep a change's cursor with your own work.

        What breaks the stream makes it begin again after the last change that was given.
        """
        attempt = 0
        while True:
            call = events.stream_call(cursor, filters)
            try:
                with closing(self._opened(call)) as response:
                    lines = events.Lines()
                    for change in filter(None, map(lines.take, response.iter_lines())):
                        attempt, cursor = 0, change.cursor
                        yield change
            except httpx.TransportError:
                pass
            except RegistryError as refused:
                if refused.status not in AGAIN:
                    raise
            self._sleep(pause(attempt, None, datetime.now(UTC)))
            attempt += 1

    def _opened(self, call: Call) -> httpx.Response:
        response = self._streamed(call)
        if response.status_code == UNAUTHORIZED and self._credentials is not None:
            response.close()
            self._token_ends = 0.0
            response = self._streamed(call)
        if not response.is_success:
            response.read()
            answers.read(response)
        return response

    def _streamed(self, call: Call) -> httpx.Response:
        request = answers.request_of(self._http, call, self._known_token())
        request.extensions["timeout"] = events.TIMEOUTS
        return self._http.send(request, stream=True)

    def send_lines(self, kind: str, facts: Iterable[Mapping[str, Any]]) -> Any:
        """Send facts as NDJSON (`household-events`, `area-facts`, …), however many there are."""
        return self.ask(events.lines_call(kind, facts))

    def import_file(self, kind: str, path: Path | str, *, dry_run: bool = False) -> Any:
        """Send a CSV, XLSX or NDJSON file; `dry_run` judges it and stores nothing."""
        return self.ask(events.import_call(kind, Path(path), dry_run=dry_run))
