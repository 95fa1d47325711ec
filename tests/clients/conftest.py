"""A served registry that asks for tokens, and the committed Python client at it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
import pytest_asyncio

from shared.http.auth import Tokens
from shared.http.wrong_tokens import WrongTokens
from shared.runtime.http_server import HttpServer, bind
from tests import servers
from tests.access.conftest import caller
from tests.access.letting_in import bearer
from tests.harness import Registry, registry

Served = tuple[Registry, str]
CLIENTS = Path(__file__).resolve().parents[2] / "clients" / "python"


@pytest.fixture(scope="session", autouse=True)
def client() -> Iterator[ModuleType]:
    """The package, as a program that installed it has it."""
    sys.path.insert(0, str(CLIENTS))
    import poverty_registry

    yield poverty_registry
    sys.path.remove(str(CLIENTS))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(server: servers.Server) -> AsyncIterator[Served]:
    """A registry with auth on at an address."""
    dsn = await server.create()
    async with registry(dsn) as world:
        world.tokens = Tokens((caller("sender"),))
        world.client.headers.update(bearer("sender"))
        world.app.state.wrong_tokens = WrongTokens(sleep=lambda _: None)
        listener = bind("127.0.0.1", 0)
        serving = asyncio.create_task(HttpServer(world.app, listener).run())
        yield world, f"http://127.0.0.1:{listener.getsockname()[1]}"
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
    await server.drop(dsn)
