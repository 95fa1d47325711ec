"""One registry per module, with callers whose token is their name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from hashlib import sha256

import pytest_asyncio

from shared.access.caller import SCOPES, Caller
from shared.http.auth import OFF, Tokens
from tests import servers
from tests.harness import Registry, registry


def caller(
    name: str,
    area: str = "VN",
    sources: frozenset[str] | None = None,
    scopes: frozenset[str] = SCOPES,
) -> tuple[bytes, Caller]:
    """Return a caller as a static token shows it."""
    return sha256(name.encode()).digest(), Caller(name, scopes, area, sources, client_id=name)


@contextmanager
def as_known(world: Registry, *callers: tuple[bytes, Caller]) -> Iterator[Registry]:
    """Ask everybody for a token meanwhile."""
    world.tokens = Tokens(callers)
    try:
        yield world
    finally:
        world.tokens = OFF


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(server: servers.Server) -> AsyncIterator[Registry]:
    """A running registry with policy and areas, shared by a module's tests."""
    dsn = await server.create()
    async with registry(dsn) as running:
        yield running
    await server.drop(dsn)
