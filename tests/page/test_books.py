"""Year-end book, changeover board, what if, review round: the api's numbers, and who they are."""

from __future__ import annotations

import csv
from hashlib import sha256
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.http.auth import tokens_of
from tests.harness import Registry
from tests.page.reading import read, written
from tests.page.settlement import DISTRICT, YEAR_END

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLACE, AREA = f"/places/{DISTRICT}", f"/v1/areas/{DISTRICT}"
AT = f"?as_of={YEAR_END}"
LINES = {"rural_income_at_most": 1_800_000, "urban_income_at_most": 2_400_000}
MINE = {**LINES, "deprived_at_least": 3}
BOOKS = ("year-end", "changeover", "review-round")


async def _table(world: Registry, path: str, key: str) -> list[dict[str, str]]:
    answer = await world.client.get(f"{path}&csv={key}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


async def _listed(world: Registry, path: str) -> list[str]:
    return [row["household_id"] for row in await _table(world, path, "households")]


async def test_the_form_is_the_book_s_and_a_cell_leads_to_its_households(world: Registry) -> None:
    book = await world.get(f"{AREA}/year-end", year=2023)
    page = await read(world, f"{PLACE}/year-end{AT}")
    for form in book["lists"]:
        rows = await _table(world, f"{PLACE}/year-end{AT}", f"form-{form['list']}")
        assert len(rows) == len(form["rows"])
        for shown, row in zip(rows, form["rows"], strict=True):
            for name in ("start", "left", "relapsed", "newly_arisen", "end", "end_minority"):
                rate = row[name]["rate"]
                assert shown[name] == str(row[name]["households"])
                assert shown[f"{name}_percent"] == written(rate and rate["percent"])
    poor = book["lists"][0]["rows"][-1]["end"]
    link = f"{PLACE}/year-end/households?as_of={YEAR_END}&basis=recognised&list=poor&row=total"
    assert f"{link}&cell=end" in page.links
    behind = (await world.client.get(poor["href"])).json()["items"]
    assert await _listed(world, f"{link}&cell=end") == [each["household_id"] for each in behind]
    assert len(behind) == poor["households"] > 0
    workbook = f"{AREA}/year-end.xlsx?year=2023&lang=vi"
    assert workbook in page.links
    assert (await world.client.get(workbook)).content.startswith(b"PK")
    pages = workbook.replace(".xlsx", ".pdf")
    assert pages in page.links
    assert (await world.client.get(pages)).content.startswith(b"%PDF")


async def test_without_its_year_s_end_a_place_shows_the_book_of_the_year_before(
    world: Registry,
) -> None:
    answer = await world.client.get(f"{PLACE}/year-end?as_of=2025-03-01&lang=en")
    assert "Year-end book of 2024" in answer.text


def _flat(row: dict[str, Any]) -> dict[str, str]:
    """Return a row of a board as its table names it."""
    numbers = {name: row[name] for name in ("stays", "newly_poor", "uncertain", "unknown")}
    for name, coming in row["coming"].items():
        numbers[f"{name}_today"] = row["today"][name]
        numbers |= {f"{name}_{end}": coming[end] for end in ("least", "most")}
    return {name: str(number) for name, number in numbers.items()}


async def test_the_board_and_its_costs_are_the_api_s(world: Registry) -> None:
    board = await world.get(f"{AREA}/changeover", as_of=YEAR_END)
    rows = await _table(world, f"{PLACE}/changeover{AT}", "board")
    for shown, row in zip(rows, board["rows"], strict=True):
        assert shown.items() >= _flat(row).items()
    costs = await world.get(f"{AREA}/changeover/costs", as_of=YEAR_END)
    norms = {each["norm"]: each for each in costs["rows"][-1]["norms"]}
    shown_costs = await _table(world, f"{PLACE}/changeover{AT}", "costs")
    assert shown_costs
    for row in shown_costs:
        cost = norms[row["norm"]]["cost_vnd"]
        assert row["cost_most"] == written(cost and cost["most"])
    households = await world.get(f"{AREA}/changeover/households", as_of=YEAR_END, becomes="stays")
    listed = await _listed(world, f"{PLACE}/changeover/households{AT}&becomes=stays")
    assert listed == [each["household_id"] for each in households["items"]]
    assert len(listed) == board["rows"][-1]["stays"] > 0


async def test_lines_of_one_s_own_stand_in_the_address(world: Registry) -> None:
    query = "".join(f"&{name}={value}" for name, value in MINE.items())
    asked = {"area": DISTRICT, "as_of": YEAR_END, **MINE}
    outcome = (await world.post("/v1/what-if/standards", asked)).json()
    rows = await _table(world, f"{PLACE}/what-if{AT}{query}", "board")
    for shown, row in zip(rows, outcome["rows"], strict=True):
        assert shown.items() >= _flat(row).items()
    form = (await world.client.get(f"{PLACE}/what-if{AT}{query}")).text
    assert f'<option value="{outcome["basis"]}" selected>' in form
    assert not (await read(world, f"{PLACE}/what-if{AT}")).inline
    reversed_lines = f"{PLACE}/what-if{AT}{query}&near_poor_rural_income_at_most=1"
    await read(world, reversed_lines, 422)


async def test_the_round_is_the_api_s_and_says_who_is_open(world: Registry) -> None:
    day = "?as_of=2023-11-01"
    progress = await world.get(f"{AREA}/review-round", year=2023, as_of="2023-11-01")
    page = await read(world, f"{PLACE}/review-round{day}")
    total = progress["total"]
    assert page.numbers["open"] == str(total["open"]) != "0"
    rows = await _table(world, f"{PLACE}/review-round{day}", "round")
    for shown, row in zip(rows, [*progress["units"], total], strict=True):
        assert (shown["to_review"], shown["open"]) == (str(row["to_review"]), str(row["open"]))
    behind = f"{PLACE}/review-round/households{day}&year=2023&basis=computed&state=open"
    assert len(await _listed(world, behind)) == total["open"]


@pytest.mark.parametrize("book", BOOKS)
async def test_each_kind_of_link_of_a_book_leads_somewhere(world: Registry, book: str) -> None:
    page = await read(world, f"{PLACE}/{book}{AT}&lang=en")
    links = [urlsplit(link) for link in page.links if link.startswith("/places/")]
    kinds = {
        (each.path.partition(DISTRICT)[2], tuple(parse_qs(each.query))): each for each in links
    }
    assert kinds
    for link in kinds.values():
        assert (await world.client.get(link.geturl())).status_code in (200, 303), link


async def test_books_are_for_those_who_may_read_households(world: Registry) -> None:
    entry = {"name": "someone", "token_sha256": sha256(b"x").hexdigest()}
    before, world.tokens = world.tokens, tokens_of([{**entry, "scopes": ["statistics:read"]}])
    try:
        place = await read(world, f"{PLACE}{AT}", authorization="Bearer x")
        for book in BOOKS:
            assert f"{PLACE}/{book}{AT}" not in place.links
            await read(world, f"{PLACE}/{book}{AT}", 403, authorization="Bearer x")
    finally:
        world.tokens = before
