"""Funds: the list, balances and counterparts, progress, who sees them, and answers of the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from shared.http.auth import OFF, tokens_of
from tests.api import ledger
from tests.api.paging import pages
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _entry(name: str, area: str) -> dict[str, Any]:
    digest = sha256(name.encode()).hexdigest()
    return {"name": name, "token_sha256": digest, "scopes": ["funds:read"], "area": area}


@pytest.fixture
def guarded(world: Registry) -> Iterator[Registry]:
    """The registry with auth on; the token of a client is its name."""
    areas = {"nation": "VN", "langson": "20", "binhgia": "181", "hanoi": "01"}
    world.tokens = tokens_of([_entry(*each) for each in areas.items()])
    yield world
    world.tokens = OFF


def _as(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


async def _chain(world: Registry, name: str) -> None:
    """A province's fund, its run, a district's fund on one line, and that one's run."""
    await ledger.fund(world, f"{name}-20", 1000, area="20")
    await ledger.run(world, f"{name}-r1", f"{name}-20", 1000, {"181": 600, "180": 400})
    parent = {"parent_run": f"{name}-r1", "parent_line": "181"}
    await ledger.fund(world, f"{name}-181", 500, **parent)
    await ledger.run(world, f"{name}-r2", f"{name}-181", 500, {"06091": 300, "06103": 150})


async def test_a_fund_shows_its_balance_runs_children_and_parent(world: Registry) -> None:
    await _chain(world, "A")
    await ledger.pay(world, "A-p1", "A-r2", "06091", 200, "2024-01-10")
    await ledger.pay(world, "A-p2", "A-r2", "06091", 50, "2024-03-10", kind="returned")
    await ledger.pay(world, "A-p3", "A-r1", "180", 100, "2024-02-01")
    top = await world.get("/v1/funds/A-20")
    assert top["balance"] == {
        "amount_vnd": 1000,
        "allocated_vnd": 1000,
        "unallocated_vnd": 0,
        "passed_on_vnd": 500,
        "paid_vnd": 100,
        "returned_vnd": 0,
        "net_paid_vnd": 100,
    }
    assert top["children"] == [
        {"fund_id": "A-181", "run_id": "A-r1", "area_code": "181", "amount_vnd": 500}
    ]
    assert top["children_count"] == 1 and top["parent"] is None
    low = await world.get("/v1/funds/A-181")
    assert low["parent"] == {"fund_id": "A-20", "run_id": "A-r1", "area_code": "181"}
    assert low["area"]["code"] == "181" and low["area"]["level"] == "district"
    assert low["balance"] == {
        "amount_vnd": 500,
        "allocated_vnd": 450,
        "unallocated_vnd": 50,
        "passed_on_vnd": 0,
        "paid_vnd": 200,
        "returned_vnd": 50,
        "net_paid_vnd": 150,
    }
    (shown,) = low["runs"]
    assert (shown["run_id"], shown["active"], shown["allocated_vnd"]) == ("A-r2", True, 450)


async def test_a_superseded_run_holds_only_what_was_paid_of_it(world: Registry) -> None:
    await ledger.fund(world, "S", 1000)
    await ledger.run(world, "S-r1", "S", 1000, {"06091": 600, "06103": 400})
    await ledger.pay(world, "S-p1", "S-r1", "06091", 250, "2024-01-10")
    await ledger.pay(world, "S-p2", "S-r1", "06091", 50, "2024-01-11", kind="returned")
    before = await ledger.now(world)
    await ledger.run(world, "S-p", "S", 800, {"06103": 800}, supersedes="S-r1", mode="preview")
    assert (await world.get("/v1/funds/S"))["balance"]["allocated_vnd"] == 1000
    await ledger.run(world, "S-r2", "S", 800, {"06103": 700}, supersedes="S-r1")
    found = await world.get("/v1/funds/S")
    assert found["balance"]["allocated_vnd"] == 200 + 700
    assert found["balance"]["net_paid_vnd"] == 200
    states = {run["run_id"]: (run["active"], run["superseded_by"]) for run in found["runs"]}
    assert states == {"S-r1": (False, "S-r2"), "S-p": (False, None), "S-r2": (True, None)}
    past = await world.get("/v1/funds/S", known_at=before)
    assert past["balance"]["allocated_vnd"] == 1000
    assert [run["run_id"] for run in past["runs"]] == ["S-r1"]
    assert past["runs"][0]["superseded_by"] is None


