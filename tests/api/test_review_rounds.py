"""A round of reviews over HTTP: cases that an official can read, and who is furthest behind."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.facts import assessed
from tests.harness import Registry
from tests.households.test_cases import event, read

pytestmark = pytest.mark.asyncio(loop_scope="module")

CASES = read("review_round.yaml")
HERE = "06103"
ASKED = {"year": 2026, "as_of": "2026-11-29"}
STATES = ("open", "undecided", "late", "decided", "ended")


def posted(number: int, case: dict[str, Any]) -> list[dict[str, Any]]:
    items = []
    for place, said in enumerate(case["events"]):
        item = event(place, said)
        name = f"R-{number:02}"
        new = "-NEW" if said.get("household_id") else ""
        item |= {"household_id": f"{name}{new}", "external_id": f"{name}-{place}"}
        if "continues" in item:
            item["continues"] = name
        if item["type"] != "closed":
            item["area_code"] = HERE
        if item["type"] == "assessed":
            item.setdefault("review", "annual")
        items.append({name: value for name, value in item.items() if value is not None})
    return items


async def test_each_household_is_where_its_case_says(world: Registry) -> None:
    await world.send([item for n, case in enumerate(CASES) for item in posted(n, case)])
    code = HERE
    answer = await world.get(f"/v1/areas/{code}/review-round", **ASKED)
    assert (answer["first_day"], answer["last_day"]) == ("2026-09-01", "2026-12-14")
    assert answer["days_left"] == 15
    states = Counter(case["state"] for case in CASES)
    total = answer["total"]
    assert {name: total[name] for name in STATES} == {name: states[name] for name in STATES}
    assert total["to_review"] == sum(states[name] for name in STATES)
    assert total["others_reviewed"] == states["others_reviewed"]
    assert total["done"]["numerator"] == total["to_review"] - states["open"]
    for state in STATES:
        page = await world.get(f"/v1/areas/{code}/review-round/households", **ASKED, state=state)
        names = [f"R-{n:02}" for n, case in enumerate(CASES) if case["state"] == state]
        assert [item["household_id"] for item in page["items"]] == names
    earlier = await world.get(f"/v1/areas/{code}/review-round", year=2026, as_of="2026-09-15")
    assert earlier["total"]["decided"] == 0
    # The next round has begun, and its reviews are none of this one.
    later = await world.get(f"/v1/areas/{code}/review-round", year=2026, as_of="2028-01-15")
    assert later["total"] == total


async def test_the_unit_furthest_behind_comes_first(world: Registry) -> None:
    one, other = "06091", "06163"
    await world.send(
        [
            *(assessed(f"B-{n}", "2023-12-14", area_code=one) for n in range(3)),
            *(assessed(f"C-{n}", "2023-12-14", area_code=other) for n in range(2)),
            assessed(
                "B-0", "2024-12-10", area_code=one, recognised="poor", assessed_on="2024-10-01"
            ),
        ]
    )
    asked = {"year": 2024, "as_of": "2024-12-31"}
    answer = await world.get("/v1/areas/20/review-round", **asked)
    shown = [unit for unit in answer["units"] if unit["to_review"]]
    assert [(unit["to_review"], unit["open"]) for unit in shown] == [(2, 2), (3, 2)]
    assert answer["units"][: len(shown)] == shown
    none = await world.client.get(
        "/v1/areas/20/review-round", params={"year": 2015, "as_of": "2015-12-31"}
    )
    assert (none.status_code, none.json()["code"]) == (404, "no_review_calendar")
