"""The list of a commune and a household's page: the api's answers in words, on both clocks."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from shared.http.auth import tokens_of
from tests.harness import Registry
from tests.page.reading import read
from tests.page.settlement import CORRECTED, YEAR_END

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_commune_s_list_is_the_api_s(world: Registry) -> None:
    path = f"/places/06091/households?as_of={YEAR_END}&status=poor"
    answer = await world.client.get(f"{path}&csv=households")
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    listed = await world.get("/v1/households", area="06091", status="poor", as_of=YEAR_END)
    assert [row["household_id"] for row in rows] == [h["household_id"] for h in listed["items"]]
    assert rows
    assert answer.headers["cache-control"] == "no-store"
    page = await read(world, path)
    assert f"/households/{rows[0]['household_id']}?as_of={YEAR_END}" in page.links


async def test_a_household_says_why_in_both_languages(world: Registry) -> None:
    explained = await world.get(f"/v1/households/{CORRECTED}/explanation", as_of=YEAR_END)
    path = f"/households/{CORRECTED}?as_of={YEAR_END}"
    for language in ("vi", "en"):
        text = (await world.client.get(f"{path}&lang={language}")).text
        said = [each[f"text_{language}"] for each in explained["reasons"]]
        said += [each[f"text_{language}"] for each in explained["smallest_changes"]]
        assert said
        for sentence in said:
            assert sentence in text
    assert "07/2021/NĐ-CP Điều 3" in (await world.client.get(path)).text


async def test_spells_are_drawn_for_every_state_of_knowledge(world: Registry) -> None:
    """Three reviews and a correction: the household was not yet known, then poor all along."""
    path = f"/households/{CORRECTED}?as_of={YEAR_END}"
    drawing = await world.client.get(f"{path}&svg=timeline")
    timeline = await world.get(f"/v1/households/{CORRECTED}/timeline")
    assert drawing.text.count("<rect") >= len(timeline["spells"]) > 0
    events = await world.client.get(f"{path}&csv=events")
    received = await world.get(f"/v1/households/{CORRECTED}/events")
    assert events.text.count("\n") == len(received["items"]) + 1


async def test_what_a_household_is_entitled_to_is_the_api_s(world: Registry) -> None:
    path = f"/households/{CORRECTED}?as_of={YEAR_END}"
    answer = await world.get(f"/v1/households/{CORRECTED}/entitlements", as_of=YEAR_END)
    for key, items in (("entitlements", answer["items"]), ("undecided", answer["undecided"])):
        text = (await world.client.get(f"{path}&csv={key}")).content.decode("utf-8-sig")
        rows = list(csv.DictReader(StringIO(text)))
        assert [row["norm"] for row in rows] == [each["norm"] for each in items]
        assert [row["value_vnd"] for row in rows] == [
            "" if each["value_vnd"] is None else str(each["value_vnd"]) for each in items
        ]
        assert rows


async def test_who_left_the_lists_is_shown_with_the_weeks_that_are_left(world: Registry) -> None:
    path = f"/places/181/exits?as_of={YEAR_END}"
    windows = await world.get("/v1/exit-windows", area="181", as_of=YEAR_END)
    text = (await world.client.get(f"{path}&csv=exits")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["household_id"] for row in rows] == [w["household_id"] for w in windows["items"]]
    weeks = [-(-window["days_left"] // 7) for window in windows["items"]]
    assert [int(row["weeks_left"]) for row in rows] == weeks
    assert weeks
    page = await read(world, path)
    assert page.numbers["running"] == str(sum(week["households"] for week in windows["weeks"]))


async def test_an_unknown_household_is_a_page(world: Registry) -> None:
    await read(world, "/households/NOBODY", 404)
    await read(world, "/households/%3Cscript%3E", 404)


async def test_households_outside_a_caller_s_area_are_not_known(world: Registry) -> None:
    from hashlib import sha256

    digest = sha256(b"hanoi").hexdigest()
    entry = {"name": "hanoi", "token_sha256": digest, "scopes": ["households:read"], "area": "01"}
    before, world.tokens = world.tokens, tokens_of([entry])
    try:
        await read(world, f"/households/{CORRECTED}", 404, authorization="Bearer hanoi")
    finally:
        world.tokens = before
