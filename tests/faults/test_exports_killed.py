"""SIGKILL of the api in the middle of a file: it is made again, and the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from tests.facts import assessed
from tests.faults.doomed_api import PAGE_ROWS, PART_BYTES
from tests.faults.system import Program
from tests.harness import registry
from tests.waiting import STANDSTILL_SECONDS, until

pytestmark = pytest.mark.faults

LIST = "/v1/households?as_of=2024-01-01"
HOUSEHOLDS = 40
GATE = 4711
# Whoever stores the third part waits for the test; only then is it surely in the middle.
HELD = f"""
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number >= 2 THEN PERFORM pg_advisory_xact_lock({GATE}); END IF; RETURN NEW;
END $$;
CREATE TRIGGER wait_at_gate BEFORE INSERT ON export_parts
FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
"""
WAITING = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest_asyncio.fixture
async def api(dsn: str, tmp_path: Path) -> AsyncIterator[Program]:
    async with registry(dsn) as app:
        await app.send([assessed(f"K-{n:03}", "2023-12-14") for n in range(HOUSEHOLDS)])
    env = {"REGISTRY_AUTH": "off", "REGISTRY_DATABASE_URL": dsn, "REGISTRY_HOST": "127.0.0.1"}
    program = Program("api", ("-m", "tests.faults.doomed_api"), env, tmp_path / "api.log")
    program.start()
    await program.ready()
    yield program
    await program.kill()


async def completed(client: httpx.AsyncClient, href: str) -> Any:
    async def made() -> bool:
        return bool((await client.get(href)).json()["state"] not in {"waiting", "running"})

    await until(made)
    return (await client.get(href)).json()


@pytest.mark.parametrize("form", ["ndjson", "parquet", "xlsx"])
async def test_a_file_that_a_kill_interrupted_has_the_same_bytes(
    api: Program, dsn: str, form: str
) -> None:
    body = {"question": LIST, "format": form}
    gate = await asyncpg.connect(dsn)
    async with httpx.AsyncClient(base_url=api.url, timeout=STANDSTILL_SECONDS) as client:
        whole = await completed(
            client, (await client.post("/v1/exports", json=body)).json()["href"]
        )
        assert whole["bytes"] > 3 * PART_BYTES and whole["rows"] == HOUSEHOLDS > 3 * PAGE_ROWS
        expected = (await client.get(whole["content_href"])).content
        await gate.execute(HELD)
        await gate.execute(f"SELECT pg_advisory_lock({GATE})")
        again = body | {"question": whole["question"]}
        href = (await client.post("/v1/exports", json=again)).json()["href"]
        await until(lambda: _waits(gate))
        assert (await client.get(href)).json()["state"] == "running"
    await api.kill()
    await gate.execute(f"SELECT pg_advisory_unlock({GATE})")
    api.start()
    await api.ready()
    async with httpx.AsyncClient(base_url=api.url, timeout=STANDSTILL_SECONDS) as client:
        made = await completed(client, href)
        assert (made["state"], made["rows"]) == ("completed", HOUSEHOLDS)
        assert (await client.get(made["content_href"])).content == expected
        manifest = (await client.get(made["manifest_href"])).json()
        assert manifest["sha256"] == sha256(expected).hexdigest()
    assert await gate.fetchval("SELECT max(attempts) FROM exports") == 2
    await gate.close()


async def _waits(connection: asyncpg.Connection) -> bool:
    return bool(await connection.fetchval(WAITING, GATE))
