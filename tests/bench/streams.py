"""Streams of changes: so many at once, how soon a change is seen in all, what memory they need.

    python -m tests.bench.streams ADDRESS STREAMS

is the readers: for each line on its input it says how long after the instant of the next change
(`recorded_at`, taken shortly before its commit) the first and the last stream had it, in ms.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from statistics import quantiles
from time import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import psutil

from tests.bench import measures, processes

STREAMS, CHANGES = 500, 40
SECONDS_AT_MOST = 1.0
SETTLE_CHANGES = 10


async def streams(dsn: str) -> dict[str, Any]:
    """Open the streams, then make one change after another; seconds until all streams have it."""
    with processes.registry("embedded", dsn) as (address, pid):
        await measures.bulk(address, dsn, "warm", 100)
        process = psutil.Process(pid)
        before = process.memory_info().rss / 1e6
        argv = (sys.executable, "-m", "tests.bench.streams", address, str(STREAMS))
        pipe = asyncio.subprocess.PIPE
        readers = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe)
        try:
            assert await _line(readers) == "open"
            figures = await _changes(address, readers, process)
        finally:
            readers.kill()
            await readers.wait()
    return {"streams": STREAMS, "changes": CHANGES, "before_mb": round(before), **figures}


async def _changes(
    address: str, readers: asyncio.subprocess.Process, process: psutil.Process
) -> dict[str, Any]:
    firsts, lasts, memory = [], [], []
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        for number in range(CHANGES):
            event = measures.event("streamed", number)
            headers = {"prefer": "wait=10"}
            (
                await client.post("/v1/household-events", json={"events": [event]}, headers=headers)
            ).raise_for_status()
            assert readers.stdin is not None
            readers.stdin.write(b"\n")
            first, last = (float(part) for part in (await _line(readers)).split())
            firsts.append(first)
            lasts.append(last)
            memory.append(process.memory_info().rss / 1e6)
    return {
        "first_ms": round(sum(firsts) / len(firsts)),
        "all_p50_ms": round(quantiles(lasts, n=100)[49]),
        "all_p95_ms": round(quantiles(lasts, n=100)[94]),
        "all_max_ms": round(max(lasts)),
        "ms_at_most": SECONDS_AT_MOST * 1000,
        "early_mb": round(memory[SETTLE_CHANGES]),
        "max_mb": round(max(memory)),
    }


async def _line(readers: asyncio.subprocess.Process) -> str:
    assert readers.stdout is not None
    return (await readers.stdout.readline()).decode().strip()


class Reader:
    """One stream, read as it comes."""

    def __init__(self) -> None:
        self.seen: asyncio.Queue[float] = asyncio.Queue()

    async def read(self, host: str, port: int, opened: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(f"GET /v1/transitions/stream HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        async for line in reader:
            if line.startswith(b"retry:"):
                opened.set()
            elif line.startswith(b"data: "):
                at = datetime.fromisoformat(orjson.loads(line[6:])["recorded_at"])
                self.seen.put_nowait(time() - at.timestamp())


async def read_all(address: str, number: int) -> None:
    """Open the streams, say so, and for each line that comes in how long they waited."""
    parts = urlsplit(address)
    readers, opened = [Reader() for _ in range(number)], [asyncio.Event() for _ in range(number)]
    tasks = [
        asyncio.create_task(one.read(parts.hostname or "", parts.port or 80, event))
        for one, event in zip(readers, opened, strict=True)
    ]
    await asyncio.gather(*(event.wait() for event in opened))
    print("open", flush=True)
    told = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    while await told.readline():
        waited = [await one.seen.get() * 1000 for one in readers]
        print(min(waited), max(waited), flush=True)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(read_all(sys.argv[1], int(sys.argv[2])))
