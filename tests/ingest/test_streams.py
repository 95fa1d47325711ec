"""Streams and files: good rows are kept, bad ones counted and shown, and nothing fills memory."""

from __future__ import annotations

import asyncio
import csv
import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

import orjson
import pytest
from openpyxl import Workbook, load_workbook
from starlette.types import Message

from services.ingest.bodies import Refused, lines
from services.ingest.imports import bounds
from shared.kernel import imports
from shared.kernel.imports import RejectedRow
from tests.harness import Registry, registry
from tests.ingest.items import article, assessed, fact, fetch, moved, stored
from tests.waiting import STANDSTILL_SECONDS

NDJSON = {"content-type": "application/x-ndjson"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MIB = 2**20


def event(number: int, **changes: Any) -> dict[str, Any]:
    ids = {"external_id": f"S/{number}", "household_id": f"S-{number}"}
    return assessed(**(ids | changes))


def ndjson(items: Iterable[Any], end: bytes = b"\n") -> bytes:
    return b"".join(orjson.dumps(item) + end for item in items)


async def stream(app: Registry, content: Any, door: str = "household-events") -> dict[str, Any]:
    answer = await app.client.post(f"/v1/{door}", content=content, headers=NDJSON)
    assert answer.status_code == 202, answer.text
    return answer.json()


def tally(answer: dict[str, Any]) -> tuple[int, int, int]:
    return answer["accepted"], answer["duplicates"], answer["rejected"]


async def rejected(app: Registry, import_id: str) -> list[dict[str, str]]:
    answer = await app.client.get(f"/v1/imports/{import_id}/rejected")
    assert answer.status_code == 200
    if answer.headers["content-type"] == XLSX:
        book = load_workbook(io.BytesIO(answer.content), read_only=True)
        head, *rows = book.worksheets[0].iter_rows(values_only=True)
        return [dict(zip(map(str, head), map(str, row), strict=False)) for row in rows]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    delimiter = max(",;\t", key=answer.text.partition("\r\n")[0].count)
    return list(csv.DictReader(io.StringIO(answer.text), delimiter=delimiter))


async def reasons(app: Registry, answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return every fault; of a table one row has all of its own beside it."""
    rows = await rejected(app, answer["import_id"])
    return [
        (row["row"], pointer.strip(), code.strip())
        for row in rows
        for pointer, code in zip(row["pointer"].split(";"), row["code"].split(";"), strict=True)
    ]


# --- NDJSON ---------------------------------------------------------------------------------------


async def test_good_lines_are_kept_and_bad_ones_counted(app: Registry) -> None:
    sent = [
        orjson.dumps(event(1)),
        b"not json",
        orjson.dumps(event(2, area_code="99999", review="monthly")),
        orjson.dumps(event(3, area_code="99999", effective_from="2023-01-01")),
        orjson.dumps(event(1)),
        orjson.dumps(event(1, income_vnd=1)),
        b'{"a": 1, "a": 2}',
        b"[]",
        orjson.dumps(event(4)),
    ]
    answer = await stream(app, b"\n".join(sent))
    assert tally(answer) == (2, 1, 6)
    assert await reasons(app, answer) == [
        ("2", "", "invalid_json"),
        ("3", "/review", "invalid_choice"),
        ("4", "/area_code", "unknown_area"),
        ("4", "/effective_from", "effective_before_assessed"),
        ("6", "", "event_conflict"),
        ("7", "", "duplicate_key"),
        ("8", "", "not_an_object"),
    ]
    shown = await app.get(f"/v1/imports/{answer['import_id']}")
    assert shown["state"] == "completed"
    assert (shown["kind"], shown["dry_run"], shown["filename"]) == ("household-events", False, None)
    assert shown["rows_read"] == shown["accepted"] + shown["duplicates"] + shown["rejected"] == 9
    assert (await stored(app))["household_events"] == 2


async def test_a_rejected_row_is_shown_as_sent(app: Registry) -> None:
    bad = orjson.dumps(event(1, review="monthly"))
    answer = await stream(app, bad)
    (row,) = await rejected(app, answer["import_id"])
    assert row["content"] == bad.decode()
    assert row["detail"]


async def test_empty_lines_and_windows_line_ends_are_passed_over(app: Registry) -> None:
    answer = await stream(app, b"\r\n\n  \n" + ndjson([event(1), event(2)], b"\r\n") + b"\n\n")
    assert tally(answer) == (2, 0, 0)


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n\r\n"])
async def test_an_empty_stream_is_an_import_of_nothing(app: Registry, content: bytes) -> None:
    answer = await stream(app, content)
    assert tally(answer) == (0, 0, 0)
    shown = await app.get(f"/v1/imports/{answer['import_id']}")
    assert (shown["state"], shown["rows_read"]) == ("completed", 0)


async def test_the_last_line_needs_no_end(app: Registry) -> None:
    assert tally(await stream(app, ndjson([event(1), event(2)])[:-1])) == (2, 0, 0)


async def test_lines_may_be_cut_anywhere_on_the_way(app: Registry) -> None:
    whole = ndjson([event(n, ethnic_group="Tày") for n in range(5)])

    async def bytewise() -> AsyncIterator[bytes]:
        for place in range(0, len(whole), 7):
            yield whole[place : place + 7]

    assert tally(await stream(app, bytewise())) == (5, 0, 0)


async def test_rows_are_committed_by_the_thousand_and_repeats_are_duplicates(app: Registry) -> None:
    whole = ndjson(event(n) for n in range(2500))
    assert tally(await stream(app, whole)) == (2500, 0, 0)
    before = await stored(app)
    assert before["recordings"] == 3
    assert tally(await stream(app, whole)) == (0, 2500, 0)
    assert await stored(app) == before


async def test_two_texts_of_one_article_in_a_stream_are_two_revisions(app: Registry) -> None:
    answer = await stream(app, ndjson([article(text="A"), article(text="B")]), "articles")
    assert tally(answer) == (2, 0, 0)


async def test_area_facts_are_streamed_too(app: Registry) -> None:
    assert tally(await stream(app, ndjson([fact(), fact(zone="IV")]), "area-facts")) == (1, 0, 1)


HOSTILE = {
    "NUL": b"\x00\x00",
    "escaped NUL": orjson.dumps(event(1, ethnic_group="\x00")),
    "escaped NUL in a field's name": orjson.dumps(event(1) | {"\x00": 1}),
    "invalid UTF-8": b'{"type": "\xff"}',
    "lone surrogate": b'{"type": "\\ud800"}',
    "number of 71 bits": b'{"type": "assessed", "b1": 1180591620717411303424}',
    "1e400": b'{"type": "assessed", "b1": 1e400}',
    "depth": b"[" * 10_000,
    "byte order mark": b"\xef\xbb\xbf" + orjson.dumps(event(1)),
    "a hundred thousand unknown fields": orjson.dumps({f"x{n}": n for n in range(100_000)}),
    "null": b"null",
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE)
async def test_a_hostile_line_is_rejected_alone(app: Registry, line: bytes) -> None:
    answer = await stream(app, ndjson([event(7)]) + line + b"\n" + ndjson([event(8)]))
    assert tally(answer) == (2, 0, 1)
    found = await rejected(app, answer["import_id"])
    assert {row["row"] for row in found} == {"2"}
    assert len(found) <= 20


async def test_a_line_over_the_limit_is_rejected_alone(app: Registry) -> None:
    long = b'{"type": "' + b"x" * (8 * MIB)
    answer = await stream(app, ndjson([event(1)]) + long + b"\n" + ndjson([event(2)]))
    assert tally(answer) == (2, 0, 1)
    (row,) = await rejected(app, answer["import_id"])
    assert (row["row"], row["code"]) == ("2", "line_too_long")
    assert row["content"] == long[:4000].decode()


async def test_a_line_without_end_does_not_fill_the_memory() -> None:
    async def endless() -> AsyncIterator[bytes]:
        chunk = b"x" * 65_536
        for _ in range(64 * MIB // len(chunk)):
            yield chunk

    tracemalloc.start()
    found = [line async for line in lines(endless(), MIB)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(line) for line in found] == [Refused]
    assert peak < 4 * MIB


async def test_long_lines_are_committed_before_they_fill_the_memory(app: Registry) -> None:
    articles = [article(external_id=f"a/{n}", text="x" * MIB) for n in range(20)]
    assert tally(await stream(app, ndjson(articles), "articles")) == (20, 0, 0)
    assert (await stored(app))["recordings"] == 3


async def test_a_stream_over_the_limit_keeps_what_was_committed(dsn: str) -> None:
    whole = ndjson(event(n) for n in range(1500))
    async with registry(dsn, stream_bytes_max=len(whole) - 1) as app:
        answer = await app.client.post("/v1/household-events", content=cut(whole), headers=NDJSON)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (413, "body_too_large")
        assert tally(problem) == (1000, 0, 0)
        shown = await app.get(f"/v1/imports/{problem['import_id']}")
        assert (shown["state"], shown["accepted"]) == ("interrupted", 1000)
        assert (await stored(app))["household_events"] == 1000


async def cut(whole: bytes) -> AsyncIterator[bytes]:
    for place in range(0, len(whole), 65_536):
        yield whole[place : place + 65_536]


# --- a client that goes away ----------------------------------------------------------------------


async def disconnected(app: Registry, path: str, content: bytes, headers: dict[str, str]) -> None:
    """Send the beginning of a request and hang up."""
    messages: list[Message] = [
        {"type": "http.request", "body": content[at : at + 65_536], "more_body": True}
        for at in range(0, len(content), 65_536)
    ]

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        pass

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("registry.test", 80),
    }
    await app.app(scope, receive, send)


async def test_a_stream_that_breaks_off_keeps_what_was_committed(app: Registry) -> None:
    whole = ndjson(event(n) for n in range(2300))
    await disconnected(app, "/v1/household-events", whole, NDJSON)
    (shown,) = await fetch(app, "SELECT * FROM imports")
    assert (shown["state"], shown["accepted"], shown["rows_read"]) == ("interrupted", 2000, 2000)
    assert (await stored(app))["household_events"] == 2000
    again = await stream(app, whole)
    assert tally(again) == (300, 2000, 0)


async def test_a_json_request_that_breaks_off_stores_nothing(
    app: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await stored(app)
    sent = orjson.dumps({"events": [event(1)]})
    await disconnected(app, "/v1/household-events", sent, {"content-type": "application/json"})
    assert await stored(app) == before
    assert "http.failed" not in capsys.readouterr().out


async def test_an_upload_that_breaks_off_stores_nothing(
    app: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await stored(app)
    head = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.ndjson"\r\n\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": "100000"}
    await disconnected(app, "/v1/imports", head + ndjson([event(1)]), headers)
    assert await stored(app) == before
    assert "http.failed" not in capsys.readouterr().out


# --- files ----------------------------------------------------------------------------------------

HEADER = (
    "type,source,external_id,household_id,assessed_on,effective_from,area_code,area_type,review,"
    "income_vnd,deprived,withdrawn"
)
CSV = f"""{HEADER}
assessed,langson,C/1,C-1,2023-10-12,2023-12-14,06091,rural,annual,1200000,water;toilet;D04,
assessed,langson,C/2,C-2,2023-10-12,2023-12-14,06091,rural,annual,9000000,none,false
assessed,langson,C/3,C-3,2023-10-12,2023-12-14,99999,rural,annual,1.200.000,water,
"""


async def upload(
    app: Registry, name: str, content: bytes, kind: str = "household-events", **fields: str
) -> Any:
    files = {"file": (name, content, "application/octet-stream")}
    return await app.client.post("/v1/imports", files=files, data={"kind": kind} | fields)


async def imported(app: Registry, name: str, content: bytes, **fields: str) -> dict[str, Any]:
    answer = await upload(app, name, content, **fields)
    assert answer.status_code == 202, answer.text
    return answer.json()


def workbook(rows: Iterable[Iterable[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table() -> list[list[Any]]:
    rows = [list(row) for row in csv.reader(io.StringIO(CSV))]
    for row in rows[1:]:
        row[9] = int(row[9]) if row[9].isdigit() else row[9]
        row[11] = {"": None, "false": False}[row[11]]
    return rows


FILES = {
    "review.csv": CSV.encode(),
    "bom.csv": b"\xef\xbb\xbf" + CSV.encode(),
    "windows.CSV": CSV.replace("\n", "\r\n").encode(),
    "semicolons.csv": CSV.replace("water;toilet;D04", '"water;toilet;D04"')
    .replace(",", ";")
    .encode(),
    "tabs.csv": CSV.replace(",", "\t").encode(),
    "blank columns.csv": CSV.replace("\n", ",,\n").encode(),
    "review.xlsx": workbook(table()),
    "blank rows.xlsx": workbook([*table(), [], [None, None]]),
}


@pytest.mark.parametrize(("name", "content"), FILES.items(), ids=FILES)
async def test_a_table_is_imported_and_again_changes_nothing(
    app: Registry, name: str, content: bytes
) -> None:
    answer = await imported(app, name, content)
    assert tally(answer) == (2, 0, 1)
    assert await reasons(app, answer) == [("4", "/income_vnd", "not_an_integer")]
    rows = await fetch(app, "SELECT payload FROM household_events ORDER BY external_id")
    assert [row["payload"]["income_vnd"] for row in rows] == [1_200_000, 9_000_000]
    assert [row["payload"]["deprived"] for row in rows] == [["water", "toilet", "D04"], []]
    shown = await app.get(f"/v1/imports/{answer['import_id']}")
    assert (shown["filename"], shown["state"], shown["rows_read"]) == (name, "completed", 3)
    before = await stored(app)
    assert tally(await imported(app, name, content)) == (0, 2, 1)
    assert await stored(app) == before


async def test_one_table_in_two_formats_is_one_set_of_facts(app: Registry) -> None:
    await imported(app, "review.csv", FILES["review.csv"])
    assert tally(await imported(app, "review.xlsx", FILES["review.xlsx"])) == (0, 2, 1)


@pytest.mark.parametrize("name", ["a.ndjson", "a.jsonl"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
async def test_ndjson_files_are_imported(app: Registry, name: str, mark: bytes) -> None:
    content = mark + ndjson([event(1), moved(area_code="99999"), event(2)], b"\r\n")
    answer = await imported(app, name, content)
    assert tally(answer) == (2, 0, 1)
    assert await reasons(app, answer) == [("2", "/area_code", "unknown_area")]


async def test_a_dry_run_tells_and_stores_nothing(app: Registry) -> None:
    before = await stored(app)
    for _ in range(2):
        answer = await imported(app, "a.csv", FILES["review.csv"], dry_run="true")
        assert tally(answer) == (2, 0, 1)
        assert (await app.get(f"/v1/imports/{answer['import_id']}"))["dry_run"] is True
        assert len(await reasons(app, answer)) == 1
    assert await stored(app) == before
    await imported(app, "a.csv", FILES["review.csv"])
    answer = await imported(app, "a.csv", FILES["review.csv"], dry_run="true")
    assert tally(answer) == (0, 2, 1)


async def test_a_dry_run_judges_the_whole_file(app: Registry) -> None:
    rows = [event(n) for n in range(1200)]
    content = ndjson([*rows, event(3), event(4, income_vnd=1)])
    answer = await imported(app, "a.ndjson", content, dry_run="true")
    assert tally(answer) == (1200, 1, 1)
    assert await reasons(app, answer) == [("1202", "", "event_conflict")]
    assert (await stored(app))["household_events"] == 0
    assert tally(await imported(app, "a.ndjson", content)) == (1200, 1, 1)


async def test_dates_of_a_workbook_are_days(app: Registry) -> None:
    rows = table()[:2]
    rows[1][4] = datetime.combine(date(2023, 10, 12), time.min)
    rows[1][5] = date(2023, 12, 14)
    assert tally(await imported(app, "a.xlsx", workbook(rows))) == (1, 0, 0)
    rows[1][4] = datetime.combine(date(2023, 10, 12), time(8, 30))
    answer = await imported(app, "a.xlsx", workbook(rows))
    assert await reasons(app, answer) == [("2", "/assessed_on", "invalid_date")]


async def test_facts_come_from_tables_too(app: Registry) -> None:
    content = (
        b"source,external_id,area_code,on,households_total,attributes\n"
        b"langson,f1,06091,2023-12-31,842,atk;border\n"
    )
    assert tally(await imported(app, "f.csv", content, kind="area-facts")) == (1, 0, 0)
    (row,) = await fetch(app, "SELECT payload FROM area_facts")
    assert row["payload"]["attributes"] == ["atk", "border"]


async def test_a_cell_without_a_column_is_refused_not_dropped(app: Registry) -> None:
    shifted = CSV.replace("langson,C/1", "Lạng Sơn, tỉnh,C/1")
    answer = await imported(app, "a.csv", shifted.encode())
    assert (await reasons(app, answer))[0][2] in {"cell_without_column", "invalid_format"}
    noted = CSV.replace("D04,\n", "D04,,a note\n")
    answer = await imported(app, "a.csv", noted.encode())
    assert (await reasons(app, answer))[0] == ("2", "", "cell_without_column")


async def test_rows_that_are_not_utf8_are_refused_not_garbled(app: Registry) -> None:
    marked = CSV.replace("water;toilet", "Hộ").encode()
    answer = await imported(app, "a.csv", marked.replace(b"C-2", "Tày".encode("latin-1")))
    assert ("3", "", "invalid_utf8") in await reasons(app, answer)


async def test_cells_that_a_spreadsheet_would_run_are_made_plain(app: Registry) -> None:
    answer = await stream(app, b'=cmd|"/c calc"!A1\n+1\n-1\n@x\n')
    text = (await app.client.get(f"/v1/imports/{answer['import_id']}/rejected")).text
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert '\'=cmd|"/c calc"!A1' in cells
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]


async def test_formulas_in_a_file_are_text(app: Registry) -> None:
    content = CSV.replace("C-1", "=1+1")
    answer = await imported(app, "a.csv", content.encode())
    assert (await reasons(app, answer))[0] == ("2", "/household_id", "invalid_format")


def unpacks_to(size: int, name: str = "xl/sharedStrings.xml") -> bytes:
    out = io.BytesIO(workbook(table()))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as parts, parts.open(name, "w") as part:
        for _ in range(size // MIB):
            part.write(b" " * MIB)
    return out.getvalue()


def without_sheets() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("a.txt", "a")
    return out.getvalue()


def replaced(part: str, content: bytes) -> bytes:
    """Return the workbook with one part of it replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(table()))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]><worksheet>&m;</worksheet>"
)
SHEET = "xl/worksheets/sheet1.xml"
UNREADABLE = {
    "no workbook": ("a.xlsx", b"type,source\n", "unreadable_file"),
    "empty workbook": ("a.xlsx", b"", "unreadable_file"),
    "cut workbook": ("a.xlsx", FILES["review.xlsx"][:-100], "unreadable_file"),
    "zip without sheets": ("a.xlsx", without_sheets(), "unreadable_file"),
    "sheet of no XML": ("a.xlsx", replaced(SHEET, b"\x00"), "unreadable_file"),
    "sheet of entities": ("a.xlsx", replaced(SHEET, BOMB), "unreadable_file"),
    "bomb by ratio": ("a.xlsx", unpacks_to(32 * MIB), "file_too_large"),
    "bomb by size": ("a.xlsx", unpacks_to(300 * MIB), "file_too_large"),
    "NUL bytes": ("a.csv", CSV.encode("utf-32"), "not_text"),
    "Western header": ("a.csv", "Größe;Maß\n".encode("latin-1"), "unknown_encoding"),
    "header unknown": ("a.csv", b"a,b\n1,2\n", "header_unknown"),
    "column twice": ("a.csv", b"source,source\na,b\n", "column_repeated"),
    "column twice in a workbook": (
        "a.xlsx",
        workbook([["source", "b", "source"]]),
        "column_repeated",
    ),
    "too many columns": ("a.xlsx", workbook([["a"], [1] * 300]), "too_many_columns"),
    "line without end": ("a.csv", HEADER.encode() + b"\n" + b"x" * (9 * MIB), "line_too_long"),
    "quote without end": (
        "a.csv",
        HEADER.encode() + b'\n"' + (b"x" * MIB + b"\n") * 9,
        "quote_unclosed",
    ),
}


