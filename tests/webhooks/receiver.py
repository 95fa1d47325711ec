"""A real receiver of webhooks: keeps what came, and can verify it as the convention says."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.webhooks.verifying import verify


@dataclass
class Received:
    """A webhook as it came."""

    path: str
    webhook_id: str
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return orjson.loads(self.content)

    @property
    def household(self) -> str:
        told: str = self.body["data"].get("household_id", "")
        return told


Answer = Callable[[Received], Awaitable[web.Response]]


async def take(_: Received) -> web.Response:
    """Take whatever comes."""
    return web.Response(status=204)


@dataclass
class Receiver:
    """What came to an address, and how it is answered."""

    port: int = 0
    answer: Answer = take
    came: list[Received] = field(default_factory=list)
    taken: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def households(self) -> list[str]:
        return [one.household for one in self.taken]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        content = await request.read()
        one = Received(request.path, headers["webhook-id"], headers, content)
        self.came.append(one)
        answer = await self.answer(one)
        if answer.status < 300:
            self.taken.append(one)
        return answer


@asynccontextmanager
async def receiver(answer: Answer = take) -> AsyncIterator[Receiver]:
    """Run a receiver on a port of its own."""
    made = Receiver(answer=answer)
    runner = web.ServerRunner(web.Server(made.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


def verified(one: Received, secret: str) -> bool:
    """Say whether a webhook is signed by a secret or a public key."""
    if secret.startswith("whsec_"):
        return verify(secret, one.headers, one.content)
    key = Ed25519PublicKey.from_public_bytes(b64decode(secret.removeprefix("whpk_")))
    at = one.headers["webhook-timestamp"]
    message = f"{one.webhook_id}.{at}.".encode() + one.content
    for signature in one.headers["webhook-signature"].split():
        version, _, text = signature.partition(",")
        if version == "v1a":
            try:
                key.verify(b64decode(text), message)
                return True
            except Exception:
                continue
    return False


async def forever(_: Received) -> web.Response:
    """Never answer."""
    await asyncio.sleep(3600)
    return web.Response(status=204)
