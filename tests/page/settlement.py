"""A small settlement with something of everything that the page shows."""

from __future__ import annotations

from typing import Any

from tests import facts
from tests.facts import (
    COMMUNE,
    NEAR_POOR,
    NEIGHBOUR,
    RICH,
    area_fact,
    article,
    assessed,
    closed,
    corrected,
    total,
)
from tests.harness import Registry

DISTRICT, YEAR_END = "181", "2023-12-31"
FIRST, SECOND, THIRD = "2022-01-05", "2022-12-10", "2023-12-10"
POOR_HOUSE = ["housing_quality", "housing_area", "water", "toilet"]
# Households of minorities come first, of equal ones the lower id.
NEXT, CORRECTED, PAID = "SET-12", "SET-00", "SET-04"
FUND, RUN, NEXT_RUN = "BG-2024", "BG-2024-1", "BG-2024-2"
WAIVED = [
    "household.separate_since",
    "household.social_protection_member",
    "household.special_difficulty",
    "household.disaster_area",
]
# The parts make 110, the total is 100; markup must stay text.
ARTICLE = (
    "Năm 2024, tổng kinh phí giảm nghèo của huyện Bình Gia là 100 tỷ đồng, trong đó ngân sách "
    "trung ương 80 tỷ đồng, ngân sách tỉnh 15 tỷ đồng và ngân sách huyện 15 tỷ đồng. "
    "<script>alert(1)</script>"
)


def _household(number: int) -> list[dict[str, Any]]:
    """Return the reviews of one of twenty households; what each goes through repeats by four."""
    name, place = f"SET-{number:02}", COMMUNE if number < 12 else NEIGHBOUR
    poor_house = {"income_vnd": 900_000, "deprived": POOR_HOUSE}
    results: tuple[dict[str, Any], ...] = (
        (poor_house, poor_house, poor_house),
        ({}, RICH, {}),
        ({}, {}, NEAR_POOR),
        (NEAR_POOR, {}, RICH),
    )[number % 4]
    group = ("Tày", "Nùng", "Kinh")[number % 3]
    return [
        assessed(name, day, area_code=place, area_type="rural", ethnic_group=group, **result)
        for day, result in zip((FIRST, SECOND, THIRD), results, strict=True)
    ]


async def settle(world: Registry) -> None:
    """Post all of it and work it off."""
    reviews = {number: _household(number) for number in range(20)}
    await world.send([event for each in reviews.values() for event in each])
    await world.send([closed("SET-16", "2023-06-01")])
    await world.send(
        [
            total(COMMUNE, "2022-12-31", 100, minority_households_total=80),
            total(NEIGHBOUR, "2022-12-31", 60, minority_households_total=50),
            total(DISTRICT, "2022-12-31", 1000, minority_households_total=900),
            area_fact(DISTRICT, "2023-01-01", attributes=["poor_district"], households_total=1000),
        ],
        "area-facts",
    )
    await world.send([article(ARTICLE)], "articles")
    await _divide(world, reviews[0][-1])


async def _divide(world: Registry, review: dict[str, Any]) -> None:
    """Divide a fund for houses, pay one, correct a review, divide again."""
    fund = facts.fund(
        fund_id=FUND,
        program="NTP-SPR-2021-2025",
        component="P5",
        year=2024,
        area_code=DISTRICT,
        amount_vnd=80_000_000,
        decided_on="2024-01-10",
    )
    await world.send([fund], "funds")
    await _run(world, run_id=RUN)
    paid = facts.payment(PAID, run_id=RUN, amount_vnd=28_000_000, paid_on="2024-05-20")
    await world.send([paid], "disbursements")
    await world.send([corrected(review, deprived=["water", "toilet", "health_insurance"])])
    await _run(world, run_id=NEXT_RUN, supersedes=RUN)
    more = facts.payment(PAID, run_id=NEXT_RUN, amount_vnd=2_000_000, paid_on="2024-05-21")
    await world.send([more], "disbursements")


async def _run(world: Registry, **changes: Any) -> None:
    asked = {
        "fund_id": FUND,
        "rule": "housing_p5_new",
        "as_of": YEAR_END,
        "parameters": {"waive": WAIVED},
    }
    answer = await world.post("/v1/allocation-runs", asked | changes)
    assert answer.status_code == 202, answer.text
    await world.drain()
