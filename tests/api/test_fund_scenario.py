"""Local money beside central, year by year, with the forecast to the year's end, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.api import ledger
from tests.api.shapes import shaped
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROGRAM = "NTP-SCENARIO"
BIG = 9_007_199_254_740_993  # the first whole number that a double does not hold


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def before(world: Registry) -> str:
    """Store 2022 and 2023, then the money that passes on; return the instant between them."""
    of = {"program": PROGRAM}
    for year, amount in ((2022, 1000), (2023, 2000)):
        await ledger.fund(world, f"C{year}", amount, area="20", year=year, **of)
        await ledger.run(world, f"R{year}", f"C{year}", amount, {"181": 600, "180": 400})
    await ledger.fund(world, "L2023", 300, year=2023, funding_source="local", **of)
    await ledger.fund(world, "elsewhere", BIG, area="01", year=2023, **of)
    await ledger.pay(world, "p1", "R2022", "180", 100, "2022-03-01")
    await ledger.pay(world, "p2", "R2022", "181", 300, "2022-10-01")
    await ledger.pay(world, "p3", "R2023", "180", 182, "2023-05-01")
    instant = await ledger.now(world)
    await ledger.pay(world, "p4", "R2023", "180", 50, "2023-11-01", kind="returned")
    parent = {"parent_run": "R2023", "parent_line": "181"}
    await ledger.fund(world, "child", 500, year=2023, **of, **parent)
    await ledger.run(world, "R-child", "child", 500, {"06091": 500})
    await ledger.pay(world, "p5", "R-child", "06091", 70, "2023-12-01")
    # Of another source: it is no part of the central money, whose line it draws on.
    drawn = {**parent, "funding_source": "mobilised"}
    await ledger.fund(world, "gift", 60, year=2023, **of, **drawn)
    return instant


async def _asked(world: Registry, code: str = "20", year: int = 2023, **asked: Any) -> Any:
    asked = {"program": PROGRAM, "year": year, **asked}
    return await shaped(world, f"/v1/areas/{code}/fund-scenario", **asked)


def _source(found: Any, year: int, source: str = "central") -> Any:
    (of_year,) = [each for each in found["years"] if each["year"] == year]
    (row,) = [each for each in of_year["sources"] if each["funding_source"] == source]
    return row


def _range(found: Any, source: str = "central") -> list[Any]:
    (made,) = [each for each in found["forecasts"] if each["funding_source"] == source]
    return [made["low_vnd"], made["high_vnd"], [reason["code"] for reason in made["reasons"]]]


async def test_on_a_day_of_the_year_paces_make_the_range(world: Registry, before: str) -> None:
    found = await _asked(world, as_of="2023-07-01")
    central = _source(found, 2023)
    assert (central["amount_vnd"], central["paid_vnd"], central["returned_vnd"]) == (2000, 182, 0)
    assert (central["last_movement_on"], central["days_since_movement"]) == ("2023-05-01", 61)
    (made, local, _) = found["forecasts"]
    assert [(p["pace"], p["year"], p["net_paid_vnd"]) for p in made["paces"]] == [
        ("year_so_far", None, 182 + 183),
        ("last_90_days", None, 182 + 182 * 183 // 90),
        ("earlier_year", 2022, 182 + 300 * 2000 // 1000),
    ]
    assert _range(found) == [365, 782, []]
    assert (local["low_vnd"], local["paces"]) == (None, [])
    assert [r["code"] for r in local["reasons"]] == [
        "nothing_moved_this_year",
        "no_earlier_year",
        "no_pace",
    ]
    assert all(r["text_en"] and r["text_vi"] for r in local["reasons"])
    (_, of_2023) = found["years"]
    assert of_2023["local_share"] == {"percent": 15.0, "numerator": 300, "denominator": 2000}


async def test_a_source_without_a_fund_stands_there_and_says_so(
    world: Registry, before: str
) -> None:
    found = await _asked(world, year=2022)
    assert _range(found) == [400, 400, ["year_over"]]
    assert _range(found, "local") == [None, None, ["no_fund"]]
    local = _source(found, 2022, "local")
    assert (local["funds"], local["days_since_movement"]) == (0, None)
    assert [reason["code"] for reason in local["reasons"]] == ["no_fund"]
    assert [each["year"] for each in found["years"]] == [2022]
    assert _range(await _asked(world, year=2027))[2] == ["no_fund"]


async def test_both_clocks_are_kept(world: Registry, before: str) -> None:
    then, now = await _asked(world, known_at=before), await _asked(world)
    assert _range(then) == [182, 182, ["year_over"]]
    assert _range(now) == [182 - 50 + 70, 202, ["year_over"]]
    assert (_source(then, 2023)["funds"], _source(now, 2023)["funds"]) == (1, 2)
    early = await _asked(world, as_of="2023-02-19")
    assert early["years"][-1]["sources"][0]["funds"] == 0
    assert _range(await _asked(world, as_of="2030-01-01")) == _range(now)
    assert (await _asked(world, as_of="2030-01-01"))["on"] == "2026-11-21"


async def test_sums_are_those_of_the_progress_of_payment(world: Registry, before: str) -> None:
    found = await _asked(world)
    for year, source in ((2022, "central"), (2023, "central"), (2023, "local")):
        row = _source(found, year, source)
        of = {"program": PROGRAM, "area": "20", "year": year, "funding_source": source}
        progress = await world.get("/v1/disbursements/progress", **of)
        sums = {key: row[key] for key in progress["totals"]}
        assert (row["funds"], sums) == (progress["funds"], progress["totals"])
    assert _source(found, 2023, "mobilised")["amount_vnd"] == 60
    stalled = await world.get("/v1/disbursements/stalled", days=0, area="20")
    left = sum(i["left_vnd"] for i in stalled["items"] if i["fund_id"] in ("C2023", "child"))
    quiet = _source(await _asked(world, not_moved_for=0), 2023)["stalled"]
    # The line that only passed money on was allocated after the day that the tests call today.
    assert quiet == {"not_moved_for": 0, "lines": 2, "left_vnd": (400 - 132) + (500 - 70)}
    assert quiet["left_vnd"] == left


async def test_money_is_found_by_codes_of_both_maps(world: Registry, before: str) -> None:
    found = await _asked(world, "181")
    assert _source(found, 2023)["funds"] == 1 and _source(found, 2023, "local")["funds"] == 1
    assert _source(await _asked(world, "01"), 2023)["amount_vnd"] == BIG
    country = _source(await _asked(world, "VN"), 2023)
    assert (country["funds"], country["amount_vnd"]) == (3, BIG + 2000)
    assert _range(await _asked(world, "06091"))[2] == ["no_fund"]


async def test_refusals(world: Registry, before: str) -> None:
    for path, status in (
        ("/v1/areas/99999/fund-scenario?year=2023", 404),
        ("/v1/areas/20/fund-scenario", 422),
        ("/v1/areas/20/fund-scenario?year=2010", 422),
        ("/v1/areas/20/fund-scenario?year=2023&as_of=2023-02-30", 422),
    ):
        assert (await world.client.get(path)).status_code == status, path
