"""One registry per module: its tests use households of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests import servers
from tests.harness import Registry, registry


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(server: servers.Server) -> AsyncIterator[Registry]:
    """A running registry with policy and areas, shared by a module's tests."""
    dsn = await server.create()
    async with registry(dsn) as running:
        yield running
    await server.drop(dsn)
