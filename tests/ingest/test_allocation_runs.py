"""Requests for allocation runs: refused by name at the door, stored once, computed by a worker."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from shared.kernel.locks import Lock
from shared.messages import ALLOCATION_RUN_REQUESTED
from tests.facts import ABSENT
from tests.harness import Registry, registry
from tests.ingest.items import fetch
from tests.ingest.money import (
    AREAS,
    divided,
    fund,
    gone,
    house_fund,
    kept,
    ran,
    refused,
    request,
    run,
    stored,
    told,
)

RATE = "c1_poverty_rate"
BASIS = "Nghị quyết 10/2022/NQ-HĐND"
HOUSES = {"fund_id": "BG-P5", "rule": "housing_p5_new", "areas": ABSENT, "as_of": "2023-12-31"}
LIVELIHOODS = {"fund_id": "P2", "rule": "qd02_2022_p2", "as_of": "2024-12-31", "areas": ABSENT}


def supplied(field: str, code: str, **given: Any) -> dict[str, Any]:
    return {"parameters": {field: {code: given}}}


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"run_id": "a/b"}, "invalid_format", "/run_id"),
    ({"run_id": ABSENT}, "missing_field", "/run_id"),
    ({"rule": 7}, "not_a_string", "/rule"),
    ({"mode": "maybe"}, "invalid_choice", "/mode"),
    ({"note": "x"}, "unknown_field", "/note"),
    ({"areas": []}, "no_items", "/areas"),
    ({"areas": "06073"}, "not_a_list", "/areas"),
    ({"parameters": []}, "not_an_object", "/parameters"),
    ({"parameters": {"luck": 1}}, "unknown_field", "/parameters/luck"),
    ({"as_of": "2026-11-22"}, "in_future", "/as_of"),
    ({"as_of": "2026-5-1"}, "invalid_date", "/as_of"),
    ({"known_at": "2026-11-21"}, "invalid_instant", "/known_at"),
    ({"known_at": "2026-11-21T05:00:00"}, "invalid_instant", "/known_at"),
    ({"known_at": "2099-01-01T00:00:00Z"}, "in_future", "/known_at"),
    ({"known_at": "2011-01-01T00:00:00Z"}, "seeds_not_loaded", "/known_at"),
    ({"fund_id": "none"}, "unknown_fund", "/fund_id"),
    ({"fund_id": "GONE"}, "unknown_fund", "/fund_id"),
    ({"rule": "none"}, "unknown_rule", "/rule"),
    ({"rule": "qd02_2022_counterpart"}, "rule_divides_nothing", "/rule"),
    ({"rule": "housing_p5_new", "areas": ABSENT}, "rule_not_of_program", "/rule"),
    (
        {"fund_id": "BG-P5", "rule": "qd02_2022_p2", "areas": ABSENT},
        "rule_not_of_component",
        "/rule",
    ),
    ({**LIVELIHOODS, "fund_id": "P2-2021"}, "rule_not_in_force", "/rule"),
    ({"areas": ["06073", "06073"]}, "area_repeated", "/areas"),
    ({"areas": ["99999"]}, "unknown_area", "/areas"),
    ({"areas": ["06088"]}, "area_not_in_force", "/areas"),
    ({"areas": ["00008"]}, "area_outside_holder", "/areas"),
    ({"areas": ["20"]}, "area_outside_holder", "/areas"),
    ({"areas": ["20-unassigned"]}, "area_unassigned", "/areas"),
    ({"fund_id": "VN", "areas": ["20", "06073"]}, "areas_overlap", "/areas"),
    ({**HOUSES, "as_of": "2025-07-01"}, "area_not_in_force", "/as_of"),
    ({**HOUSES, "areas": ["06091"]}, "areas_not_taken", "/areas"),
    ({**HOUSES, "parameters": {"waive": ["luck"]}}, "unknown_input", "/parameters/waive/0"),
    (
        {**HOUSES, "parameters": {"waive": ["household.separate_since", "household.status"]}},
        "unknown_input",
        "/parameters/waive/1",
    ),
    (
        {"parameters": {"waive": ["household.separate_since"]}},
        "unknown_input",
        "/parameters/waive/0",
    ),
    (
        supplied("coefficients", "zone_iii", value=60, legal_basis=BASIS),
        "coefficient_known",
        "/parameters/coefficients/zone_iii",
    ),
    (
        supplied("coefficients", "luck", value=1, legal_basis=BASIS),
        "unknown_criterion",
        "/parameters/coefficients/luck",
    ),
    (
        supplied("values", "zone_iii", by_area={"06073": 1}, legal_basis=BASIS),
        "value_known",
        "/parameters/values/zone_iii",
    ),
    (
        {**HOUSES, **supplied("coefficients", "listed", value=1, legal_basis=BASIS)},
        "unknown_criterion",
        "/parameters/coefficients/listed",
    ),
    (
        {**LIVELIHOODS, **supplied("coefficients", RATE, value=1)},
        "legal_basis_missing",
        "/parameters/coefficients/c1_poverty_rate/legal_basis",
    ),
    (
        {**LIVELIHOODS, **supplied("coefficients", RATE, value=1, legal_basis=" ")},
        "legal_basis_missing",
        "/parameters/coefficients/c1_poverty_rate/legal_basis",
    ),
    (
        {
            **LIVELIHOODS,
            **supplied("coefficients", RATE, value=0.4, legal_basis=BASIS),
        },
        "not_a_decimal",
        "/parameters/coefficients/c1_poverty_rate/value",
    ),
    (
        {
            **LIVELIHOODS,
            **supplied("coefficients", RATE, value="-1", legal_basis=BASIS),
        },
        "not_a_decimal",
        "/parameters/coefficients/c1_poverty_rate/value",
    ),
    (
        {
            **LIVELIHOODS,
            **supplied("coefficients", RATE, value="0." + "1" * 19, legal_basis=BASIS),
        },
        "not_a_decimal",
        "/parameters/coefficients/c1_poverty_rate/value",
    ),
    (
        {**LIVELIHOODS, **supplied("coefficients", RATE, value=-1, legal_basis=BASIS)},
        "out_of_range",
        "/parameters/coefficients/c1_poverty_rate/value",
    ),
    (
        {"parameters": {"counterpart_percent": {"value": 10}}},
        "legal_basis_missing",
        "/parameters/counterpart_percent/legal_basis",
    ),
    ({"supersedes": "none"}, "unknown_run", "/supersedes"),
    ({"supersedes": "PREVIEW"}, "unknown_run", "/supersedes"),
    ({"supersedes": "WAITS"}, "unknown_run", "/supersedes"),
    ({"supersedes": "R1", "fund_id": "VN"}, "other_fund", "/supersedes"),
]
FUNDS = (
    fund(external_id="GONE", fund_id="GONE"),
    gone(fund(external_id="GONE"), 2),
    fund(external_id="VN", fund_id="VN", area_code="VN"),
    house_fund(),
    *(
        fund(
            external_id=f"P2/{year}",
            fund_id=fund_id,
            program="NTP-SPR-2021-2025",
            component="P2",
            year=year,
            area_code="181",
            decided_on="2024-01-05",
        )
        for year, fund_id in ((2024, "P2"), (2021, "P2-2021"))
    ),
)


async def test_a_bad_request_is_named_and_stores_nothing(app: Registry) -> None:
    await divided(app)
    await kept(app, "funds", *FUNDS)
    await ran(app, run_id="PREVIEW", mode="preview", supersedes="R1")
    assert (await request(app, run_id="WAITS")).status_code == 202
    before = await stored(app)
    for changes, code, pointer in BAD:
        refused(await request(app, **{"run_id": "NEW", **changes}), 422, code, pointer)
        assert await stored(app) == before, (code, changes)


async def test_all_faults_are_named_at_once(app: Registry) -> None:
    answer = await request(app, rule="none", as_of="2027-01-01", supersedes="x")
    found = {(e["pointer"], e["code"]) for e in answer.json()["errors"]}
    assert found == {
        ("/as_of", "in_future"),
        ("/rule", "unknown_rule"),
        ("/fund_id", "unknown_fund"),
        ("/supersedes", "unknown_run"),
    }


async def test_a_run_is_accepted_before_it_is_computed(app: Registry) -> None:
    await divided(app, run_id="R1")
    await kept(app, "funds", fund(revision=2, amount_vnd=2_000_000))
    answer = await request(app, run_id="R2")
    assert answer.status_code == 202
    assert answer.headers["location"] == "/v1/allocation-runs/R2"
    body = answer.json()
    assert (body["run_id"], body["state"], body["duplicate"]) == ("R2", "pending", False)
    assert await told(app, ALLOCATION_RUN_REQUESTED) == [{"run_ids": ["R2"]}]
    (row,) = await fetch(app, "SELECT * FROM allocation_runs WHERE run_id = 'R2'")
    assert row["known_at"] == row["requested_at"]
    assert row["mode"] == "commit"
    clock = await fetch(app, "SELECT at FROM knowledge_clock")
    assert row["requested_at"] == clock[0]["at"]
    await app.drain()
    again = (await request(app, run_id="R2")).json()
    assert again == {**body, "state": "completed", "duplicate": True}


async def test_the_same_request_again_stores_nothing(app: Registry) -> None:
    await divided(app)
    before = await stored(app)
    same = [
        run(),
        run(mode="commit"),
        run(areas=list(reversed(AREAS))),
        run(known_at=None, parameters=None),
        dict(reversed(run().items())),
    ]
    for body in same:
        answer = await app.post("/v1/allocation-runs", body)
        assert (answer.status_code, answer.json()["duplicate"]) == (202, True), body
    for changes in ({"mode": "preview"}, {"as_of": "2026-05-16"}, {"areas": list(AREAS[:2])}):
        refused(await request(app, **changes), 409, "run_conflict", "/run_id")
    # What would be refused today was accepted then: the answer is still the same.
    await ran(app, run_id="R2", supersedes="R1")
    again = await request(app, run_id="R2", supersedes="R1")
    assert (again.status_code, again.json()["duplicate"]) == (202, True)
    refused(await request(app, run_id="R3", supersedes="R1"), 409, "already_superseded")
    after = await stored(app)
    assert after["allocation_runs"] == before["allocation_runs"] + 1


async def test_an_instant_is_the_same_however_it_is_written(app: Registry) -> None:
    await divided(app)
    (row,) = await fetch(app, "SELECT at FROM knowledge_clock")
    instant = row["at"]
    local = instant.astimezone(tz=None).isoformat()
    first = await request(app, run_id="K", known_at=instant.isoformat())
    again = await request(app, run_id="K", known_at=local.replace("+00:00", "Z"))
    assert (first.status_code, again.json()["duplicate"]) == (202, True)
    (row,) = await fetch(app, "SELECT known_at, requested_at FROM allocation_runs WHERE run_id='K'")
    assert row["known_at"] == instant < row["requested_at"]


async def test_an_instant_that_is_not_settled_is_refused(app: Registry) -> None:
    await kept(app, "funds", fund())
    async with app.context.database.transaction() as tx:
        await tx.execute("UPDATE knowledge_clock SET at = clock_timestamp()")
        await tx.execute("SELECT pg_advisory_xact_lock($1)", Lock.CLOCK)
        now = await tx.fetchval("SELECT clock_timestamp()")
        answer = await request(app, known_at=now.isoformat())
        refused(answer, 422, "not_settled", "/known_at")
    later = (now + timedelta(days=1)).isoformat()
    refused(await request(app, known_at=later), 422, "in_future", "/known_at")


async def test_supplied_values_are_kept_with_their_legal_basis(app: Registry) -> None:
    await kept(app, "funds", *FUNDS)
    parameters = {
        "coefficients": {
            code: {"value": "0.4", "legal_basis": BASIS}
            for code in ("c1_poverty_rate", "c2_poverty_size", "c3_geography", "c4_commune_count")
        },
        "values": {"c3_geography": {"by_area": {"06091": 1}, "legal_basis": BASIS}},
        "counterpart_percent": {"value": "10", "legal_basis": BASIS},
    }
    answer = await request(app, **LIVELIHOODS, parameters=parameters)
    assert answer.status_code == 202, answer.text
    (row,) = await fetch(app, "SELECT request FROM allocation_runs")
    assert row["request"]["parameters"] == parameters


async def test_many_requests_of_one_run_store_it_once(app: Registry, dsn: str) -> None:
    await divided(app)
    before = await stored(app)
    async with registry(dsn) as other:
        answers = await asyncio.gather(
            *(
                request(each, run_id="R2", mode="preview")
                for _ in range(10)
                for each in (app, other)
            )
        )
    assert {a.status_code for a in answers} == {202}
    assert sum(not a.json()["duplicate"] for a in answers) == 1
    assert len({a.json()["requested_at"] for a in answers}) == 1
    after = await stored(app)
    assert after["allocation_runs"] == before["allocation_runs"] + 1
    assert after["outbox"] == before["outbox"] + 1


async def test_what_is_not_one_json_object_is_refused(app: Registry) -> None:
    path = "/v1/allocation-runs"
    refused(await app.post(path, []), 422, "not_an_object", "")
    headers = {"content-type": "application/json"}
    refused(await app.client.post(path, content=b"{", headers=headers), 400, "invalid_json")
    twice = b'{"run_id": "a", "run_id": "b"}'
    refused(await app.client.post(path, content=twice, headers=headers), 400, "duplicate_key")
    lines = {"content-type": "application/x-ndjson"}
    answer = await app.client.post(path, content=b"{}", headers=lines)
    refused(answer, 415, "unsupported_media_type")
    refused(await app.client.post(path + "?as_of=x", json=run()), 422, "unknown_parameter")
