"""A private vhost, a durable database, and the whole distributed registry on them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import aio_pika
import pytest
import pytest_asyncio

from shared.areas.store.files import load_areas
from tests import evidence, servers
from tests.broker import broker_or_skip
from tests.faults import system
from tests.faults.system import ROOT, System


def rabbitmqctl(*arguments: str) -> bool:
    """Run `rabbitmqctl`; False when it is not there or not allowed."""
    if shutil.which("rabbitmqctl") is None:
        return False
    command = ["rabbitmqctl", "-q", *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


async def _opens(url: str) -> bool:
    try:
        connection = await aio_pika.connect(url, timeout=5)
    except (OSError, aio_pika.exceptions.AMQPError, TimeoutError):
        return False
    await connection.close()
    return True


@pytest.fixture(scope="session")
def vhost() -> Iterator[str]:
    """The address of a vhost of our own; the default one where we may not make any."""
    found = broker_or_skip()
    name = f"registry_faults_{os.getpid()}"
    own = urlunsplit(urlsplit(found)._replace(path=f"/{name}"))
    user = urlsplit(found).username or "guest"
    try:
        made = rabbitmqctl("add_vhost", name)
        made = made and rabbitmqctl("set_permissions", "-p", name, user, ".*", ".*", ".*")
        yield own if made and asyncio.run(_opens(own)) else found
    finally:
        rabbitmqctl("delete_vhost", name)


@pytest.fixture(scope="session")
def durable_server(request: pytest.FixtureRequest) -> servers.Server:
    """The external server, which keeps what it has committed; the embedded one without it."""
    found: servers.Server | None = request.getfixturevalue("external_server")
    embedded: servers.Server = found or request.getfixturevalue("embedded_server")
    return embedded


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    vhost: str,
    durable_server: servers.Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[System]:
    """Ingest, api and two workers on a fresh database that loses nothing in a crash."""
    server = durable_server
    system.TREE[:] = [load_areas(ROOT / "seeds" / "areas")]
    dsn = await server.create()
    folder: Path = tmp_path_factory.mktemp("logs")
    made = System(dsn, vhost, folder)
    try:
        with evidence.source("logs", folder):
            await made.start()
            yield made
    finally:
        await made.end()
        await server.drop(dsn)
