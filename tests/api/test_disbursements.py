"""Payments: the list, progress over many funds, and lines that stand still."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.http.auth import OFF, tokens_of
from shared.kernel.clock import VIETNAM
from tests.api import ledger
from tests.api.paging import pages
from tests.api.test_funds import _as, _entry
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_list_has_current_revisions_in_the_order_of_their_days(world: Registry) -> None:
    await ledger.fund(world, "A", 1000)
    await ledger.run(world, "A-r", "A", 1000, {"06091": 600, "06103": 400})
    await ledger.pay(world, "A-2", "A-r", "06091", 20, "2024-02-10")
    await ledger.pay(world, "A-1", "A-r", "06103", 10, "2024-01-10")
    await ledger.pay(world, "A-3", "A-r", "06103", 30, "2024-03-10")
    before = await ledger.now(world)
    await ledger.pay(world, "A-3", "A-r", "06091", 31, "2024-03-11", revision=2)
    await ledger.withdraw_payment(world, "A-2", 2)

    async def found(**asked: Any) -> list[tuple[str, str, int]]:
        items = await pages(world, "/v1/disbursements", limit=1, **asked)
        return [(i["external_id"], i["line"], i["amount_vnd"]) for i in items]

    assert await found(run="A-r") == [("A-1", "06103", 10), ("A-3", "06091", 31)]
    assert await found(run="A-r", known_at=before) == [
        ("A-1", "06103", 10),
        ("A-2", "06091", 20),
        ("A-3", "06103", 30),
    ]
    assert await found(fund="A", line="06091") == [("A-3", "06091", 31)]
    assert await found(fund="A", from_date="2024-01-11") == [("A-3", "06091", 31)]
    assert await found(fund="A", to_date="2024-01-10") == [("A-1", "06103", 10)]
    assert await found(fund="B") == []
    (item, _) = (await world.get("/v1/disbursements", run="A-r"))["items"]
    assert (item["area_code"], item["household_id"], item["fund_id"]) == ("06103", None, "A")
    assert (item["area"]["code"], item["kind"], item["revision"]) == ("06103", "paid", 1)


async def test_a_household_line_is_named_and_kept_out_of_caches(world: Registry) -> None:
    await ledger.fund(world, "H", 40)
    line = {"H-1": {"amount_vnd": 40, "area": "06091", "status": "poor", "rank": 1, "place": 1}}
    await ledger.run(world, "H-r", "H", 40, line, content="housing")
    await ledger.pay(world, "H-p", "H-r", "H-1", 28, "2024-01-10")
    response = await world.client.get("/v1/disbursements?run=H-r")
    (item,) = response.json()["items"]
    assert (item["household_id"], item["area_code"]) == ("H-1", None)
    assert item["area"]["code"] == "06091"
    assert response.headers["cache-control"] == "no-store"


async def test_progress_counts_money_that_was_passed_on_once(world: Registry) -> None:
    where = {"program": "NTP-CHAIN", "component": "X"}
    await ledger.fund(world, "P-20", 1000, area="20", **where)
    await ledger.run(world, "P-r1", "P-20", 1000, {"181": 600, "180": 400})
    parent = {"parent_run": "P-r1", "parent_line": "181"}
    await ledger.fund(world, "P-181", 500, **{**where, "component": "Y"}, **parent)
    await ledger.run(world, "P-r2", "P-181", 500, {"06091": 300, "06103": 150})
    await ledger.pay(world, "P-1", "P-r2", "06091", 200, "2024-01-10")
    await ledger.pay(world, "P-2", "P-r1", "180", 40, "2024-02-10")
    found = await world.get("/v1/disbursements/progress", program="NTP-CHAIN")
    totals = found["totals"]
    assert (found["funds"], totals["amount_vnd"]) == (2, 1000)
    assert (totals["allocated_vnd"], totals["net_paid_vnd"]) == (500 + 450, 240)
    assert totals["rates"]["net_paid"] == {
        "percent": 25.26,
        "numerator": 240,
        "denominator": 950,
    }
    assert {f["fund_id"]: f["allocated_vnd"] for f in found["by_fund"]} == {
        "P-20": 1000,
        "P-181": 450,
    }
    assert [(c["component"], c["amount_vnd"]) for c in found["by_component"]] == [
        ("X", 1000),
        ("Y", 0),
    ]
    areas = {a["area"]["code"]: a["allocated_vnd"] for a in found["by_area"]}
    assert areas == {"06091": 300, "06103": 150, "180": 400, "181": 100}
    assert sum(areas.values()) == totals["allocated_vnd"]
    assert [(m["month"], m["paid_vnd"]) for m in found["by_month"]] == [
        ("2024-01", 200),
        ("2024-02", 40),
    ]
    alone = await world.get("/v1/disbursements/progress", program="NTP-CHAIN", component="Y")
    assert (alone["totals"]["amount_vnd"], alone["totals"]["allocated_vnd"]) == (500, 450)
    (province,) = (
        await world.get("/v1/disbursements/progress", program="NTP-CHAIN", level="province")
    )["by_area"]
    assert (province["area"]["code"], province["allocated_vnd"]) == ("20", 950)


async def test_lines_with_money_left_and_no_movement_are_stalled(world: Registry) -> None:
    await ledger.fund(world, "S", 1000, program="NTP-STILL")
    lines = {"06091": 100, "06103": 200, "06085": 300, "06082": 0, "06097": 400}
    old = await ledger.run(world, "S-r", "S", 1000, lines)
    await ledger.pay(world, "S-1", "S-r", "06103", 50, "2026-06-01")
    await ledger.pay(world, "S-2", "S-r", "06085", 300, "2026-06-02")
    await ledger.fund(world, "S-child", 399, parent_run="S-r", parent_line="06097")

    async def still(days: int, **asked: Any) -> list[tuple[str, int, int]]:
        items = await pages(
            world, "/v1/disbursements/stalled", fund="S", days=days, limit=1, **asked
        )
        return [(i["line"], i["left_vnd"], i["days"]) for i in items]

    since = (world.clock.today() - old.astimezone(VIETNAM).date()).days
    assert await still(90) == [("06103", 150, 173)]
    world.clock.advance(timedelta(days=100))
    try:
        quiet = since + 100
        assert await still(quiet + 1) == [("06103", 150, 273)]
        everything = [("06091", 100, quiet), ("06097", 1, quiet), ("06103", 150, 273)]
        assert await still(quiet) == everything
        assert await still(quiet, area="06091") == [("06091", 100, quiet)]
        assert await still(quiet, program="NTP-NONE") == []
        progress = await world.get("/v1/funds/S/progress", not_moved_for=quiet)
        assert progress["stalled"] == {"not_moved_for": quiet, "lines": 3, "left_vnd": 251}
        await ledger.run(world, "S-r2", "S", 650, {"06091": 1}, supersedes="S-r")
        assert [line for line, _, _ in await still(0)] == ["06091"]
    finally:
        world.clock.advance(timedelta(days=-100))


async def test_a_caller_sees_payments_of_its_area_only(world: Registry) -> None:
    await ledger.fund(world, "G", 10, area="01")
    await ledger.run(world, "G-r", "G", 10, {"00004": 10})
    await ledger.pay(world, "G-1", "G-r", "00004", 1, "2024-01-10")
    world.tokens = tokens_of([_entry("langson", "20"), _entry("hanoi", "01")])

    async def runs(path: str, name: str) -> set[str]:
        response = await world.client.get(f"/v1/disbursements{path}", headers=_as(name))
        return {item["run_id"] for item in response.json()["items"]}

    try:
        for path in ("", "/stalled?days=90"):
            assert await runs(path, "hanoi") == {"G-r"}
            others = await runs(path, "langson")
            assert others and "G-r" not in others
        refused = await world.client.get("/v1/disbursements/stalled?area=VN", headers=_as("hanoi"))
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_area")
    finally:
        world.tokens = OFF


async def test_tags_and_refusals(world: Registry) -> None:
    for path in ("/v1/disbursements", "/v1/disbursements/progress", "/v1/disbursements/stalled"):
        tag = (await world.client.get(path)).headers["etag"]
        again = await world.client.get(path, headers={"If-None-Match": tag})
        assert again.status_code == 304
        for query, code in (("as_of=2024-01-01", "unknown_parameter"), ("limit=0", None)):
            response = await world.client.get(f"{path}?{query}")
            assert response.status_code == 422
            assert code is None or response.json()["code"] == code
    for query, code in (
        ("disbursements?cursor=WyJ4Il0", "invalid_cursor"),
        ("disbursements?from_date=2024-02-30", "invalid_date"),
        ("disbursements/stalled?days=36501", "out_of_range"),
        ("disbursements/progress?year=20x4", "invalid_integer"),
    ):
        response = await world.client.get(f"/v1/{query}")
        assert (response.status_code, response.json()["code"]) == (422, code)
