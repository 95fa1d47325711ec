"""Exports: the same question gives the same bytes; a fetch goes on where it broke off."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
import pytest_asyncio
from msgspec import Struct
from openpyxl import load_workbook
from pyarrow import parquet

from services.api.exports import exporter as making
from services.api.exports import questions
from services.api.exports.columns import columns_of
from services.api.exports.exporter import Exporter, Parts
from services.api.exports.formats import FORMATS
from shared.access.caller import HOUSEHOLDS_READ, STATISTICS_READ
from shared.exports.export import EXPORTS_MAX, LEASE, Export
from shared.exports.store import exports as store
from shared.http.auth import OFF, Tokens
from tests.access.conftest import as_known, caller
from tests.facts import NEIGHBOUR, assessed
from tests.harness import Registry, registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/v1/exports"
LIST = "/v1/households?as_of=2024-01-01"
HOUSEHOLDS = [f"E-{number:03}" for number in range(30)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(server: Any) -> AsyncIterator[Registry]:
    dsn = await server.create()
    async with registry(dsn) as running:
        facts = [assessed(name, "2023-12-14") for name in HOUSEHOLDS]
        await running.send([*facts, assessed("F-1", "2023-12-14", area_code=NEIGHBOUR)])
        yield running
    await server.drop(dsn)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pages and parts so small that there are several of them."""
    monkeypatch.setattr(questions, "PAGE_ROWS", 7)
    for module in (making, store):
        monkeypatch.setattr(module, "PART_BYTES", 512)
    monkeypatch.setattr("services.api.exports.content.PART_BYTES", 512)


async def ordered(world: Registry, question: str = LIST, form: str = "ndjson", **more: Any) -> Any:
    answer = await world.post(PATH, {"question": question, "format": form}, **more)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def made(world: Registry, question: str = LIST, form: str = "ndjson", **more: Any) -> Any:
    """Return an export once it is made."""
    export = await ordered(world, question, form, **more)
    assert await Exporter(world.app.state.context).look()
    answer = await world.client.get(export["href"], **more)
    assert answer.json()["state"] == "completed", answer.text
    return answer.json()


async def content(world: Registry, export: Any, **headers: str) -> httpx.Response:
    return await world.client.get(export["content_href"], headers=headers)


async def removed(world: Registry, *exports: Any) -> None:
    for export in exports:
        assert (await world.client.delete(export["href"])).status_code == 200


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def apart(world: Registry) -> AsyncIterator[None]:
    """Leave nothing to the next test."""
    yield
    async with world.context.database.transaction() as tx:
        await tx.execute("DELETE FROM exports")


async def test_a_file_holds_the_whole_list_and_says_what_it_is(world: Registry) -> None:
    export = await made(world)
    answer = await content(world, export)
    manifest = (await world.client.get(export["manifest_href"])).json()
    listed = await world.get("/v1/households", as_of="2024-01-01", limit=1000)
    assert [orjson.loads(line) for line in answer.content.splitlines()] == listed["items"]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert manifest["rows"] == export["rows"] == len(HOUSEHOLDS) + 1
    assert manifest["bytes"] == len(answer.content) > 3 * 512
    assert manifest["sha256"] == sha256(answer.content).hexdigest()
    assert answer.headers["etag"] == f'"{manifest["sha256"]}"'
    assert manifest["as_of"] == "2024-01-01"
    assert [column["name"] for column in manifest["columns"]] == list(listed["items"][0])


@pytest.mark.parametrize("form", ["ndjson", "csv", "xlsx", "parquet"])
async def test_the_same_question_gives_the_same_bytes_whatever_came_since(
    world: Registry, form: str
) -> None:
    first = await made(world, form=form)
    await world.send([assessed(f"LATER-{form}", "2023-12-14")])
    again = await made(world, first["question"], form)
    assert again["question"] == first["question"]
    assert (await content(world, again)).content == (await content(world, first)).content
    newest = await made(world, form=form)
    assert newest["rows"] == first["rows"] + 1


