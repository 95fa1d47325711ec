"""The audit chain over HTTP: who was answered what, nothing without a row, and verify."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from services.api.exports.exporter import Exporter
from services.commands import audit as command
from services.processes.anchoring import Anchoring
from shared.access.audit import Flaw
from shared.access.caller import SCOPES
from shared.http.auth import tokens_of
from shared.http.operations import PlainRoute
from shared.kernel.database import Database
from tests.facts import assessed, registered
from tests.harness import Registry, registry

READ = "/v1/households/A-1"


def _entry(name: str, area: str = "VN", **more: Any) -> dict[str, Any]:
    digest = sha256(name.encode()).hexdigest()
    return {"name": name, "token_sha256": digest, "scopes": sorted(SCOPES), "area": area, **more}


def _as(name: str, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}", **headers}


@pytest_asyncio.fixture
async def audited(dsn: str) -> AsyncIterator[Registry]:
    """A registry with audit on and two clients; the token of a client is its name."""
    async with registry(dsn, audit="on") as running:
        await running.send([assessed("A-1", "2023-12-14"), assessed("A-2", "2023-12-14")])
        running.tokens = tokens_of([_entry("province", purpose="reviews"), _entry("bound", "01")])
        yield running


async def rows(app: Registry) -> list[dict[str, Any]]:
    async with app.context.database.statement() as snapshot:
        found = await snapshot.fetch("SELECT * FROM audit_rows ORDER BY at, chain, seq")
    return [dict(row) for row in found]


async def last(app: Registry) -> dict[str, Any]:
    return (await rows(app))[-1]


async def test_a_read_has_one_row_with_who_what_for_and_of_whom(audited: Registry) -> None:
    before = len(await rows(audited))
    answer = await audited.client.get(READ, headers=_as("province", Purpose="hộ nghèo".encode()))
    assert answer.status_code == 200
    assert len(await rows(audited)) == before + 1
    row = await last(audited)
    assert (row["client"], row["purpose"]) == ("static:province", "hộ nghèo")
    assert (row["method"], row["route"]) == ("GET", "/v1/households/{household_id}")
    assert (row["status"], row["subjects"]) == (200, ["A-1"])
    assert row["request_id"] == answer.headers["x-request-id"]
    assert row["digest"] == sha256(answer.headers["etag"].encode()).digest()


async def test_a_file_has_a_row_of_whom_it_holds_before_it_can_be_fetched(
    audited: Registry,
) -> None:
    body = {"question": "/v1/households?as_of=2024-01-01", "format": "csv"}
    ordered = await audited.post("/v1/exports", body, headers=_as("province"))
    assert (await last(audited))["subjects"] == []
    assert await Exporter(audited.app.state.context).look()
    row = await last(audited)
    assert (row["client"], row["purpose"]) == ("static:province", "reviews")
    assert row["route"] == "/v1/exports/{export_id}/content"
    assert (row["subjects"], row["request_id"]) == (["A-1", "A-2"], ordered.json()["export_id"])


async def test_without_a_purpose_of_its_own_a_request_has_its_clients(audited: Registry) -> None:
    await audited.client.get(READ, headers=_as("province"))
    assert (await last(audited))["purpose"] == "reviews"


async def test_a_list_names_each_household_in_it(audited: Registry) -> None:
    await audited.client.get("/v1/households", headers=_as("province"))
    assert (await last(audited))["subjects"] == ["A-1", "A-2"]
    await audited.client.get("/v1/transitions", headers=_as("province"))
    assert (await last(audited))["subjects"] == ["A-1", "A-2"]


async def test_not_modified_and_head_and_refusals_have_rows_too(audited: Registry) -> None:
    tag = (await audited.client.get(READ, headers=_as("province"))).headers["etag"]
    await audited.client.get(READ, headers=_as("province", **{"If-None-Match": tag}))
    assert (await last(audited))["status"] == 304
    await audited.client.head(READ, headers=_as("province"))
    assert ((await last(audited))["method"], (await last(audited))["status"]) == ("GET", 200)
    answer = await audited.client.get(READ, headers=_as("bound"))
    assert answer.status_code == 404
    row = await last(audited)
    assert (row["client"], row["status"], row["subjects"]) == ("static:bound", 404, ["A-1"])


async def test_what_is_of_no_household_has_no_row(audited: Registry) -> None:
    before = len(await rows(audited))
    for path in ("/v1/areas/20", "/v1/areas/20/statistics", "/v1/standards", "/health/live"):
        assert (await audited.client.get(path, headers=_as("province"))).status_code == 200
    assert (await audited.client.get(READ)).status_code == 401
    assert len(await rows(audited)) == before


async def test_a_write_has_a_row_with_the_households_it_is_about(audited: Registry) -> None:
    facts = [assessed("A-3", "2023-12-14"), registered("A-4", "2023-12-14")]
    answer = await audited.post("/v1/household-events", {"events": facts}, headers=_as("province"))
    row = await last(audited)
    assert (row["method"], row["status"]) == ("POST", 202)
    assert row["subjects"] == ["A-3", "A-4"]
    assert row["digest"] == sha256(answer.content).digest()
    refused = await audited.post("/v1/household-events", {"events": []}, headers=_as("province"))
    assert (await last(audited))["status"] == refused.status_code == 422


def test_whatever_names_households_or_writes_is_audited(audited: Registry) -> None:
    """What an answer's schema shows of a household is in the chain, of routes to come as well."""
    routes = [r for r in audited.app.routes if isinstance(r, PlainRoute) and r.operation]
    for route in routes:
        assert route.operation is not None
        if route.operation.method == "POST" and route.operation.scope:
            assert route.operation.audited, route.path
    named = {route.path for route in routes if route.operation and route.operation.audited}
    assert named >= {
        "/v1/households",
        "/v1/households/{household_id}",
        "/v1/households/{household_id}/events",
        "/v1/households/{household_id}/explanation",
        "/v1/households/{household_id}/timeline",
        "/v1/transitions",
        "/v1/support-records",
        "/v1/disbursements",
        "/v1/allocation-runs/{run_id}/lines",
        "/v1/allocation-runs/{run_id}/compare",
        "/v1/findings",
    }


