"""A load generator light enough for two cores: raw HTTP/1.1 over kept-alive connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

Make = Callable[[int], bytes]


@dataclass(frozen=True)
class Result:
    """How many requests were answered as expected, in how many seconds."""

    answered: int
    seconds: float

    @property
    def rate(self) -> float:
        """Return answers per second."""
        return self.answered / self.seconds


def get(url: str, token: str = "") -> bytes:
    """Return the bytes of a GET."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n{bearer}\r\n".encode()


def post(url: str, body: bytes, kind: str = "application/json") -> bytes:
    """Return the bytes of a POST."""
    parts = urlsplit(url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def hammer(
    url: str, make: Make, *, connections: int, seconds: float, expect: bytes = b"200"
) -> Result:
    """Send requests from `connections` callers at once for a while."""
    parts = urlsplit(url)
    end = perf_counter() + seconds
    numbers = iter(range(10**12))
    started = perf_counter()
    counts = await asyncio.gather(
        *(
            _caller(parts.hostname or "", parts.port or 80, make, numbers, end, expect)
            for _ in range(connections)
        )
    )
    return Result(sum(counts), perf_counter() - started)


async def _caller(host, port, make, numbers, end, expect) -> int:  # type: ignore[no-untyped-def]
    reader, writer = await asyncio.open_connection(host, port)
    count = 0
    while perf_counter() < end:
        writer.write(make(next(numbers)))
        status, _ = await answer(reader)
        if status != expect:
            raise RuntimeError(f"expected {expect!r}, got {status!r}")
        count += 1
    writer.close()
    return count


async def answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read one answer; return its status and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = head[9:12]
    lower = head.lower()
    at = lower.find(b"content-length:")
    length = int(lower[at + 15 : lower.index(b"\r\n", at)]) if at >= 0 else 0
    body = await reader.readexactly(length) if length else b""
    return status, body
