"""Findings of the register about itself: raised, corrected away, never changing what they name."""

from __future__ import annotations

from typing import Any

from tests.facts import assessed, closed, withdrawn
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


async def test_a_house_beside_the_house_of_a_fund_is_found_until_the_record_is_withdrawn(
    app: Registry,
) -> None:
    await paid_house(app)
    record = {"source": "ngo", "external_id": "h/1", "kind": "houses_new", "quantity": 1}
    record |= {"unit": "house", "household_id": "H-1", "on": "2023-02-01"}
    await app.send([record], "support-records")
    [twice] = await findings(app)
    assert (twice["kind"], twice["stated"], twice["expected"]) == ("supported_twice", 2, 1)
    assert twice["area"]["code"] == "06091" and "60/2026/TT-BTC" in twice["legal_basis"][0]
    assert [s.get("run_id") for s in twice["about"]["supports"]] == ["R", None]
    gone = {"source": "ngo", "external_id": "h/1", "revision": 2, "withdrawn": True}
    await app.send([gone], "support-records")
    assert await findings(app) == []


async def test_money_paid_to_the_dead_and_before_its_decision_is_found(app: Registry) -> None:
    await paid_house(app)
    await app.send([closed("H-1", "2024-04-01", reason="deceased", external_id="end")])
    [late] = await findings(app)
    assert (late["kind"], late["stated"]) == ("paid_after_closure", 28_000_000)
    counts = (await app.get("/v1/findings/counts"))["items"]
    assert {"kind": "paid_after_closure", "findings": 1} in counts
    await app.send([withdrawn(closed("H-1", "2024-04-01", external_id="end"))])
    assert await findings(app) == []
    program = {"program": "NTP-SPR-2021-2025", "component": "P5", "year": 2024, "revision": 2}
    fund = {"area_code": "181", "amount_vnd": 40_000_000, "decided_on": "2024-06-10"}
    await post_fund(app, **fund, **program)
    [early] = await findings(app, fund="F")
    assert (early["kind"], early["stated"], early["expected"]) == (
        "paid_before_decision",
        28_000_000,
        0,
    )
    assert early["about"]["first"] == {"run_id": "R", "line": "H-1", "on": "2024-05-20"}


async def test_a_payment_told_by_two_sources_and_a_return_before_its_payment(
    app: Registry,
) -> None:
    await paid_house(app)
    again = {"run_id": "R", "line": "H-1", "amount_vnd": 6_000_000, "paid_on": "2024-10-20"}
    again |= {"kind": "paid", "external_id": "again"}
    await app.send([again | {"source": "a"}, again | {"source": "b"}], "disbursements")
    [repeated] = await findings(app)
    assert (repeated["kind"], repeated["stated"], repeated["expected"]) == (
        "payment_repeated",
        12_000_000,
        6_000_000,
    )
    back = again | {"source": "a", "external_id": "back", "kind": "returned"}
    await app.send([back | {"paid_on": "2024-03-01"}], "disbursements")
    assert [f["kind"] for f in await findings(app)] == ["returned_before_paid"]
    await app.send([back | {"paid_on": "2024-11-01", "revision": 2}], "disbursements")
    assert await findings(app) == []


async def test_a_child_fund_of_another_unit_or_year_than_its_line_is_found(app: Registry) -> None:
    await post_fund(app)
    fact = area_fact("06073", zone="III", extremely_difficult_villages=1)
    await app.send([fact], "area-facts")
    run = {"run_id": "R1", "fund_id": "F", "rule": "qd16_2026", "as_of": "2026-06-30"}
    await app.post("/v1/allocation-runs", run | {"areas": ["06073"]})
    await app.drain()
    parent = {"run_id": "R1", "area_code": "06073"}
    child = {"parent": parent, "amount_vnd": 1, "decided_on": "2026-06-01"}
    await post_fund(app, "C", area_code="06073", **child)
    assert await findings(app) == []
    await post_fund(app, "C", area_code="06076", year=2027, revision=2, **child)
    assert [(f["kind"], f["about"]["field"], f["stated"]) for f in await findings(app)] == [
        ("child_fund_differs", "area_code", "06076"),
        ("child_fund_differs", "year", 2027),
    ]
    gone = {"source": "flows", "external_id": "C", "revision": 3, "withdrawn": True}
    await app.send([gone], "funds")
    assert await findings(app) == []