async def test_who_asked_about_a_household_is_listed_for_it(audited: Registry) -> None:
    for _ in range(3):
        await audited.client.get(READ, headers=_as("province"))
    await audited.client.get("/v1/households/A-2", headers=_as("province"))
    path = "/v1/audit/subjects/A-1"
    page = (await audited.client.get(f"{path}?limit=2", headers=_as("province"))).json()
    assert len(page["items"]) == 2
    rest = await audited.client.get(f"{path}?cursor={page['next_cursor']}", headers=_as("province"))
    items = page["items"] + rest.json()["items"]
    reads = [i for i in items if i["route"] == "/v1/households/{household_id}"]
    assert [(i["client"], i["purpose"], i["status"]) for i in reads] == [
        ("static:province", "reviews", 200)
    ] * 3
    nobody = await audited.client.get("/v1/audit/subjects/nobody", headers=_as("province"))
    outside = await audited.client.get(path, headers=_as("bound"))
    assert (nobody.status_code, nobody.content) == (404, outside.content)


async def test_requests_at_once_share_a_chain_in_which_nothing_is_missing(
    audited: Registry,
) -> None:
    answers = await asyncio.gather(
        *(audited.client.get(READ, headers=_as("province")) for _ in range(100))
    )
    assert {answer.status_code for answer in answers} == {200}
    found, chains, entries = await command.examine(audited.context.database, {})
    assert (found, chains) == ([], 1)
    assert entries == len(await rows(audited)) == 101


@asynccontextmanager
async def locked(app: Registry) -> AsyncIterator[None]:
    """Let the chain take no row: its table is gone."""
    async with app.context.database.transaction() as tx:
        await tx.execute("ALTER TABLE audit_rows RENAME TO audit_rows_away")
    yield
    async with app.context.database.transaction() as tx:
        await tx.execute("ALTER TABLE audit_rows_away RENAME TO audit_rows")