async def test_tables_have_the_columns_of_the_answers(world: Registry) -> None:
    exports = [await made(world, form=form) for form in ("csv", "xlsx", "parquet")]
    text, book, packed = [(await content(world, export)).content for export in exports]
    assert text.startswith(b"\xef\xbb\xbfhousehold_id,status,")
    lines = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(book)).worksheets[0]
    heads, first, *_ = sheet.iter_rows(values_only=True)
    assert list(heads) == list(lines[0]) and sheet.max_row == len(lines) + 1
    row = dict(zip(heads, first, strict=True))
    assert isinstance(row["since"], datetime)
    day = row["since"].date()
    assert (row["household_id"], day.isoformat()) == ("E-000", lines[0]["since"])
    table = parquet.read_table(io.BytesIO(packed))
    assert table.column_names == list(heads)
    assert table.column("since").to_pylist()[0] == day
    assert table.column("household_id").to_pylist() == [line["household_id"] for line in lines]


@pytest.mark.parametrize(
    "question",
    [
        "/v1/transitions?area=181",
        "/v1/areas/181/statistics/children?by=commune&as_of=2024-01-01",
        "/v1/areas/181/statistics/series?from_date=2023-01-01&to_date=2024-12-31",
        "/v1/disbursements",
        "/v1/support-records",
        "/v1/figures",
        "/v1/findings",
    ],
)
async def test_every_list_is_exported_and_asks_the_same_later(
    world: Registry, question: str
) -> None:
    first = await made(world, question, "csv")
    await world.send([assessed(f"T-{uuid4()}", "2023-12-14")])
    again = await made(world, first["question"], "csv")
    assert (await content(world, again)).content == (await content(world, first)).content


async def test_the_feed_is_not_read_from_a_replica_that_is_behind(world: Registry) -> None:
    context = world.app.state.context
    # One that has nothing yet: whatever is read from it fails.
    world.change(reads=SimpleNamespace(database=None, settled=context.reads.settled))
    try:
        export = await made(world, "/v1/transitions?area=181")
    finally:
        world.change(reads=context.reads)
    assert export["rows"] >= len(HOUSEHOLDS)


