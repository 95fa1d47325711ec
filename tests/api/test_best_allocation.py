"""The best allocation beside a run over HTTP: rank before rank, households that lack more first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import ledger
from tests.api.paging import pages
from tests.api.shapes import shaped
from tests.api.test_allocation_runs import HOUSING, _fund, _housing, _poor_district
from tests.facts import assessed
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOUSE, MORE = ["housing_area", "housing_quality"], ["toilet", "water", "telecom", "child_schooling"]
# By id: services lacking, and whether the law ranks it first (a minority) or last.
LACKS = {"Z-0": (3, True), "Z-1": (5, True), "Z-2": (6, True), "Z-3": (6, False), "Z-4": (4, False)}


async def _waiting(world: Registry) -> None:
    await _poor_district(world)
    for name, (lacking, minority) in LACKS.items():
        deprived = sorted(HOUSE + MORE[: lacking - 2])
        group = "Tày" if minority else "Kinh"
        said = HOUSING | {"deprived": deprived, "ethnic_group": group}
        await world.send([assessed(name, "2023-12-14", **said)])


def _rows(found: Any) -> list[list[int]]:
    return [
        [row["rank"], row["legal"]["reached"], row["best"]["reached"], row["gap"]]
        for row in found["ranks"]
    ]


async def test_the_same_money_reaches_more_within_a_rank(world: Registry) -> None:
    await _waiting(world)
    await _fund(world, "Z", 100_000_000)
    await _housing(world, "Z-new", "Z", mode="preview")
    await _housing(world, "Z-repair", "Z", mode="preview", rule="housing_p5_repair")
    path = "/v1/allocation-runs/Z-new/best-allocation"
    found = await shaped(world, path)
    # Two houses: by id to those who lack 3 and 5, at best to those who lack 5 and 6.
    assert _rows(found) == [[1, 8, 11, 0], [6, 0, 0, 0]]
    assert found["best"] == {
        "households": 2,
        "reached": 11,
        "spent_vnd": 80_000_000,
        "vnd_for_each": 7_272_728,
    }
    assert found["proven"] and found["spent_at_least_vnd"] == 80_000_000
    assert [reason["code"] for reason in found["reasons"]] == ["order_within_rank"]
    assert all(reason["text_en"] and reason["text_vi"] for reason in found["reasons"])
    assert found["settled_at"]


async def test_households_are_named_on_both_sides(world: Registry) -> None:
    path = "/v1/allocation-runs/Z-new/best-allocation/households"
    items = await pages(world, path, limit=1)
    sides = [[i["household_id"], i["lacking"], i["legal_vnd"], i["best_vnd"]] for i in items]
    assert sides == [["Z-0", 3, 40_000_000, 0], ["Z-2", 6, 0, 40_000_000]]
    gained = await shaped(world, path, change="gained")
    assert [i["household_id"] for i in gained["items"]] == ["Z-2"]
    assert gained["items"][0]["best_run"] == "Z-new"


async def test_two_norms_are_chosen_from_for_each_household(world: Registry) -> None:
    path = "/v1/allocation-runs/Z-new/best-allocation"
    found = await shaped(world, path, **{"with": "Z-repair"})
    # The law's runs one after the other: two houses, then one repair of what is left.
    assert (found["legal"]["households"], found["legal"]["spent_vnd"]) == (3, 100_000_000)
    assert _rows(found) == [[1, 14, 14, 0], [6, 0, 10, 0]]
    assert found["best"]["spent_vnd"] == 100_000_000
    assert [norm["best"]["households"] for norm in found["norms"]] == [0, 5]
    by_content = await shaped(world, path, **{"with": "Z-repair", "counted": "content"})
    assert by_content["best"]["reached"] == 2 * 5


async def test_what_is_no_one_queue_is_refused(world: Registry) -> None:
    await _fund(world, "Z-other", 100_000_000)
    await _housing(world, "Z-elsewhere", "Z-other", mode="preview")
    path = "/v1/allocation-runs/Z-new/best-allocation"
    for other in ("Z-elsewhere", "Z-new"):
        answer = await world.client.get(path, params={"with": other})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_together")
    await ledger.fund(world, "Z-areas", 10)
    await ledger.run(world, "Z-areas-r", "Z-areas", 10, {"06091": 10})
    answer = await world.client.get("/v1/allocation-runs/Z-areas-r/best-allocation")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_together")


async def test_nothing_is_stored(world: Registry) -> None:
    before = await world.get("/v1/allocation-runs")
    await world.get("/v1/allocation-runs/Z-new/best-allocation")
    assert (
        await world.get("/v1/allocation-runs", known_at=before["settled_at"]) | {"known_at": None}
        == before
    )
    assert (await world.get("/v1/funds/Z"))["balance"]["allocated_vnd"] == 0
