"""Counts, rates, bases and movements of areas over HTTP, against the second implementation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.facts import NEAR_POOR, RICH, assessed, closed, total
from tests.harness import Registry
from tests.simulation import model
from tests.simulation.histories import disorder, history

pytestmark = pytest.mark.asyncio(loop_scope="module")

FLOWS = (
    *("start", "left", "relapsed", "newly_arisen", "moved_in", "moved_out", "closed", "end"),
    *("renumbered", "by_standard_left", "by_standard_relapsed", "by_standard_newly_arisen"),
)


async def test_counts_rates_and_groups_of_a_commune(world: Registry) -> None:
    here = {"area_code": "06112"}
    await world.send(
        [
            assessed("C-1", "2023-12-14", **here, ethnic_group="Tày"),
            assessed("C-2", "2023-12-14", **here, ethnic_group="Kinh", **NEAR_POOR),
            assessed("C-3", "2022-12-14", **here),
            assessed("C-3", "2023-12-14", **here, **RICH),
            assessed(
                "C-4",
                "2023-12-14",
                **here,
                area_type="urban",
                area_type_reason="a street of shops",
                **RICH,
            ),
            assessed("C-5", "2022-12-14", **here),
            closed("C-5", "2023-12-14"),
        ]
    )
    path = "/v1/areas/06112/statistics"
    bare = await world.get(path, as_of="2024-06-30")
    assert bare["counts"] == {"poor": 1, "near_poor": 1, "recently_exited": 1, "non_poor": 1}
    assert (bare["base"], bare["rates"]["poor"], bare["unregistered"]) == (None, None, None)
    await world.send([total("06112", "2023-12-31", 6, minority_households_total=3)], "area-facts")
    found = await world.get(path, as_of="2024-06-30")
    assert (found["households_total"], found["unregistered"]) == (6, 2)
    assert found["rates"]["poor"] == {"percent": 16.67, "numerator": 1, "denominator": 6}
    assert found["rates"]["multidimensional"]["percent"] == 33.33
    assert found["minority"]["rates"]["poor"]["percent"] == 33.33
    groups = {g["ethnic_group"]: g["counts"]["poor"] for g in found["by_ethnicity"]}
    assert groups == {"Tày": 1, "Kinh": 0, None: 0}
    water = next(i for i in found["by_indicator"] if i["key"] == "water")
    assert (water["poor"], water["near_poor"], water["standard"]) == (1, 1, "VN-2022-2025")
    types = {g["area_type"]: sum(g["counts"].values()) for g in found["by_area_type"]}
    assert types == {"rural": 3, "urban": 1}
    earlier = await world.get(path, as_of="2023-12-30")
    assert earlier["base"] is None
    then = await world.get(path, as_of="2024-06-30", known_at=bare["settled_at"])
    assert then["base"] is None


async def test_a_parent_without_a_base_sums_its_children_if_all_have_one(world: Registry) -> None:
    tree = await world.context.areas.current()
    day = world.clock.today().replace(year=2024)
    district = tree.on("181", day)
    communes = tree.children(district, day)
    facts = [total(c.code, "2023-12-31", 100 + n) for n, c in enumerate(communes)]
    await world.send(facts[1:], "area-facts")
    path = "/v1/areas/181/statistics"
    assert (await world.get(path, as_of="2024-06-30"))["base"] is None
    await world.send(facts[:1], "area-facts")
    base = (await world.get(path, as_of="2024-06-30"))["base"]
    assert base["households_total"] == sum(f["households_total"] for f in facts)
    assert (base["source"], len(base["facts"])) == ("children", len(communes))
    await world.send([total("181", "2023-06-30", 7)], "area-facts")
    base = (await world.get(path, as_of="2024-06-30"))["base"]
    assert (base["source"], base["households_total"]) == ("own", 7)


async def test_a_merged_unit_sums_its_whole_predecessors_if_all_have_one(world: Registry) -> None:
    tree = await world.context.areas.current()
    today = world.clock.today()
    merged = next(
        u
        for u in tree.children(tree.on("24", today), today)
        if len(tree.whole_predecessors(u)) == len(tree.predecessor_codes(u)) == 3
    )
    before = [u.code for u in tree.whole_predecessors(merged)]
    path = f"/v1/areas/{merged.code}/statistics"
    await world.send([total(code, "2024-12-31", 10) for code in before[:2]], "area-facts")
    assert (await world.get(path))["base"] is None
    await world.send([total(before[2], "2025-03-31", 10)], "area-facts")
    base = (await world.get(path))["base"]
    assert (base["source"], base["households_total"], base["on"]) == (
        "predecessors",
        30,
        "2024-12-31",
    )


async def test_households_of_a_merged_commune_count_in_the_new_one(world: Registry) -> None:
    tree = await world.context.areas.current()
    today = world.clock.today()
    merged = next(
        u for u in tree.children(tree.on("25", today), today) if tree.whole_predecessors(u)
    )
    old = tree.whole_predecessors(merged)[0]
    await world.send([assessed("M-1", "2023-12-14", area_code=old.code)])
    found = await world.get(f"/v1/areas/{merged.code}/statistics", as_of="2026-01-01")
    assert found["counts"]["poor"] == 1
    listed = await world.get("/v1/households", area=merged.code, as_of="2026-01-01")
    assert [i["area_code"] for i in listed["items"]] == [merged.code]


def _without_people(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "members"}


async def _movement(world: Registry, code: str, **asked: Any) -> dict[str, int]:
    found = await world.get(f"/v1/areas/{code}/movement", **asked)
    by_standard = {f"by_standard_{k}": n for k, n in found["by_standard_change"].items()}
    return {name: found[name] for name in FLOWS if name in found} | by_standard


async def test_movements_and_counts_equal_the_models(world: Registry) -> None:
    areas = "06163", "06166", "06172"
    events = [
        event
        for seed in range(9000, 9040)
        for event in history(seed, 3, area_codes=areas, new_area_codes=())
    ]
    await world.send([_without_people(event) for event in disorder(events, 1)])
    periods = [
        ("2012-12-31", "2020-06-30"),
        ("2016-02-29", "2016-02-29"),
        ("2019-12-31", "2020-12-31"),
        ("2021-12-31", "2024-06-30"),
    ]
    for code in areas:
        for name in ("poor", "near_poor"):
            for start, end in periods:
                asked = {"list": name, "from_date": start, "to_date": end}
                found = await _movement(world, code, **asked)
                assert found == model.movement(events, {code}, name, start, end)
        for day in ("2016-06-30", "2024-06-30"):
            found_counts = (await world.get(f"/v1/areas/{code}/statistics", as_of=day))["counts"]
            assert found_counts == model.statistics(events, {code}, day)
    for start, end in periods:
        for name in ("poor", "near_poor"):
            province = await _movement(world, "20", list=name, from_date=start, to_date=end)
            country = await _movement(world, "VN", list=name, from_date=start, to_date=end)
            assert province["end"] <= country["end"]


async def test_moves_into_and_inside_a_merged_unit(world: Registry) -> None:
    tree = await world.context.areas.current()
    today = world.clock.today()
    merged = next(
        u
        for u in tree.children(tree.on("22", today), today)
        if len(tree.whole_predecessors(u)) >= 2
    )
    one, other = (u.code for u in tree.whole_predecessors(merged)[:2])
    await world.send(
        [
            assessed("V-1", "2023-12-14", area_code=one),
            assessed("V-1", "2024-12-14", area_code=other),
            assessed("V-2", "2023-12-14", area_code="06091"),
            assessed("V-2", "2025-12-14", area_code=merged.code),
        ]
    )
    asked = {"list": "poor", "from_date": "2022-12-31", "to_date": "2026-06-30"}
    found = await _movement(world, merged.code, **asked)
    assert found == dict.fromkeys(FLOWS, 0) | {"newly_arisen": 1, "moved_in": 1, "end": 2}


async def test_movement_refuses_what_it_cannot_answer(world: Registry) -> None:
    path = "/v1/areas/20/movement"
    response = await world.client.get(path, params={"list": "rich", "from_date": "2024-02-30"})
    assert response.status_code == 422
    faults = {(f["pointer"], f["code"]) for f in response.json()["errors"]}
    assert faults == {
        ("/query/list", "unknown_value"),
        ("/query/from_date", "invalid_date"),
        ("/query/to_date", "missing_parameter"),
    }
    backwards = {"list": "poor", "from_date": "2024-01-02", "to_date": "2024-01-01"}
    response = await world.client.get(path, params=backwards)
    assert response.json()["code"] == "period_reversed"


async def test_a_base_that_was_answered_before_follows_new_facts(world: Registry) -> None:
    today = world.clock.today().replace(year=2024)
    tree = await world.context.areas.current()
    communes = tree.children(tree.on("185", today), today)
    facts = [total(c.code, "2023-12-31", 10) for c in communes]
    await world.send(facts, "area-facts")
    path = "/v1/areas/185/statistics"
    before = await world.get(path, as_of="2024-06-30")
    assert before["base"]["households_total"] == 10 * len(communes)
    assert await world.get(path, as_of="2024-06-30") == before
    await world.send([total(communes[0].code, "2024-03-31", 25)], "area-facts")
    after = await world.get(path, as_of="2024-06-30")
    assert after["base"]["households_total"] == 10 * len(communes) + 15
    then = await world.get(path, as_of="2024-06-30", known_at=before["settled_at"])
    assert then["base"] == before["base"]