async def test_a_fetch_that_broke_off_goes_on(world: Registry) -> None:
    export = await made(world)
    whole = await content(world, export)
    tag = whole.headers["etag"]
    for asked, first, last in (("700-", 700, None), ("0-511", 0, 512), ("500-1100", 500, 1101)):
        part = await content(
            world, export, range=f"bytes={asked}", **{"if-range": tag, "accept-encoding": "gzip"}
        )
        assert part.status_code == 206 and "content-encoding" not in part.headers
        assert part.content == whole.content[first:last]
        end = (last or len(whole.content)) - 1
        assert part.headers["content-range"] == f"bytes {first}-{end}/{len(whole.content)}"
    changed = await content(world, export, range="bytes=700-", **{"if-range": '"another"'})
    assert (changed.status_code, changed.content) == (200, whole.content)
    behind = await content(world, export, range="bytes=999999-")
    assert behind.status_code == 416
    assert behind.headers["content-range"] == f"bytes */{len(whole.content)}"
    assert (await content(world, export, **{"if-none-match": tag})).status_code == 304
    head = await world.client.head(export["content_href"])
    assert head.headers["content-length"] == str(len(whole.content)) and not head.content


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ("/v1/receipts/1", 422, "unknown_list"),
        ("https://elsewhere.example/v1/households", 422, "unknown_list"),
        ("http://[", 422, "unknown_list"),
        ("/v1/households?area=%FF%00&q=%ED%A0%80", 422, "invalid_value"),
        (
            "/v1/areas/%00/statistics/series?from_date=2023-01-01&to_date=2023-12-31",
            404,
            "unknown_area",
        ),
        ("/v1/households?limit=3", 422, "unknown_parameter"),
        ("/v1/households?status=rich", 422, "unknown_value"),
        ("/v1/households?area=99999", 404, "unknown_area"),
        ("/v1/allocation-runs/NONE/lines", 404, "unknown_run"),
        ("/v1/areas/181/statistics/children?as_of=2024-01-01", 422, "missing_parameter"),
        ("/v1/households?known_at=2099-01-01T00:00:00Z", 422, "in_future"),
    ],
)
async def test_what_cannot_be_asked_is_refused_at_once(
    world: Registry, question: str, status: int, code: str
) -> None:
    answer = await world.post(PATH, {"question": question, "format": "csv"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_nothing_is_fetched_before_it_is_made_and_files_are_bounded(world: Registry) -> None:
    waiting = [await ordered(world) for _ in range(EXPORTS_MAX)]
    early = await content(world, waiting[0])
    assert (early.status_code, early.json()["code"]) == (409, "export_not_completed")
    refused = await world.post(PATH, {"question": LIST, "format": "csv"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_exports")
    await removed(world, *waiting)
    assert not await Exporter(world.app.state.context).look()
    assert (await content(world, waiting[0])).status_code == 404


async def test_a_file_is_its_clients_alone_and_holds_what_that_one_may_see(
    world: Registry,
) -> None:
    own, other = caller("own", area=NEIGHBOUR), caller("other")
    counts = caller("counts", scopes=frozenset({STATISTICS_READ}))
    header = {"authorization": "Bearer own"}
    with as_known(world, own, other, counts):
        export = await made(world, headers=header)
        answer = await content(world, export, **header)
        assert [orjson.loads(line)["household_id"] for line in answer.content.splitlines()] == [
            "F-1"
        ]
        for name in ("href", "content_href", "manifest_href"):
            path = export[name]
            hidden = await world.client.get(path, headers={"authorization": "Bearer other"})
            assert (hidden.status_code, hidden.json()["code"]) == (404, "unknown_export")
        body = {"question": LIST, "format": "csv"}
        refused = await world.post(PATH, body, headers={"authorization": "Bearer counts"})
        assert (refused.status_code, refused.json()["missing_scope"]) == (403, HOUSEHOLDS_READ)
        # Who sees less now than when it was ordered gets nothing of it.
        world.tokens = Tokens((caller("own", area="06088"),))
        assert (await content(world, export, **header)).status_code == 404
        world.tokens = Tokens((own,))
    assert world.tokens is OFF


class Stuck(Exporter):
    """Makes the beginning of a file, and no more."""

    async def _store(self, export: Export, parts: Parts, rows: int, *, ended: bool = False) -> None:
        await super()._store(export, parts, rows, ended=ended)
        await asyncio.Event().wait()


async def test_what_a_dead_process_began_is_made_by_another(world: Registry) -> None:
    export, context = await ordered(world), world.app.state.context
    dying, living = Stuck(context), Exporter(context)
    task = asyncio.create_task(dying.look())
    while not await parts_of(context, export):
        await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not await living.look()
    world.clock.advance(LEASE + timedelta(seconds=1))
    assert await living.look()
    answer = await content(world, export)
    fresh = await made(world, export["question"])
    assert answer.content == (await content(world, fresh)).content


async def parts_of(context: Any, export: Any) -> int:
    async with context.database.statement() as snapshot:
        number: int = await snapshot.fetchval(
            "SELECT count(*) FROM export_parts WHERE export_id = $1", export["export_id"]
        )
    return number


async def test_one_that_was_held_up_writes_nothing_after_it_was_taken_over(
    world: Registry,
) -> None:
    export, context = await ordered(world), world.app.state.context
    slow, quick = Exporter(context), Exporter(context)
    async with context.database.transaction() as tx:
        taken = await store.take(tx, slow.lease, world.clock.now())
    assert taken is not None
    world.clock.advance(LEASE + timedelta(seconds=1))
    assert await quick.look()
    before = await content(world, export)
    with pytest.raises(making.TakenOver):
        await slow._make(taken)
    assert (await content(world, export)).content == before.content


async def test_what_ends_with_its_process_again_and_again_is_given_up(world: Registry) -> None:
    export, context = await ordered(world), world.app.state.context
    for _ in range(3):
        async with context.database.transaction() as tx:
            assert await store.take(tx, uuid4(), world.clock.now())
        world.clock.advance(LEASE + timedelta(seconds=1))
    assert not await Exporter(context).look()
    answer = await world.client.get(export["href"])
    assert answer.json()["state"] == "interrupted"


async def test_what_is_too_large_fails_and_what_is_old_goes(
    world: Registry,
) -> None:
    context, kept = world.app.state.context, await made(world)
    settings = context.settings.model_copy(update={"export_bytes_max": 1024})
    world.change(settings=settings)
    large = await ordered(world)
    assert await Exporter(world.app.state.context).look()
    answer = (await world.client.get(large["href"])).json()
    assert (answer["state"], answer["fault"]) == ("failed", "export_too_large")
    assert not await parts_of(context, large)
    world.change(settings=context.settings)
    world.clock.advance(timedelta(hours=context.settings.export_hours))
    assert (await content(world, kept)).status_code == 404
    await Exporter(context)._forget()
    assert not await parts_of(context, kept)


class Part(Struct):
    code: str
    day: date | None = None


class Item(Struct):
    name: str
    part: Part | None
    amount: int
    parts: list[Part]
    known: bool | None = None


def written(form: Any, items: list[Item]) -> bytes:
    """Return a file of items as it leaves its writer."""
    parts = Parts()
    writer = FORMATS[form].writer(parts, columns_of([Item]))
    writer.rows(items)
    writer.end()
    return b"".join(parts.take(all_=True))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
async def test_no_cell_is_run_by_a_spreadsheet(start: str) -> None:
    item = Item(f"{start}1+1", Part("06091", date(2024, 1, 1)), -5, [Part("x")])
    text = written("csv", [item, Item("Tày", None, 2**60, [], True)]).decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["name"], first["amount"]) == (f"'{start}1+1", "-5")
    assert (first["part.code"], first["part.day"]) == ("06091", "2024-01-01")
    assert first["parts"] == '[{"code":"x","day":null}]'
    assert (second["part.code"], second["known"], first["known"]) == ("", "true", "")
    sheet = load_workbook(io.BytesIO(written("xlsx", [item]))).worksheets[0]
    cell = sheet["A2"]
    # Line ends are one sign in XML; a text stays a text, whatever it begins with.
    assert (cell.data_type, str(cell.value)[1:]) == ("s", "1+1")


async def test_what_a_sheet_cannot_hold_goes_on_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.api.exports.workbook.SHEET_ROWS_MAX", 4)
    items = [Item(f"n{number}\x0b<&", None, number, []) for number in range(7)]
    book = load_workbook(io.BytesIO(written("xlsx", items)))
    rows = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    names = [f"n{number}\ufffd<&" for number in range(7)]
    assert rows == [["name", *names[:3]], ["name", *names[3:6]], ["name", names[6]]]


async def test_a_clients_exports_are_listed_the_newest_first(world: Registry) -> None:
    header = {"authorization": "Bearer own"}
    with as_known(world, caller("own"), caller("other")):
        ordered_first = []
        for _ in range(3):
            world.clock.advance(timedelta(seconds=1))
            ordered_first.append(await ordered(world, headers=header))
        await ordered(world, headers={"authorization": "Bearer other"})
        listed: list[Any] = []
        path: str | None = f"{PATH}?limit=2"
        while path:
            answer = await world.client.get(path, headers=header)
            listed += answer.json()["items"]
            path = answer.links.get("next", {}).get("url")
        assert listed == ordered_first[::-1]
        # With other grants than it was ordered with, it does not exist.
        world.tokens = Tokens((caller("own", area=NEIGHBOUR),))
        answer = await world.client.get(PATH, headers=header)
        assert answer.json() == {"items": [], "next_cursor": None}
