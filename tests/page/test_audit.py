"""Who looks at a household on the page has a row in the audit chain, as over the API."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from io import StringIO
from typing import Any

import pytest_asyncio

from tests.access.letting_in import let_in
from tests.facts import COMMUNE, assessed
from tests.harness import Registry, registry
from tests.page.reading import read

HOUSEHOLD = "/households/A-1?as_of=2024-01-01"
LIST = f"/places/{COMMUNE}/households?as_of=2024-01-01"


@pytest_asyncio.fixture
async def audited(dsn: str) -> AsyncIterator[Registry]:
    """A registry with audit on."""
    async with registry(dsn, audit="on") as running:
        await running.send([assessed("A-1", "2023-12-14"), assessed("A-2", "2023-12-14")])
        yield running


async def rows(app: Registry) -> list[dict[str, Any]]:
    async with app.context.database.statement() as snapshot:
        held = await snapshot.fetch("SELECT * FROM audit_rows ORDER BY at, chain, seq")
    return [dict(row) for row in held]


async def test_a_page_about_households_has_one_row_that_names_them(audited: Registry) -> None:
    before = len(await rows(audited))
    await read(audited, HOUSEHOLD)
    await read(audited, LIST)
    one, several = (await rows(audited))[before:]
    assert (one["route"], one["subjects"]) == ("/households/{household_id}", ["A-1"])
    assert one["status"] == 200
    assert several["subjects"] == ["A-1", "A-2"]


async def test_a_refused_look_has_a_row_and_a_place_has_none(audited: Registry) -> None:
    before = len(await rows(audited))
    await read(audited, "/households/A-9", 404)
    await read(audited, f"/places/{COMMUNE}?as_of=2024-01-01")
    (row,) = (await rows(audited))[before:]
    assert (row["status"], row["subjects"]) == (404, ["A-9"])


async def test_a_household_shows_who_looked_at_it(audited: Registry) -> None:
    await read(audited, HOUSEHOLD)
    answer = await audited.client.get(f"{HOUSEHOLD}&csv=accesses")
    looks = (await audited.get("/v1/audit/subjects/A-1"))["items"]
    assert answer.text.count("/households/{household_id}") >= 1
    assert answer.text.count("\n") == len(looks[:-1]) + 1


async def test_operations_show_who_read_what_and_who_was_let_in(audited: Registry) -> None:
    client, _ = await let_in(audited, "Phòng LĐ Bình Gia", "181")
    await read(audited, HOUSEHOLD)
    answer = await audited.client.get("/operations?csv=answers")
    asked = (await audited.get("/v1/audit/answers"))["items"]
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["route"] for row in rows] == [f"{e['method']} {e['route']}" for e in asked[1:]]
    assert "GET /households/{household_id}" in {row["route"] for row in rows}
    assert "A-1" not in answer.text
    page = await audited.client.get("/operations")
    assert "Phòng LĐ Bình Gia" in page.text
    only = await read(audited, f"/operations?client={client.client_id}")
    assert "answers" not in "".join(only.ids)
