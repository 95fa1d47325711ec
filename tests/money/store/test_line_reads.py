"""Lines as callers read them: pages and streams say the same, and every reason is spelled out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import orjson
import pytest
import pytest_asyncio

from shared.kernel.database import Database, connect
from shared.money.store import line_reads as reads
from shared.money.store.household_norm import fill
from shared.money.store.line_reads import Expander, stream
from tests.money.store import populations
from tests.money.store.populations import DISTRICT
from tests.money.store.test_household_norm import (
    MEANING,
    NORM,
    WAIVED,
    asked,
    home,
    housing,
    line_row,
    payment,
    population,
    run,
)

RUN = "new-run"


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A run with a line of every outcome, and a second one that divides money between areas."""
    made = await connect(dsn, name="lines-test", pool_max=2)
    old = [run("old"), run("before")]
    homes = (
        home("A"),
        home("B", status="near_poor"),
        home("C", status="near_poor", area_id=DISTRICT[1]),
        home("D", deprived=["D07"]),
        home("E"),
        home("F"),
    )
    lines = [line_row("old", NORM) | {"line": "E"}, line_row("before", NORM) | {"line": "F"}]
    paid = [payment("before", 1_000_000) | {"line": "F"}]
    past = {"runs": old, "lines": lines, "disbursements": paid}
    async with made.transaction() as tx:
        await populations.store(tx, population(*homes, **past))
        await fill(tx, housing(), MEANING, asked(3 * NORM, "before"), WAIVED)
        await tx.execute(
            "INSERT INTO allocation_lines (run_id, line, area_id, amount_vnd, outcome, score, "
            "reasons) VALUES ('areas', '06091', 2, 7, 'allocated', 0.1250, '{\"score\": \"1/8\"}')"
        )
    yield made
    await made.close()


async def documents(database: Database, **asked_for: Any) -> list[dict[str, Any]]:
    expander = Expander(housing(), WAIVED, code_of=lambda area_id: f"0{area_id}")
    chunks = [chunk async for chunk in stream(database, RUN, expander, **asked_for)]
    return [orjson.loads(line) for line in b"".join(chunks).splitlines()]


async def test_every_outcome_is_spelled_out(database: Database) -> None:
    said = {line["household_id"]: line for line in await documents(database)}
    assert {name: line["outcome"] for name, line in said.items()} == {
        "A": "allocated",
        "B": "allocated",
        "C": "fund_exhausted",
        "D": "not_eligible",
        "E": "already_supported",
        "F": "allocated",
    }
    first = said["A"]
    assert (first["amount_vnd"], first["score"], first["commune_code"]) == (NORM, None, "02")
    reasons = first["reasons"]
    assert (reasons["place"], reasons["supported_by"], reasons["unit_norm_vnd"]) == (2, None, NORM)
    assert reasons["priority"]["code"] == "ethnic_minority_poor"
    assert [t["amount_vnd"] for t in reasons["tranches"]] == [28_000_000, 12_000_000]
    assert reasons["legal_basis"] == list(housing().legal_basis)
    assert [c["met"] for c in reasons["criteria"]] == [True] * 5 + [None]
    assert reasons["outcome"]["code"] == "allocated" and reasons["outcome"]["vi"]


async def test_who_got_nothing_says_why(database: Database) -> None:
    said = {line["household_id"]: line["reasons"] for line in await documents(database)}
    assert said["C"]["place"] == 4 and said["C"]["tranches"] == []
    assert said["D"]["failed"] == ["under_8_m2"] and said["D"]["place"] is None
    assert said["D"]["priority"] is None
    assert said["E"]["supported_by"] == "old"
    assert said["E"]["failed"] == ["not_supported_before"]
    begun = said["F"]
    assert begun["priority"]["code"] == "begun" and begun["place"] == 1
    assert begun["already_paid_vnd"] == 1_000_000
    assert [t["amount_vnd"] for t in begun["tranches"]] == [27_000_000, 12_000_000]


@pytest.mark.parametrize(
    ("asked_for", "expected"),
    [
        ({}, "ABCDEF"),
        ({"outcome": "allocated"}, "ABF"),
        ({"area_ids": [DISTRICT[1]]}, "C"),
        ({"area_ids": []}, ""),
        ({"outcome": "allocated", "area_ids": [DISTRICT[1]]}, ""),
    ],
)
async def test_a_stream_is_the_pages_in_one(
    database: Database, monkeypatch: pytest.MonkeyPatch, asked_for: dict[str, Any], expected: str
) -> None:
    monkeypatch.setattr(reads, "CHUNK_LINES", 2)
    expander = Expander(housing(), WAIVED)
    pages, after = [], None
    async with database.snapshot() as snapshot:
        while page := await reads.lines(snapshot, RUN, after=after, limit=4, **asked_for):
            pages += [msgspec.json.encode(expander.document(row)) + b"\n" for row in page]
            after = page[-1].line
    streamed = [chunk async for chunk in stream(database, RUN, expander, **asked_for)]
    assert b"".join(streamed) == b"".join(pages)
    assert len(streamed) == (len(expected) + 1) // 2
    assert [orjson.loads(page)["household_id"] for page in pages] == list(expected)


async def test_one_line_is_found_by_its_key(database: Database) -> None:
    async with database.snapshot() as snapshot:
        (row,) = await reads.lines(snapshot, RUN, limit=1, line="C")
        assert row.line == "C"
        assert await reads.lines(snapshot, RUN, limit=1, line="X") == []


async def test_a_slow_reader_holds_no_connection(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "CHUNK_LINES", 1)
    reading = stream(database, RUN, Expander(housing(), WAIVED))
    await anext(reading)
    assert database.pool.get_idle_size() == database.pool.get_size()
    assert len([chunk async for chunk in reading]) == 5


async def test_what_lines_have_in_common_is_not_kept_without_limit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await documents(database)
    monkeypatch.setattr(reads, "PARTS_MAX", 1)
    assert await documents(database) == whole


async def test_a_line_of_an_area_says_what_it_was_given(database: Database) -> None:
    chunks = [chunk async for chunk in stream(database, "areas", Expander(None))]
    assert orjson.loads(b"".join(chunks)) == {
        "area_code": "06091",
        "amount_vnd": 7,
        "score": "0.125",
        "outcome": "allocated",
        "reasons": {"score": "1/8"},
    }
