"""Households over the change of the map on 2025-07-01: merged communes, split ones, statistics."""

from __future__ import annotations

from typing import Any

from tests.facts import assessed, moved
from tests.harness import Registry

# 06088 Quang Trung and 06091 Thiện Thuật became 06091; 06622 Bính Xá was split.
SPLIT = "06622"


def _fact(area: str, on: str, total: int) -> dict[str, Any]:
    return {
        "source": "flows",
        "external_id": f"{area}/{on}",
        "area_code": area,
        "on": on,
        "households_total": total,
    }


async def test_a_merged_commune_takes_its_households_and_its_base_along(app: Registry) -> None:
    await app.send(
        [_fact("06088", "2024-12-31", 300), _fact("06091", "2024-12-31", 500)], "area-facts"
    )
    await app.send([assessed("H1", "2024-12-10", area_code="06088"), assessed("H2", "2024-12-10")])
    before = await app.get("/v1/areas/06091/statistics", as_of="2025-06-30")
    after = await app.get("/v1/areas/06091/statistics", as_of="2025-07-01")
    assert (before["counts"]["poor"], before["households_total"]) == (1, 500)
    assert (after["counts"]["poor"], after["households_total"]) == (2, 800)
    assert after["base"]["source"] == "predecessors"
    old = await app.client.get("/v1/areas/06088/statistics", params={"as_of": "2025-07-01"})
    assert old.status_code == 422
    assert old.json()["successors"] == ["06091"]
    household = await app.get("/v1/households/H1", as_of="2025-08-01")
    assert household["area"]["code"] == "06091"


async def test_the_merge_itself_is_no_movement(app: Registry) -> None:
    await app.send([assessed("H1", "2024-12-10", area_code="06088")])
    period = {"list": "poor", "from_date": "2025-01-01", "to_date": "2025-12-31"}
    found = await app.get("/v1/areas/06091/movement", **period)
    assert (found["start"], found["end"], found["moved_in"]) == (1, 1, 0)


async def test_a_split_communes_households_wait_and_are_moved_in_when_placed(
    app: Registry,
) -> None:
    await app.send([assessed("H1", "2024-12-10", area_code=SPLIT)])
    waiting = await app.get("/v1/households/H1", as_of="2025-08-01")
    assert waiting["area"]["code"] == "20-unassigned"
    province = await app.get("/v1/areas/20/statistics", as_of="2025-08-01")
    assert province["counts"]["poor"] == 1
    unit = await app.get(f"/v1/areas/{SPLIT}", as_of="2025-06-30")
    heir = unit["successors"][0]
    await app.send([moved("H1", "2025-09-01", heir)])
    placed = await app.get("/v1/households/H1", as_of="2025-10-01")
    assert placed["area"]["code"] == heir
    period = {"list": "poor", "from_date": "2025-01-01", "to_date": "2025-12-31"}
    into = await app.get(f"/v1/areas/{heir}/movement", **period)
    assert (into["start"], into["moved_in"], into["end"]) == (0, 1, 1)
    out = await app.get("/v1/areas/20-unassigned/movement", **period)
    assert (out["start"], out["moved_out"], out["end"]) == (1, 1, 0)
    whole = await app.get("/v1/areas/20/movement", **period)
    assert (whole["moved_in"], whole["moved_out"], whole["end"]) == (0, 0, 1)
