"""Webhooks a second: from the feed to local receivers, beside posting alone.

    python -m tests.bench.hooks PORT

is the receivers: it answers every POST by 204, and a GET by how many there were.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

import aiohttp
import asyncpg
import httpx

from tests.bench import cpu, measures, processes
from tests.faults.system import free_port

SUBSCRIPTIONS, TOGETHER = 4, 32
BARE_POSTS = 20_000


class Receivers(asyncio.Protocol):
    """One connection; all share the count."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.content = b""

    def data_received(self, data: bytes) -> None:
        self.content += data
        while (end := self.content.find(b"\r\n\r\n")) >= 0:
            head = self.content[:end].lower()
            length = 0
            if (at := head.find(b"content-length: ")) >= 0:
                length = int(head[at + 16 :].partition(b"\r\n")[0])
            if len(self.content) < end + 4 + length:
                return
            self.content = self.content[end + 4 + length :]
            self.answer(head)

    def answer(self, head: bytes) -> None:
        if head.startswith(b"get "):
            text = b"%d" % Receivers.taken
            self.transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(text), text)
            )
            return
        Receivers.taken += 1
        self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def serve(port: int) -> None:
    """Receive for ever."""
    server = await asyncio.get_running_loop().create_server(Receivers, "127.0.0.1", port)
    await server.serve_forever()


@asynccontextmanager
async def receivers() -> AsyncIterator[str]:
    """Run the receivers in a process of their own; give their address."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.hooks", str(port)
    )
    try:
        while True:
            try:
                await count(f"http://127.0.0.1:{port}")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


async def count(address: str) -> int:
    async with httpx.AsyncClient() as client:
        return int((await client.get(address)).text)


async def webhooks(dsn: str, households: int) -> dict[str, Any]:
    """Deliver the transitions of so many households to four subscriptions at once."""
    async with receivers() as address:
        bare = await _bare(address)
        with processes.registry("embedded", dsn, WEBHOOKS_INSIDE="true") as (registry, pid):
            await measures.bulk(registry, dsn, "hooks", households)
            await _subscribe(registry, address)
            before, wanted = await count(address), SUBSCRIPTIONS * households
            spent = await cpu.meter(dsn, [pid])
            begun = perf_counter()
            await _from_the_beginning(dsn)
            while (taken := await count(address) - before) < wanted:
                await asyncio.sleep(0.05)
            seconds = perf_counter() - begun
            used = spent().per(wanted)
    return {
        "rate": round(taken / seconds),
        "limit": round(bare),
        "ratio": round(taken / seconds / bare, 3),
        "deliveries": taken,
        "cpu_us_a_delivery": used,
    }


async def _subscribe(registry: str, address: str) -> None:
    async with httpx.AsyncClient(base_url=registry) as client:
        for number in range(SUBSCRIPTIONS):
            body = {
                "callback_url": f"{address}/{number}",
                "types": ["household-status.changed"],
            }
            answer = await client.post("/v1/subscriptions", json=body)
            answer.raise_for_status()


async def _from_the_beginning(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE subscriptions SET place = 0")
    await connection.close()


async def _bare(address: str) -> float:
    """Post bodies of the same size by the same library, and nothing else."""
    numbers, body = iter(range(BARE_POSTS)), b"x" * 550
    async with aiohttp.ClientSession() as session:

        async def posting() -> None:
            for _ in numbers:
                async with session.post(address, data=body) as answer:
                    assert answer.status == 204

        begun = perf_counter()
        await asyncio.gather(*(posting() for _ in range(TOGETHER)))
        return BARE_POSTS / (perf_counter() - begun)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