@pytest.mark.parametrize(("name", "content", "code"), UNREADABLE.values(), ids=UNREADABLE)
async def test_an_unreadable_file_is_refused(
    app: Registry, name: str, content: bytes, code: str
) -> None:
    answer = await upload(app, name, content)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code)
    shown = await app.get(f"/v1/imports/{problem['import_id']}")
    assert shown["state"] == "interrupted"
    assert (await stored(app))["household_events"] == 0


@pytest.mark.parametrize("row", ["1048576", "999999999999"])
async def test_a_row_number_far_away_takes_no_time(app: Registry, row: str) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t>'
        f'</is></c></row><row r="{row}"><c r="A{row}"><v>1</v></c></row></sheetData></worksheet>'
    )
    async with asyncio.timeout(STANDSTILL_SECONDS):
        answer = await upload(app, "a.xlsx", replaced(SHEET, sheet.encode()))
    assert answer.status_code in {202, 422}
    assert answer.json()["rejected"] <= 1


async def test_a_file_that_breaks_in_the_middle_tells_how_far_it_got(app: Registry) -> None:
    rows = "".join(CSV.splitlines(keepends=True)[1].replace("C/1", f"C/{n}") for n in range(1500))
    content = f"{HEADER}\n{rows}".encode() + b"x" * (9 * MIB)
    answer = await upload(app, "a.csv", content)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "line_too_long")
    assert tally(problem) == (1000, 0, 0)


