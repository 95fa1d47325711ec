"""The demo on a busy machine: what is refused for now is sent again when the answer says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx

from shared.kernel.database import DatabaseUnavailable

BUSY = 503
RETRY_SECONDS = 5.0
T = TypeVar("T")


@dataclass
class Patience(httpx.AsyncBaseTransport):
    """Sends a request again after every 503, for ever: whoever stops the process ends it.

    Safe for all that the demo sends, because a repeat of a stored fact changes nothing.
    """

    transport: httpx.AsyncBaseTransport
    wait: Callable[[str], None]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request until it is answered otherwise."""
        while True:
            response = await self.transport.handle_async_request(request)
            if response.status_code != BUSY:
                return response
            problem = await response.aread()
            seconds = _seconds(response)
            self.wait(f"{_detail(response, problem)}; again in {seconds:.0f} s")
            await asyncio.sleep(seconds)

    async def read(self, look: Callable[[], Awaitable[T]]) -> T:
        """Return what a look into the database gives, once it can be reached."""
        while True:
            try:
                return await look()
            except DatabaseUnavailable as error:
                self.wait(f"{error or 'the database does not answer'}; again in a moment")
                await asyncio.sleep(RETRY_SECONDS)


def _seconds(response: httpx.Response) -> float:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdigit() else RETRY_SECONDS


def _detail(response: httpx.Response, problem: bytes) -> str:
    try:
        return str(httpx.Response(BUSY, content=problem).json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} {response.reason_phrase}"
