"""The changeover board and what-ifs over HTTP, against households counted one by one."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.facts import assessed, moved
from tests.harness import Registry
from tests.simulation import model

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY = "2026-11-29"
COMMUNES = "06163", "06166"
# Of what the standard of 2027 asks, what reviews by that of 2022 do not measure.
UNKNOWN = ("internet_digital", "waste")
ORDER = ("poor", "near_poor", "non_poor")


def judge(event: dict[str, Any], rural: int, urban: int, cut: int, asked: set[str]) -> list[str]:
    """Judge a review by every answer to what it did not measure."""
    if "income_vnd" not in event:
        return []
    standard = model.standard_in_force(event["effective_from"])
    lacks = {standard["indicators"].get(name, name) for name in event["deprived"]}
    measured = set(standard["indicators"].values())
    told = set()
    for more in range(len(asked - measured) + 1):
        lacking = len(lacks & asked) + more
        if event["income_vnd"] > (rural if event["area_type"] == "rural" else urban):
            told.add("non_poor")
        else:
            told.add("poor" if lacking >= cut else "near_poor")
    return [name for name in ORDER if name in told]


def becomes(today: str, coming: list[str]) -> str:
    if len(coming) != 1:
        return "uncertain" if coming else "unknown"
    if coming == [today]:
        return "stays"
    return "leaves" if coming == ["non_poor"] else f"newly_{coming[0]}"


@pytest.fixture(scope="module")
def reviews() -> list[dict[str, Any]]:
    rng = Random(5)
    keys = list(model.STANDARDS[2]["indicators"].values())
    events = []
    for number in range(80):
        income = rng.choice((1_000_000, 1_500_000, 1_500_001, 2_200_000, 2_200_001, 3_000_000))
        measure: dict[str, Any] = {"income_vnd": income}
        measure["deprived"] = rng.sample(keys, rng.randint(0, 5))
        event = assessed(f"V-{number}", "2025-06-01", area_code=COMMUNES[number % 2], **measure)
        if number % 9 == 0:
            event = {k: v for k, v in event.items() if k not in ("income_vnd", "deprived")}
            event |= {"b1": rng.choice((130, 150)), "b2": rng.choice((20, 30))}
        events.append(event)
    return events


@pytest.fixture(scope="module")
def expected(reviews: list[dict[str, Any]]) -> dict[str, tuple[str, list[str]]]:
    asked = set(model.STANDARDS[3]["indicators"].values())
    assert asked - set(model.STANDARDS[2]["indicators"].values()) == set(UNKNOWN)
    return {
        event["household_id"]: (
            model.classify(event)[0],
            judge(event, 2_200_000, 2_800_000, 3, asked),
        )
        for event in reviews
    }


async def test_a_board_counts_every_household_once(
    world: Registry,
    reviews: list[dict[str, Any]],
    expected: dict[str, tuple[str, list[str]]],
) -> None:
    await world.send([*reviews, moved("V-1", "2025-06-20", "06172")])
    board = await world.get("/v1/areas/20/changeover", as_of=DAY)
    assert (board["standard"], board["begins_on"]) == ("VN-2027-2030", "2027-01-01")
    assert {each["key"] for each in board["unknown_indicators"]} == set(UNKNOWN)
    row = board["rows"][-1]
    assert row["households"] == len(expected)
    for name in ("stays", "newly_poor", "newly_near_poor", "leaves", "uncertain", "unknown"):
        told = sum(becomes(*each) == name for each in expected.values())
        assert row[name] == told, name
    for name in ORDER:
        assert row["today"][name] == sum(today == name for today, _ in expected.values())
        assert row["coming"][name] == {
            "least": sum(coming == [name] for _, coming in expected.values()),
            "most": sum(not coming or name in coming for _, coming in expected.values()),
        }
    assert sum(each["households"] for each in board["rows"][:-1]) == row["households"]
    assert all(row[name] for name in ("newly_poor", "newly_near_poor", "uncertain", "unknown"))


async def test_the_list_names_them(
    world: Registry, expected: dict[str, tuple[str, list[str]]]
) -> None:
    for name in ("newly_poor", "uncertain", "unknown"):
        households: list[str] = []
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = await world.get(
                "/v1/areas/20/changeover/households", as_of=DAY, becomes=name, limit=3, **more
            )
            for item in page["items"]:
                today, coming = expected[item["household_id"]]
                assert (item["today"], item["coming"]) == (today, coming)
                households.append(item["household_id"])
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert households == sorted(h for h, each in expected.items() if becomes(*each) == name)


async def test_what_if_judges_by_lines_of_the_callers_own_and_stores_nothing(
    world: Registry, reviews: list[dict[str, Any]]
) -> None:
    before = await world.get("/v1/areas/20/statistics", as_of=DAY)
    lines = {"rural_income_at_most": 1_600_000, "urban_income_at_most": 2_000_000}
    body = {"area": "20", "as_of": DAY, **lines, "deprived_at_least": 2}
    for indicators in (None, ["water", "toilet", "waste"]):
        asked = set(indicators or model.STANDARDS[2]["indicators"].values())
        told = [(model.classify(e)[0], judge(e, 1_600_000, 2_000_000, 2, asked)) for e in reviews]
        more = {} if indicators is None else {"indicators": indicators}
        answer = await world.post("/v1/what-if/standards", body | more)
        assert answer.status_code == 200, answer.text
        row = answer.json()["rows"][-1]
        for name in ("stays", "newly_poor", "newly_near_poor", "leaves", "uncertain", "unknown"):
            assert row[name] == sum(becomes(*each) == name for each in told), (name, indicators)
    after = await world.get("/v1/areas/20/statistics", as_of=DAY)
    assert (before["counts"], before["settled_at"]) == (after["counts"], after["settled_at"])


async def test_what_cannot_be_judged_is_refused(world: Registry) -> None:
    answer = await world.client.get("/v1/areas/20/changeover", params={"as_of": "2028-01-01"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_standard")
    lines = {"rural_income_at_most": 2, "urban_income_at_most": 2, "deprived_at_least": 3}
    body = {"area": "20", "as_of": DAY, **lines}
    bad = {"indicators": ["water", "helicopter"], "near_poor_urban_income_at_most": 1}
    answer = await world.post("/v1/what-if/standards", body | bad)
    assert answer.status_code == 422
    faults = {(f["pointer"], f["code"]) for f in answer.json()["errors"]}
    assert faults == {
        ("/indicators/1", "unknown_indicator"),
        ("/near_poor_urban_income_at_most", "lines_reversed"),
    }
    answer = await world.post("/v1/what-if/standards", body | {"area": "999"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_area")


async def test_costs_follow_the_classes(world: Registry) -> None:
    board = (await world.get("/v1/areas/20/changeover", as_of=DAY))["rows"][-1]
    answer = await world.get("/v1/areas/20/changeover/costs", as_of=DAY)
    assert answer["norms_on"] == "2027-01-01"
    norms = {each["norm"]: each for each in answer["rows"][-1]["norms"]}
    # Whom these two are for the class alone decides.
    for name, norm in (
        ("poor", "health_insurance_poor"),
        ("near_poor", "health_insurance_near_poor"),
    ):
        told = norms[norm]["households"]
        assert told == {"today": board["today"][name], **board["coming"][name]}, norm
    for name, whole in norms.items():
        parts = [n for row in answer["rows"][:-1] for n in row["norms"] if n["norm"] == name]
        for case in ("today", "least", "most"):
            assert whole["households"][case] == sum(n["households"][case] for n in parts)
            if whole["cost_vnd"] is not None:
                assert whole["cost_vnd"][case] == sum(n["cost_vnd"][case] for n in parts)
        if whole["cost_vnd"] is not None:
            assert whole["cost_vnd"]["least"] <= whole["cost_vnd"]["most"]