@pytest.mark.parametrize("name", ["a.xls", "a.txt", "a", "a.csv.exe", ".ndjson.zip"])
async def test_other_kinds_of_files_are_refused(app: Registry, name: str) -> None:
    answer = await upload(app, name, CSV.encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "unsupported_file")


BAD_FORMS = {
    "kind wrong": ({"kind": "people"}, "/kind", "invalid_choice"),
    "kind missing": ({}, "/kind", "invalid_choice"),
    "dry run maybe": ({"kind": "articles", "dry_run": "maybe"}, "/dry_run", "invalid_choice"),
    "unknown field": ({"kind": "articles", "area": "20"}, "/area", "unknown_field"),
}


@pytest.mark.parametrize(("data", "pointer", "code"), BAD_FORMS.values(), ids=BAD_FORMS)
async def test_a_bad_form_is_refused(
    app: Registry, data: dict[str, str], pointer: str, code: str
) -> None:
    answer = await app.client.post("/v1/imports", files={"file": ("a.csv", b"")}, data=data)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    assert await fetch(app, "SELECT 1 FROM imports") == []


async def test_a_form_without_a_file_is_refused(app: Registry) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    content = b'--x\r\ncontent-disposition: form-data; name="kind"\r\n\r\narticles\r\n--x--\r\n'
    answer = await app.client.post("/v1/imports", content=content, headers=headers)
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/file"]