async def test_without_a_row_there_is_no_answer_and_later_there_is_again(
    audited: Registry,
) -> None:
    async with locked(audited):
        answer = await audited.client.get(READ, headers=_as("province"))
        assert (answer.status_code, answer.json()["code"]) == (503, "audit_unavailable")
        assert int(answer.headers["retry-after"]) > 0
        fact = {"events": [assessed("A-9", "2023-12-14")]}
        refused = await audited.post("/v1/household-events", fact, headers=_as("province"))
        assert refused.json()["code"] == "audit_unavailable"
        async with audited.context.database.statement() as snapshot:
            assert not await snapshot.fetchval(
                "SELECT count(*) FROM household_events WHERE household_id = 'A-9'"
            )
        open_answer = await audited.client.get("/v1/areas/20", headers=_as("province"))
        assert open_answer.status_code == 200
    assert (await audited.client.get(READ, headers=_as("province"))).status_code == 200
    flaws, _, _ = await command.examine(audited.context.database, {})
    assert flaws == []


async def spoilt(database: Database, statement: str) -> list[Flaw]:
    """Return what is found after somebody with the database's password did this."""
    async with database.transaction() as tx:
        await tx.execute(statement)
    return (await command.examine(database, {}))[0]


SPOILT = {
    "changed": "UPDATE audit_rows SET client = 'nobody' WHERE seq = 3",
    "a subject taken out": "UPDATE audit_rows SET subjects = '{}' WHERE seq = 3",
    "removed": "DELETE FROM audit_rows WHERE seq = 3",
    "the last one removed": "DELETE FROM audit_rows WHERE seq = 6",
    "all removed": "DELETE FROM audit_rows",
    "reordered": "UPDATE audit_rows a SET at = b.at, request_id = b.request_id, link = b.link "
    "FROM audit_rows b WHERE (a.seq, b.seq) IN ((2, 4), (4, 2))",
    "the head moved": "UPDATE audit_chains SET seq = 5",
    "the head removed": "DELETE FROM audit_chains",
}


@pytest.mark.parametrize("name", SPOILT)
async def test_verify_finds_what_was_done_to_the_rows(audited: Registry, name: str) -> None:
    for _ in range(5):
        await audited.client.get(READ, headers=_as("province"))
    database = audited.context.database
    assert (await command.examine(database, {}))[0] == []
    assert await spoilt(database, SPOILT[name]), name


async def test_anchors_are_sent_to_an_address_and_again_after_it_failed(
    audited: Registry,
) -> None:
    writer, taken, statuses = audited.context.audit, list[bytes](), iter((500, 204))
    assert writer is not None

    async def serve(reader: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        taken.append(await reader.readexactly(length))
        answer.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % next(statuses))
        await answer.drain()
        answer.close()

    await audited.client.get(READ, headers=_as("province"))
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()[:2]
        anchoring = Anchoring(writer, audited.clock, None, f"http://{host}:{port}/")
        for _ in range(3):
            await anchoring.anchor()
    assert [orjson.loads(line)["seq"] for line in taken] == [2, 2]


async def test_anchors_find_a_chain_that_was_cut_with_its_head(
    audited: Registry, tmp_path: Path
) -> None:
    writer, file = audited.context.audit, tmp_path / "anchors"
    assert writer is not None
    anchoring = Anchoring(writer, audited.clock, file, None)
    for _ in range(2):
        await audited.client.get(READ, headers=_as("province"))
        await anchoring.anchor()
    await anchoring.anchor()
    assert [orjson.loads(line)["seq"] for line in file.read_bytes().splitlines()] == [2, 3]
    database, anchors = audited.context.database, command.read_file(file)
    assert (await command.examine(database, anchors))[0] == []
    cut = (
        "WITH gone AS (DELETE FROM audit_rows WHERE seq = 3) UPDATE audit_chains c "
        "SET seq = 2, link = r.link FROM audit_rows r WHERE r.chain = c.chain AND r.seq = 2"
    )
    assert await spoilt(database, cut) == []
    flaws, _, _ = await command.examine(database, anchors)
    assert [(flaw.kind, flaw.seq) for flaw in flaws] == [("removed", 3)]
