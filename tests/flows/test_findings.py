"""Findings of the register about itself: raised, corrected away, never changing what they name."""

from __future__ import annotations

from typing import Any

from tests.facts import assessed
from tests.flows.test_allocation_runs import area_fact, post_fund
from tests.harness import Registry

WAIVED = [
    "household.separate_since",
    "household.social_protection_member",
    "household.special_difficulty",
    "household.disaster_area",
]
POOR_HOUSE = ["housing_quality", "housing_area", "water", "toilet"]


async def findings(app: Registry, **asked: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await app.get("/v1/findings", **asked))["items"]
    return items


async def paid_house(app: Registry) -> dict[str, Any]:
    """Support one household of Bình Gia with a house, and pay the first tranche."""
    review = assessed(
        "H-1",
        "2023-12-14",
        income_vnd=900_000,
        deprived=POOR_HOUSE,
        ethnic_group="Tày",
    )
    fact = area_fact("181", "2023-01-01", attributes=["poor_district"])
    await app.send([fact], "area-facts")
    await app.send([review])
    program = {"program": "NTP-SPR-2021-2025", "component": "P5", "year": 2024}
    await post_fund(app, area_code="181", amount_vnd=40_000_000, decided_on="2024-01-10", **program)
    run = {
        "run_id": "R",
        "fund_id": "F",
        "rule": "housing_p5_new",
        "as_of": "2023-12-31",
        "parameters": {"waive": WAIVED},
    }
    assert (await app.post("/v1/allocation-runs", run)).status_code == 202
    await app.drain()
    payment = {
        "source": "flows",
        "external_id": "p/1",
        "run_id": "R",
        "line": "H-1",
        "amount_vnd": 28_000_000,
        "paid_on": "2024-05-20",
        "kind": "paid",
    }
    await app.send([payment], "disbursements")
    return review


async def test_a_decision_that_differs_from_the_figures_is_found_and_corrected_away(
    app: Registry,
) -> None:
    review = assessed("H-1", "2023-12-14", recognised="non_poor")
    await app.send([review])
    [found] = await findings(app, kind="decision_differs")
    assert (found["stated"], found["expected"]) == ("non_poor", "poor")
    assert found["subject"] == "household:H-1"
    assert found["area"]["code"] == review["area_code"]
    await app.send([{**review, "revision": 2, "recognised": "poor"}])
    assert await findings(app) == []
    before = await findings(app, known_at=found["raised_at"])
    assert [f["finding_id"] for f in before] == [found["finding_id"]]


async def test_a_payment_to_a_household_that_turns_out_not_eligible_is_kept_and_found(
    app: Registry,
) -> None:
    review = await paid_house(app)
    assert await findings(app) == []
    await app.send([{**review, "revision": 2, "deprived": ["water", "toilet", "housing_quality"]}])
    [found] = await findings(app)
    assert (found["kind"], found["stated"], found["expected"]) == (
        "paid_not_eligible",
        28_000_000,
        0,
    )
    assert found["about"] == {"run_id": "R", "rule": "housing_p5_new"}
    assert found["explanation"]["en"].endswith("did not meet on 2023-12-31: under_8_m2")
    said = found["explanation"]["vi"]
    assert "28.000.000 đồng" in said and "31/12/2023" in said
    assert "diện tích bình quân đầu người dưới 8 m2 (under_8_m2)" in said
    fund = await app.get("/v1/funds/F")
    assert fund["balance"]["net_paid_vnd"] == 28_000_000


async def test_the_finding_goes_when_the_money_has_come_back(app: Registry) -> None:
    review = await paid_house(app)
    await app.send([{**review, "revision": 2, "deprived": ["water"]}])
    assert [f["kind"] for f in await findings(app)] == ["paid_not_eligible"]
    returned = {
        "source": "flows",
        "external_id": "p/2",
        "run_id": "R",
        "line": "H-1",
        "amount_vnd": 28_000_000,
        "paid_on": "2024-06-20",
        "kind": "returned",
    }
    await app.send([returned], "disbursements")
    assert await findings(app) == []


def use(name: str, amount: int, **changes: Any) -> dict[str, Any]:
    record = {"source": "flows", "external_id": name, "kind": "production", "unit": "vnd"}
    money = {"quantity": amount, "amount_vnd": amount, "fund_id": "F", "area_code": "51"}
    return {**record, **money, "on": "2023-08-31", **changes}


async def test_uses_beyond_a_fund_are_found_with_the_sum_written_out(app: Registry) -> None:
    poor = {"program": "FOR-THE-POOR", "year": 2023, "funding_source": "mobilised"}
    await post_fund(app, area_code="51", amount_vnd=5900, decided_on="2023-08-31", **poor)
    await app.send([use("a", 4000), use("b", 1900, kind="other")], "support-records")
    assert await findings(app) == []
    await app.send([use("c", 200, kind="schooling")], "support-records")
    [found] = await findings(app, fund="F")
    assert (found["kind"], found["stated"], found["expected"]) == ("uses_exceed_fund", 6100, 5900)
    assert "4,000 (production)" in found["explanation"]["en"]
    assert "4.000 (production)" in found["explanation"]["vi"]
    await app.send([use("c", 0, kind="schooling", revision=2)], "support-records")
    assert await findings(app) == []
