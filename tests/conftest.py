"""Fixtures: a database per test, copied from a migrated template; a whole registry on top of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests import evidence, servers
from tests.harness import Registry, registry
from tests.waiting import STANDSTILL_SECONDS, promises_in

ROOT = Path(__file__).resolve().parent.parent

# Folders whose tests run on the embedded PostgreSQL and on an external one of another release.
# Flows are made of the same statements, and cost a run of the suite a tenth of its time.
TOLD_TWICE = {"store", "messaging", *({"flows"} if os.environ.get("REGISTRY_PROOF") else ())}

_EXTERNAL: list[servers.Server | None] = []


def _external() -> servers.Server | None:
    if not _EXTERNAL:
        _EXTERNAL.append(servers.external())
    return _EXTERNAL[0]


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Nobody is refused for the slowness of the machine."""
    with promises_in(STANDSTILL_SECONDS):
        yield


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[servers.Server]:
    """The embedded PostgreSQL of this session."""
    with servers.embedded(ROOT / ".pytest_cache" / "cluster") as server:
        yield server


@pytest.fixture(scope="session")
def external_server() -> Iterator[servers.Server | None]:
    """The external PostgreSQL of this session, None if there is none."""
    server = _external()
    yield server
    if server is not None:
        server.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, Any]:
    """Keep the evidence of what failed, and say where."""
    report = yield
    if report.failed:
        report.sections.append(("evidence", str(evidence.keep(item.nodeid, report))))
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long tests, whose real processes also want few neighbours."""
    items.sort(key=lambda item: item.path.parent.name != "faults")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what speaks to the database itself on both servers, in the proof whole flows too."""
    if "server" in metafunc.fixturenames:
        both = TOLD_TWICE & set(metafunc.module.__name__.split("."))
        labels = ["embedded", "external"] if both else ["embedded"]
        metafunc.parametrize("server", labels, indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> servers.Server:
    """The server that a test runs on."""
    found: Any = request.getfixturevalue(f"{request.param}_server")
    if found is None:
        pytest.skip("no external PostgreSQL answers; set REGISTRY_TEST_DATABASE_URL")
    return found


@pytest_asyncio.fixture
async def dsn(server: servers.Server) -> AsyncIterator[str]:
    """The address of a fresh database with schema, policy and areas."""
    made = await server.create()
    yield made
    await server.drop(made)


@pytest_asyncio.fixture
async def app(dsn: str) -> AsyncIterator[Registry]:
    """A whole embedded registry on a fresh database."""
    async with registry(dsn) as running:
        yield running
