"""Allocation runs through the public doors: documents, lines, streams, and two runs compared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from shared.http.auth import OFF, tokens_of
from tests.api import ledger
from tests.api.paging import pages
from tests.api.test_funds import _as, _entry
from tests.facts import NEAR_POOR, RICH, assessed, moved, total
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOUSING = {"deprived": ["housing_quality", "housing_area", "water"], "ethnic_group": "Tày"}
WAIVED = [
    "household.separate_since",
    "household.social_protection_member",
    "household.special_difficulty",
    "household.disaster_area",
]
MERGED = "NTP-MERGED-2026-2030"


async def _post(world: Registry, path: str, body: Any) -> None:
    response = await world.post(path, body)
    assert response.status_code == 202, response.text
    await world.drain()


async def _fund(world: Registry, fund_id: str, amount: int, **said: Any) -> None:
    item = {
        "source": "api-tests",
        "external_id": fund_id,
        "fund_id": fund_id,
        "program": ledger.PROGRAM,
        "component": "P5",
        "year": 2023,
        "funding_source": "central",
        "area_code": "181",
        "amount_vnd": amount,
        "decided_on": "2023-02-20",
        **said,
    }
    await _post(world, "/v1/funds", {"funds": [item]})


async def _housing(world: Registry, run_id: str, fund_id: str, **said: Any) -> dict[str, Any]:
    body = {
        "run_id": run_id,
        "fund_id": fund_id,
        "rule": "housing_p5_new",
        "as_of": "2023-12-31",
        "parameters": {"waive": WAIVED},
        **said,
    }
    await _post(world, "/v1/allocation-runs", body)
    found: dict[str, Any] = await world.get(f"/v1/allocation-runs/{run_id}")
    assert found["state"] == "completed", found["refusals"]
    return found


async def _share(
    world: Registry, run_id: str, fund_id: str, areas: list[str], **said: Any
) -> dict[str, Any]:
    body = {
        "run_id": run_id,
        "fund_id": fund_id,
        "rule": "qd16_2026",
        "as_of": "2026-06-30",
        "areas": areas,
        "mode": "preview",
        **said,
    }
    await _post(world, "/v1/allocation-runs", body)
    found: dict[str, Any] = await world.get(f"/v1/allocation-runs/{run_id}")
    assert found["state"] == "completed", found["refusals"]
    return found


async def _communes(world: Registry, number: int) -> list[str]:
    tree, day = await world.context.areas.current(), world.clock.today()
    found = [u.code for u in tree.children(tree.on("20", day), day)]
    return [code for code in found if not code.endswith("unassigned")][:number]


async def _zoned(world: Registry, zones: dict[str, str], on: str) -> None:
    facts = [total(code, on, 100, zone=zone) for code, zone in zones.items()]
    await world.send(facts, door="area-facts")


async def _houses(world: Registry, prefix: str, number: int) -> list[str]:
    names = [f"{prefix}-{n}" for n in range(number)]
    await world.send([assessed(name, "2023-12-14", **HOUSING) for name in names])
    return names


async def _poor_district(world: Registry) -> None:
    fact = total("181", "2023-01-01", 14_208, attributes=["poor_district"])
    await world.send([fact], door="area-facts")


async def _compared(world: Registry, before: str, after: str, **asked: Any) -> dict[str, Any]:
    path = f"/v1/allocation-runs/{before}/compare"
    first = await world.get(path, **{"with": after}, **asked)
    items = await pages(world, path, **{"with": after, "limit": 1}, **asked)
    runs = [await world.get(f"/v1/allocation-runs/{name}") for name in (before, after)]
    summary = first["summary"]
    difference = runs[1]["allocated_vnd"] - runs[0]["allocated_vnd"]
    assert summary["difference_vnd"] == difference
    assert summary["gained"]["amount_vnd"] - summary["lost"]["amount_vnd"] == difference
    if not asked:
        assert sum(item["difference_vnd"] for item in items) == difference
        assert len(items) == summary["gained"]["lines"] + summary["lost"]["lines"]
    for item in items:
        assert item["difference_vnd"] == item["after_vnd"] - item["before_vnd"] != 0
        assert item["causes"]
    return {"summary": summary, "items": items}


def _causes(compared: dict[str, Any]) -> dict[str, list[str]]:
    return {item["line"]: [c["code"] for c in item["causes"]] for item in compared["items"]}


async def test_a_share_run_from_request_to_lines(world: Registry) -> None:
    one, other, third = await _communes(world, 3)
    await _zoned(world, {one: "III", other: "I", third: "II"}, "2026-01-01")
    await _fund(
        world,
        "S",
        1000,
        program=MERGED,
        component=None,
        year=2026,
        area_code="20",
        decided_on="2026-05-01",
    )
    found = await _share(world, "S-r1", "S", [one, other], mode="commit")
    assert (found["allocated_from_vnd"], found["allocated_vnd"]) == (1000, 1000)
    assert found["unallocated_vnd"] == 0 and found["totals"]["lines"] == 2
    assert found["rule_version"]["legal_basis"] == ["16/2026/QĐ-TTg (2026-04-15)"]
    assert found["areas"] == [one, other] and found["inputs_digest"] and found["result_digest"]
    assert found["inputs"]["rule"]["id"] == "qd16_2026"
    lines = await pages(world, "/v1/allocation-runs/S-r1/lines", limit=1)
    assert [(i["area_code"], i["amount_vnd"], i["score"]) for i in lines] == [
        (one, 625, "50"),
        (other, 375, "30"),
    ]
    assert lines[0]["reasons"]["criteria"][0]["code"] == "zone_iii"
    (only,) = await pages(world, "/v1/allocation-runs/S-r1/lines", area=other, line=other)
    assert only == lines[1]
    assert await pages(world, "/v1/allocation-runs/S-r1/lines", outcome="not_eligible") == []
    assert await pages(world, "/v1/allocation-runs/S-r1/lines", line=third) == []
    (listed,) = await pages(world, "/v1/allocation-runs", fund="S", state="completed")
    assert {**found, **listed} == found
    assert await pages(world, "/v1/allocation-runs", fund="S", mode="preview") == []
    fund = await world.get("/v1/funds/S")
    assert fund["balance"]["allocated_vnd"] == 1000
    assert fund["counterpart"]["percent"] is None and fund["counterpart"]["required_vnd"] is None


async def test_a_run_is_pending_until_it_was_completed(world: Registry) -> None:
    await ledger.fund(world, "N", 100)
    requested = await ledger.request_run(world, "N-r", "N")
    before = await ledger.now(world)
    ended = await ledger.complete_run(world, "N-r", 100, {"06091": 100})
    found = await world.get("/v1/allocation-runs/N-r", known_at=before)
    assert (found["state"], found["allocated_vnd"], found["totals"]) == ("pending", None, None)
    assert found["completed_at"] is None and found["inputs"] is None
    assert found["asked_known_at"] is not None
    lines = "/v1/allocation-runs/N-r/lines"
    assert await pages(world, lines, known_at=before) == []
    assert len(await pages(world, lines, known_at=ended.isoformat())) == 1
    earlier = (requested - timedelta(microseconds=1)).isoformat()
    response = await world.client.get("/v1/allocation-runs/N-r", params={"known_at": earlier})
    assert (response.status_code, response.json()["code"]) == (404, "unknown_run")
    pending = await pages(world, "/v1/allocation-runs", state="pending", known_at=before)
    assert [run["run_id"] for run in pending] == ["N-r"]
    assert await pages(world, "/v1/allocation-runs", state="pending") == []


async def test_a_refused_run_names_every_reason(world: Registry) -> None:
    await _fund(world, "R", 100, component="P2")
    body = {"run_id": "R-r", "fund_id": "R", "rule": "qd02_2022_p2", "as_of": "2023-12-31"}
    await _post(world, "/v1/allocation-runs", body)
    found = await world.get("/v1/allocation-runs/R-r")
    assert (found["state"], found["code"]) == ("refused", found["refusals"][0]["code"])
    assert {"coefficient_unknown", "input_unavailable"} <= {r["code"] for r in found["refusals"]}
    assert all(r["subject"] and r["detail"] for r in found["refusals"])
    assert await pages(world, "/v1/allocation-runs/R-r/lines") == []
    response = await world.client.get("/v1/allocation-runs/R-r/compare?with=R-r")
    assert (response.status_code, response.json()["code"]) == (422, "not_comparable")
    assert [e["pointer"] for e in response.json()["errors"]] == ["", "/query/with"]


async def test_household_lines_say_why_also_where_nothing_was_given(world: Registry) -> None:
    await _poor_district(world)
    names = await _houses(world, "H", 3)
    await world.send(
        [
            assessed("H-near", "2023-12-14", **NEAR_POOR),
            assessed("H-rich", "2023-12-14", **RICH),
            assessed("H-far", "2023-12-14", area_code="00004", **RICH),
        ]
    )
    await _fund(world, "H", 90_000_000)
    found = await _housing(world, "H-r1", "H", mode="preview")
    assert (found["allocated_vnd"], found["totals"]["allocated"]) == (80_000_000, 2)
    lines = {i["household_id"]: i for i in await pages(world, "/v1/allocation-runs/H-r1/lines")}
    assert [lines[name]["outcome"] for name in names] == ["allocated"] * 2 + ["fund_exhausted"]
    assert [lines[name]["reasons"]["place"] for name in names] == [1, 2, 3]
    assert lines["H-near"]["outcome"] == "not_eligible"
    assert lines["H-near"]["reasons"]["failed"] == ["non_durable_house", "under_8_m2"]
    assert lines["H-0"]["commune_code"] == "06091"
    assert "H-rich" not in lines

    async def line(name: str, **asked: Any) -> list[dict[str, Any]]:
        return await pages(world, "/v1/allocation-runs/H-r1/lines", line=name, **asked)

    (rich,) = await line("H-rich")
    streamed = await world.client.get(
        "/v1/allocation-runs/H-r1/lines", params={"line": "H-rich", "format": "ndjson"}
    )
    assert orjson.loads(streamed.content) == rich
    assert (rich["outcome"], rich["amount_vnd"]) == ("not_eligible", 0)
    assert rich["reasons"]["failed"] == ["listed"] and rich["commune_code"] == "06091"
    assert await line("H-rich", outcome="allocated") == []
    assert await line("H-rich", area="06103") == await line("H-far") == await line("H-no") == []
    assert await line("H-0", outcome="not_eligible") == []
    response = await world.client.get("/v1/allocation-runs/H-r1/lines")
    assert response.headers["cache-control"] == "no-store"


async def test_lines_stream_as_ndjson(world: Registry) -> None:
    await ledger.fund(world, "J", 10_000)
    lines = {f"J-{n:05}": {"amount_vnd": 1, "area": "06091"} for n in range(4_500)}
    await ledger.run(world, "J-r", "J", 4_500, lines)
    path = "/v1/allocation-runs/J-r/lines"
    for asked, headers in (
        ({"format": "ndjson"}, {}),
        ({}, {"Accept": "application/x-ndjson"}),
        ({"area": "181", "outcome": "allocated"}, {"Accept": "application/x-ndjson"}),
    ):
        response = await world.client.get(path, params=asked, headers=headers)
        assert response.headers["content-type"] == "application/x-ndjson"
        assert response.headers["cache-control"] == "no-store"
        got = [orjson.loads(text)["area_code"] for text in response.content.splitlines()]
        assert got == list(lines)
        again = await world.client.get(
            path, params=asked, headers={**headers, "If-None-Match": response.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
    one = await world.client.get(path, params={"format": "ndjson", "line": "J-00007"})
    assert [orjson.loads(text)["area_code"] for text in one.content.splitlines()] == ["J-00007"]
    none = await world.client.get(path, params={"format": "ndjson", "area": "01"})
    assert (none.status_code, none.content) == (200, b"")
    response = await world.client.get(path, params={"format": "ndjson", "limit": 5})
    assert (response.status_code, response.json()["code"]) == (422, "not_with_ndjson")


async def test_compare_of_shares_names_the_cause(world: Registry) -> None:
    one, other, third = await _communes(world, 3)
    zones = {one: "III", other: "I", third: "II"}
    await _zoned(world, zones, "2026-01-02")
    said = {"program": MERGED, "component": None, "year": 2026, "decided_on": "2026-05-01"}
    await _fund(world, "D", 1000, area_code="20", **said)
    await _share(world, "D-1", "D", [one, other])
    await _share(world, "D-2", "D", [one, other, third])
    compared = await _compared(world, "D-1", "D-2")
    assert _causes(compared) == {
        one: ["scores_of_others_changed"],
        other: ["scores_of_others_changed"],
        third: ["area_changed"],
    }
    assert compared["summary"]["gained"]["lines"] == 1
    gained = await _compared(world, "D-1", "D-2", change="gained")
    assert [item["line"] for item in gained["items"]] == [third]
    await _zoned(world, {other: "III"}, "2026-01-03")
    await _share(world, "D-3", "D", [one, other])
    compared = await _compared(world, "D-1", "D-3")
    assert _causes(compared) == {
        one: ["scores_of_others_changed"],
        other: ["area_fact_changed"] * 2,
    }
    (told,) = (i["causes"] for i in compared["items"] if i["line"] == other)
    assert [cause["before"] for cause in told] == [{"zone_i": "1"}, {"zone_iii": "0"}]
    assert all(cause["detail_en"] and "khu vực" in cause["detail_vi"] for cause in told)
    await _fund(world, "D2", 3000, area_code="20", **said)
    await _share(world, "D-4", "D2", [one, other])
    compared = await _compared(world, "D-3", "D-4")
    assert set(map(tuple, _causes(compared).values())) == {("amount_changed",)}
    assert (await _compared(world, "D-3", "D-3"))["items"] == []


async def test_compare_of_households_names_the_cause(world: Registry) -> None:
    await _poor_district(world)
    names = await _houses(world, "B", 4)
    review = assessed("B-fix", "2023-12-14", **HOUSING)
    leaver = assessed("B-go", "2023-12-14", **HOUSING)
    await world.send([review, leaver])
    await _fund(world, "B", 10_000_000_000)
    await _housing(world, "B-1", "B", mode="preview")
    await world.send([{**review, "revision": 2, **RICH}, moved("B-go", "2023-12-20", "00004")])
    await _housing(world, "B-2", "B", mode="preview")
    compared = await _compared(world, "B-1", "B-2")
    assert _causes(compared) == {"B-fix": ["status_corrected"], "B-go": ["household_moved"]}
    (moved_away,) = (i["causes"][0] for i in compared["items"] if i["line"] == "B-go")
    assert moved_away["before"] == {"area_code": "06091"}
    assert moved_away["after"] == {"area_code": "00004"}
    world.tokens = tokens_of([_entry("binhgia", "181")])
    response = await world.client.get(
        "/v1/allocation-runs/B-1/compare?with=B-2", headers=_as("binhgia")
    )
    world.tokens = OFF
    told = {i["line"]: i["causes"][0] for i in response.json()["items"]}["B-go"]
    assert (told["before"], told["after"]) == ({"area_code": "06091"}, {"area_code": None})
    await _post(
        world,
        "/v1/support-records",
        {
            "records": [
                {
                    "source": "api-tests",
                    "external_id": "B-house",
                    "kind": "houses_new",
                    "quantity": 1,
                    "unit": "house",
                    "household_id": names[0],
                    "on": "2023-06-01",
                }
            ]
        },
    )
    await _housing(world, "B-3", "B", mode="preview")
    assert _causes(await _compared(world, "B-2", "B-3")) == {names[0]: ["supported_elsewhere"]}
    await _housing(world, "B-4", "B", mode="preview", rule="housing_p5_repair")
    causes = _causes(await _compared(world, "B-3", "B-4"))
    assert causes and set(map(tuple, causes.values())) == {("rule_changed",)}
    await _fund(world, "B-small", 40_000_000)
    await _housing(world, "B-5", "B-small", mode="preview")
    causes = _causes(await _compared(world, "B-3", "B-5"))
    assert causes and set(map(tuple, causes.values())) == {("amount_changed",)}
    await world.send([assessed(names[1], "2024-11-14", **RICH)])
    await _housing(world, "B-6", "B", mode="preview", as_of="2024-12-31")
    causes = _causes(await _compared(world, "B-3", "B-6"))
    assert causes[names[1]] == ["as_of_changed"]


async def test_a_caller_sees_runs_of_its_area_only(world: Registry) -> None:
    await ledger.fund(world, "G-01", 10, area="01")
    await ledger.run(world, "G-01-r", "G-01", 10, {"00004": 10})
    await ledger.fund(world, "G-181", 10)
    await ledger.run(world, "G-181-r", "G-181", 10, {"06091": 10})
    world.tokens = tokens_of([_entry("binhgia", "181"), _entry("hanoi", "01")])
    client = world.client
    try:
        for name, own, foreign in (
            ("binhgia", "G-181-r", "G-01-r"),
            ("hanoi", "G-01-r", "G-181-r"),
        ):
            listed = (await client.get("/v1/allocation-runs?limit=1000", headers=_as(name))).json()
            ids = {run["run_id"] for run in listed["items"]}
            assert own in ids and foreign not in ids
            nobody = await client.get("/v1/allocation-runs/none", headers=_as(name))
            assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown_run")
            for path in ("", "/lines", "/lines?format=ndjson", f"/compare?with={own}"):
                response = await client.get(
                    f"/v1/allocation-runs/{foreign}{path}", headers=_as(name)
                )
                assert (response.status_code, response.content) == (404, nobody.content), path
                response = await client.get(f"/v1/allocation-runs/{own}{path}", headers=_as(name))
                assert response.status_code == 200
            response = await client.get(
                f"/v1/allocation-runs/{own}/compare?with={foreign}", headers=_as(name)
            )
            assert response.status_code == 404
    finally:
        world.tokens = OFF


async def test_tags_and_refusals(world: Registry) -> None:
    await ledger.fund(world, "T", 10)
    await ledger.run(world, "T-r", "T", 10, {"06091": 10})
    base = "/v1/allocation-runs"
    for path in ("", "/T-r", "/T-r/lines", "/T-r/compare?with=T-r"):
        tag = (await world.client.get(f"{base}{path}")).headers["etag"]
        again = await world.client.get(f"{base}{path}", headers={"If-None-Match": tag})
        assert again.status_code == 304, path
    for path, code in (
        ("?state=done", "unknown_value"),
        ("?cursor=WyJ4Il0", "invalid_cursor"),
        ("/T-r?as_of=2024-01-01", "unknown_parameter"),
        ("/T-r/lines?outcome=paid", "unknown_value"),
        ("/T-r/lines?format=csv", "unknown_value"),
        ("/T-r/compare", "missing_parameter"),
        ("/T-r/compare?with=T-r&change=all", "unknown_value"),
    ):
        response = await world.client.get(f"{base}{path}")
        assert (response.status_code, response.json()["code"]) == (422, code), path
    for path in ("/%00", "/none/lines", "/none/compare?with=T-r", "/T-r/compare?with=none"):
        response = await world.client.get(f"{base}{path}")
        assert (response.status_code, response.json()["code"]) == (404, "unknown_run"), path