async def test_an_answer_for_a_past_instant_never_changes(world: Registry) -> None:
    await ledger.fund(world, "K", 1000)
    await ledger.run(world, "K-r1", "K", 1000, {"06091": 600, "06103": 400})
    await ledger.pay(world, "K-p1", "K-r1", "06091", 250, "2024-01-10")
    at = await ledger.now(world)
    paths = ("/v1/funds/K", "/v1/funds/K/progress", "/v1/funds?year=2023", "/v1/disbursements")
    paths += ("/v1/disbursements/progress", "/v1/disbursements/stalled", "/v1/allocation-runs")

    async def told() -> list[dict[str, Any]]:
        answers = [await world.get(path, known_at=at) for path in paths]
        return [{**each, "settled_at": None} for each in answers]

    first = await told()
    await ledger.fund(world, "K", 2000, revision=2)
    await ledger.pay(world, "K-p1", "K-r1", "06091", 99, "2024-01-10", revision=2)
    await ledger.pay(world, "K-p2", "K-r1", "06103", 1, "2026-11-01")
    await ledger.run(world, "K-r2", "K", 1901, {"06091": 5}, supersedes="K-r1")
    await ledger.fund(world, "K-child", 1, parent_run="K-r2", parent_line="06091")
    assert await told() == first
    assert (await world.get("/v1/funds/K"))["balance"]["amount_vnd"] == 2000
    await ledger.pay(world, "K-p2", "K-r1", "06103", 1, "2026-11-01", revision=3)
    await ledger.withdraw_payment(world, "K-p2", 4)
    assert (await world.get("/v1/funds/K"))["balance"]["paid_vnd"] == 99


async def test_a_withdrawn_fund_is_unknown_and_its_earlier_self_is_not(world: Registry) -> None:
    at = await ledger.fund(world, "W", 10)
    await ledger.fund(world, "W", None, revision=2)
    response = await world.client.get("/v1/funds/W")
    assert (response.status_code, response.json()["code"]) == (404, "unknown_fund")
    assert (await world.get("/v1/funds/W", known_at=at.isoformat()))["amount_vnd"] == 10
    assert "W" not in {item["fund_id"] for item in await pages(world, "/v1/funds")}


async def test_the_list_filters_and_pages(world: Registry) -> None:
    await _chain(world, "L")
    await ledger.fund(world, "L-24", 7, year=2024, component=None, funding_source="local")
    await ledger.fund(world, "L-01", 7, area="01", program="NTP-OTHER")

    async def ids(**asked: Any) -> set[str]:
        found = await pages(world, "/v1/funds", limit=1, **asked)
        return {item["fund_id"] for item in found if item["fund_id"].startswith("L-")}

    assert await ids() == {"L-20", "L-181", "L-24", "L-01"}
    assert await ids(year=2024) == await ids(funding_source="local") == {"L-24"}
    assert await ids(program="NTP-OTHER") == await ids(area="01") == {"L-01"}
    assert await ids(component="P5") == {"L-20", "L-181", "L-01"}
    assert await ids(area="20") == {"L-20", "L-181", "L-24"}
    assert await ids(area="181") == {"L-181", "L-24"}
    assert await ids(area="06091") == set()
    assert await ids(parent="L-20") == {"L-181"}


async def test_the_counterpart_is_stated_even_where_the_law_is_not_known(world: Registry) -> None:
    await ledger.fund(world, "C", 1000, component="P2")
    await ledger.fund(world, "C-local", 30, component="P2", funding_source="local")
    await ledger.fund(world, "C-else", 31, component="P2", funding_source="local", area="180")
    unknown = (await world.get("/v1/funds/C"))["counterpart"]
    assert unknown == {
        "rule": "qd02_2022_counterpart",
        "percent": None,
        "legal_basis": ["02/2022/QĐ-TTg Art. 12"],
        "required_vnd": None,
        "provided_vnd": 30,
        "missing_vnd": None,
    }
    asked = {"rule": "x", "percent": "10", "legal_basis": ["NQ 1"], "required_vnd": 100}
    await ledger.run(world, "C-r", "C", 1000, {"06091": 1000}, inputs={"counterpart": asked})
    found = (await world.get("/v1/funds/C"))["counterpart"]
    assert found == {**asked, "provided_vnd": 30, "missing_vnd": 70}
    assert (await world.get("/v1/funds/C-local"))["counterpart"] is None