async def test_a_broken_form_is_refused(app: Registry) -> None:
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        headers = {"content-type": content_type}
        answer = await app.client.post("/v1/imports", content=b"nonsense", headers=headers)
        assert answer.status_code in {400, 422}
        assert answer.headers["content-type"] == "application/problem+json"


async def test_an_upload_that_is_no_form_is_refused(app: Registry) -> None:
    answer = await app.client.post("/v1/imports", content=b"{}", headers=NDJSON)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_an_upload_must_say_its_length(app: Registry) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await app.client.post("/v1/imports", content=cut(b"--x--"), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


async def test_a_file_over_the_limit_is_refused(dsn: str) -> None:
    async with registry(dsn, stream_bytes_max=1024) as app:
        answer = await upload(app, "a.ndjson", b"\n" * 100_000)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("name", ["a.ndjson", "a.csv"])
async def test_what_is_blank_for_the_most_part_is_ended(
    app: Registry, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(bounds, "BLANK_ROWS_MAX", 3)
    held = ndjson([event(1)]) if name == "a.ndjson" else CSV.encode()
    assert (await upload(app, name, held + b"\n" * 3)).status_code == 202
    answer = await upload(app, name, held + b"\n" * 4)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "too_many_blank_rows")
    assert "dòng trống" in problem["detail_vi"]
    await ended(app, problem)


async def test_what_is_refused_for_the_most_part_is_ended(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "REJECTED_MAX", 1_500)
    content = ndjson([event(1)]) + b"{\n" * 5_000
    answer = await app.client.post("/v1/household-events", content=content, headers=NDJSON)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "too_many_rejected")
    assert tally(problem) == (1, 0, 1_999)
    await ended(app, problem)
    assert len(await rejected(app, problem["import_id"])) == 1_999


