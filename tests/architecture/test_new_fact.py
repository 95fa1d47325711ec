"""The recipe "a fact" of CONTRIBUTING.md, followed: one declaration, and everything else is there.

The toy is declared here and nowhere else; where the recipe says "add a line" the test adds it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Annotated, Any, Literal

import pytest
import pytest_asyncio
from msgspec import Meta
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from shared.areas.facts import UNIT_REFUSALS, Code, Map, check_unit
from shared.facts import CONCERNED, FACTS
from shared.kernel.facts import Checks, Fact, FactKind
from shared.kernel.fields import TYPE, Day, about
from shared.kernel.metadata import METADATA
from shared.kernel.revisions import counting, table_of
from tests.harness import Registry, registry


class Well(Fact, frozen=True, kw_only=True):
    """A village got a well."""

    type: Annotated[Literal["well"], TYPE] = "well"
    area_code: Annotated[
        Code, about("The commune.", example="06091", vi="Mã xã", en="Commune code")
    ]
    on: Annotated[
        Day, about("The day it gave water.", example="2023-05-04", vi="Ngày có nước", en="Since")
    ]
    depth: Annotated[
        int,
        Meta(ge=1, le=500),
        about("How deep it is.", unit="metres", example=40, vi="Độ sâu", en="Depth"),
    ]

    def check(self, world: Map, checks: Checks) -> None:
        check_unit(checks, world, self.area_code, self.on)

    def columns(self, world: Map) -> dict[str, Any]:
        return {"area_id": world.areas.on(self.area_code, self.on).area_id, "on_date": self.on}


WELLS = FactKind(
    name="village-wells",
    plural="wells",
    types=(Well,),
    summary="Record wells",
    description="Record wells of villages.",
    columns={"area_id": "int", "on_date": "date", "depth": "int"},
    indexes={"area": ("area_id",)},
    refusals=UNIT_REFUSALS,
)
WELL = {
    "source": "langson",
    "external_id": "well/1",
    "area_code": "06091",
    "on": "2023-05-04",
    "depth": 40,
}
PATH = "/v1/village-wells"


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Add the line to `shared/facts.py`; give the statements of the generated migration."""
    monkeypatch.setitem(FACTS, WELLS.name, WELLS)
    monkeypatch.setitem(CONCERNED, WELLS, None)
    table = table_of(WELLS)
    made = [CreateTable(table), *map(CreateIndex, table.indexes)]
    yield [str(each.compile(dialect=postgresql.dialect())) for each in made]
    METADATA.remove(table)


@pytest_asyncio.fixture
async def app(dsn: str, declared: list[str]) -> AsyncIterator[Registry]:
    async with registry(dsn) as running:
        async with running.context.database.transaction() as tx:
            for statement in declared:
                await tx.execute(statement)
        yield running


async def wells(app: Registry, at: Any = None) -> list[tuple[Any, ...]]:
    """Read the wells back that count, by the one sentence that tells which do."""
    async with app.context.database.snapshot() as snapshot:
        rows = await snapshot.fetch(
            f"SELECT external_id, on_date, depth FROM ({counting(WELLS, '$1')}) w ORDER BY 1", at
        )
    return [tuple(row) for row in rows]


async def post(app: Registry, *items: dict[str, Any]) -> Any:
    answer = await app.post(PATH, {"wells": list(items)})
    assert answer.status_code == 202, answer.text
    return answer.json()


async def test_it_is_taken_stored_and_read_back_as_known_then(app: Registry) -> None:
    first = await post(app, WELL)
    (receipt,) = first["receipts"]
    state = await app.get(f"/v1/receipts/{receipt['event_id']}")
    assert (state["door"], state["state"]) == ("village-wells", "processed")
    assert await post(app, WELL) | {"receipts": []} == {
        "accepted": 0,
        "duplicates": 1,
        "receipts": [],
    }
    await post(app, {**WELL, "revision": 2, "depth": 45})
    assert await wells(app) == [("well/1", date(2023, 5, 4), 45)]
    async with app.context.database.statement() as snapshot:
        then = await snapshot.fetchval("SELECT min(recorded_at) FROM recordings")
    assert await wells(app, then) == [("well/1", date(2023, 5, 4), 40)]
    ids = {name: WELL[name] for name in ("source", "external_id")}
    await post(app, {**ids, "revision": 3, "withdrawn": True})
    assert await wells(app) == []


async def test_what_it_refuses_is_named_as_at_every_door(app: Registry) -> None:
    bad = {**WELL, "depth": 40.0, "area_code": "06 91", "note": "x"}
    answer = await app.post(PATH, {"wells": [bad, {**WELL, "area_code": "99999"}]})
    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("/wells/0/area_code", "invalid_format"),
        ("/wells/0/depth", "not_an_integer"),
        ("/wells/0/note", "unknown_field"),
        ("/wells/1/area_code", "unknown_area"),
    }
    await post(app, WELL)
    conflict = await app.post(PATH, {"wells": [{**WELL, "depth": 1}]})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "event_conflict")


async def test_a_spreadsheet_of_it_may_be_headed_as_offices_write(app: Registry) -> None:
    sheet = (
        "Nguồn;Record id;MÃ XÃ;Ngày có nước;Độ sâu\r\n"
        "langson;well/1;06091;2023-05-04;40\r\n"
        "langson;well/2;06091;2023-05-04;deep\r\n"
    )
    answer = await app.client.post(
        "/v1/imports",
        files={"file": ("wells.csv", sheet.encode())},
        data={"kind": "village-wells"},
    )
    assert answer.status_code == 202, answer.text
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (1, 1)
    assert await wells(app) == [("well/1", date(2023, 5, 4), 40)]


async def test_the_document_tells_of_it(app: Registry) -> None:
    document = await app.get("/openapi.json")
    body = document["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"] == {"wells": [{**WELL, "external_id": "2023/06091/000123"}]}
    text = str(document)
    assert "How deep it is. In metres." in text
    assert "WithdrawnVillageWell" in text or "Removes the fact called" in text
    refusals = document["paths"][PATH]["post"]["responses"]["422"]["content"]
    assert "unknown_area" in refusals["application/problem+json"]["examples"]