async def test_progress_adds_up_by_area_and_by_month(world: Registry) -> None:
    await ledger.fund(world, "P", 1100)
    await ledger.run(world, "P-r1", "P", 1000, {"06091": 600, "06103": 400})
    await ledger.pay(world, "P-p1", "P-r1", "06091", 250, "2024-01-10")
    await ledger.pay(world, "P-p2", "P-r1", "06103", 100, "2024-01-31")
    await ledger.pay(world, "P-p3", "P-r1", "06103", 30, "2024-03-01", kind="returned")
    await ledger.run(world, "P-r2", "P", 780, {"06091": 700}, supersedes="P-r1")
    found = await world.get("/v1/funds/P/progress")
    assert (found["allocated_vnd"], found["paid_vnd"], found["returned_vnd"]) == (1020, 350, 30)
    assert found["rates"]["allocated"] == {
        "percent": 92.73,
        "numerator": 1020,
        "denominator": 1100,
    }
    assert found["rates"]["net_paid"]["percent"] == 31.37
    by_area = {
        each["area"]["code"]: (each["allocated_vnd"], each["net_paid_vnd"])
        for each in found["by_area"]
    }
    assert by_area == {"06091": (250 + 700, 250), "06103": (70, 70)}
    months = [(m["month"], m["net_paid_vnd"], m["net_paid_to_date_vnd"]) for m in found["by_month"]]
    assert months == [("2024-01", 350, 350), ("2024-03", -30, 320)]
    (rolled,) = (await world.get("/v1/funds/P/progress", level="district"))["by_area"]
    assert (rolled["area"]["code"], rolled["allocated_vnd"]) == ("181", 1020)
    assert found["on"] == "2026-11-21"
    began = date.fromisoformat(found["allocated_on"])
    assert found["days_since_allocation"] == (date(2026, 11, 21) - began).days


async def test_a_fund_without_a_run_has_no_rates_of_payment(world: Registry) -> None:
    await ledger.fund(world, "E", 0)
    found = await world.get("/v1/funds/E/progress")
    assert found["rates"] == dict.fromkeys(("allocated", "paid", "returned", "net_paid"))
    assert found["allocated_on"] is None and found["days_since_allocation"] is None
    assert found["by_area"] == [] and found["by_month"] == []


async def test_a_caller_sees_funds_held_in_its_area_only(guarded: Registry) -> None:
    await _chain(guarded, "G")
    await ledger.fund(guarded, "G-01", 1, area="01")
    client = guarded.client
    for name, seen in (
        ("nation", {"G-20", "G-181", "G-01"}),
        ("langson", {"G-20", "G-181"}),
        ("binhgia", {"G-181"}),
        ("hanoi", {"G-01"}),
    ):
        listed = (await client.get("/v1/funds?limit=1000", headers=_as(name))).json()["items"]
        assert {i["fund_id"] for i in listed if i["fund_id"].startswith("G-")} == seen, name
        nobody = await client.get("/v1/funds/nobody", headers=_as(name))
        for fund in ("G-20", "G-181", "G-01"):
            for part in ("", "/progress"):
                response = await client.get(f"/v1/funds/{fund}{part}", headers=_as(name))
                if fund in seen:
                    assert response.status_code == 200
                else:
                    assert (response.status_code, response.content) == (404, nobody.content)
    response = await client.get("/v1/funds?area=01", headers=_as("langson"))
    assert (response.status_code, response.json()["code"]) == (404, "unknown_area")
    progress = await client.get("/v1/disbursements/progress", headers=_as("hanoi"))
    assert {f["fund_id"] for f in progress.json()["by_fund"]} == {"G-01", "L-01"}


async def test_every_route_about_money_needs_the_scope(guarded: Registry) -> None:
    entry = {**_entry("counter", "VN"), "scopes": ["statistics:read", "households:read"]}
    guarded.tokens = tokens_of([entry])
    for path in (
        "funds",
        "funds/x",
        "funds/x/progress",
        "allocation-runs",
        "allocation-runs/x",
        "allocation-runs/x/lines",
        "allocation-runs/x/compare",
        "disbursements",
        "disbursements/progress",
        "disbursements/stalled",
        "support-records",
        "support-records/totals",
    ):
        response = await guarded.client.get(f"/v1/{path}?strange=1", headers=_as("counter"))
        assert (response.status_code, response.json()["missing_scope"]) == (403, "funds:read")
        assert (await guarded.client.get(f"/v1/{path}?strange=1")).status_code == 401


async def test_tags_and_refusals(world: Registry) -> None:
    await ledger.fund(world, "T", 5)
    for path in ("/v1/funds/T", "/v1/funds/T/progress", "/v1/funds?parent=none"):
        tag = (await world.client.get(path)).headers["etag"]
        again = await world.client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    for path, code in (
        ("/v1/funds?on=2024-01-01", "unknown_parameter"),
        ("/v1/funds?year=x", "invalid_integer"),
        ("/v1/funds?year=1900", "out_of_range"),
        ("/v1/funds?funding_source=gift", "unknown_value"),
        ("/v1/funds/T?known_at=2999-01-01T00:00:00Z", "in_future"),
        ("/v1/funds/T/progress?level=village", "unknown_value"),
        ("/v1/funds/T/progress?not_moved_for=-1", "invalid_integer"),
        ("/v1/funds/T/progress?as_of=2024-01-01", "unknown_parameter"),
    ):
        response = await world.client.get(path)
        assert (response.status_code, response.json()["code"]) == (422, code), path
    for path in ("/v1/funds/none", "/v1/funds/%00", "/v1/funds/none/progress"):
        response = await world.client.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "unknown_fund")