async def ended(app: Registry, problem: dict[str, Any]) -> None:
    state = await app.get(f"/v1/imports/{problem['import_id']}")
    assert state["state"] == "interrupted"
    assert tally(state) == tally(problem)


async def test_a_strange_file_name_is_kept_readable(app: Registry) -> None:
    kind = (
        b'\r\n--x\r\ncontent-disposition: form-data; name="kind"\r\n\r\nhousehold-events\r\n--x--'
    )
    body = (
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="a\x00\x1b.csv"\r\n\r\n'
        + CSV.encode()
        + kind
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await app.client.post("/v1/imports", content=body, headers=headers)
    assert answer.status_code in {202, 400}
    assert answer.headers["content-type"].startswith("application/")


@pytest.mark.parametrize("import_id", ["00000000-0000-0000-0000-000000000000", "no-uuid"])
@pytest.mark.parametrize("path", ["/v1/imports/{}", "/v1/imports/{}/rejected"])
async def test_an_unknown_import_is_not_found(app: Registry, import_id: str, path: str) -> None:
    answer = await app.client.get(path.format(import_id))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_import")


async def test_downloads_that_nobody_reads_hold_no_connection(app: Registry) -> None:
    context = app.context
    import_id = uuid4()
    async with context.database.transaction() as tx:
        await imports.start(
            tx, import_id, "household-events", None, "ndjson", False, context.clock.now()
        )
        rejects = [
            RejectedRow(0, row, fault, "/type", "unknown_type", "no such type", "", "{}")
            for row in range(imports.REJECTED_TOGETHER)
            for fault in range(2)
        ]
        await imports.reject(tx, import_id, rejects)
    unread = [imports.rejected(context.database, import_id) for _ in range(25)]
    for download in unread:
        await anext(download)
    # With a connection for each none would be left for this one.
    assert (await app.client.get("/health/ready")).status_code == 200
    assert [row async for row in unread[0]] == rejects[1:]
    for download in unread:
        await download.aclose()  # type: ignore[attr-defined] # an iterator that yields is a generator
