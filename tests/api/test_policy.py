"""Programmes, allocation rules and norms over HTTP: in force on a day, with sources and version."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from shared.http.openapi import examples
from shared.law.store.files import ROOT
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


def digest(kind: str) -> str:
    return sha256((ROOT / "policy" / f"{kind}.yaml").read_bytes()).hexdigest()


def ids(items: list[dict[str, Any]]) -> set[str]:
    return {item["id"] for item in items}


async def test_both_programmes_are_live_in_2026(world: Registry) -> None:
    for day, expected in (
        ("2020-12-31", set()),
        ("2025-12-31", {"NTP-SPR-2021-2025"}),
        ("2026-01-01", {"NTP-SPR-2021-2025", "NTP-MERGED-2026-2030"}),
        ("2026-12-31", {"NTP-SPR-2021-2025", "NTP-MERGED-2026-2030"}),
        ("2027-01-01", {"NTP-MERGED-2026-2030"}),
        ("2031-01-01", set()),
    ):
        found = ids((await world.get("/v1/programs", on=day))["items"])
        assert found == expected | {"FOR-THE-POOR"}, day


async def test_an_answer_shows_sources_and_version(world: Registry) -> None:
    found = await world.get("/v1/programs")
    assert found["on"] == "2026-11-21"
    assert found["digest"] == digest("programs")
    assert found["recorded_at"] == found["documents"][0]["recorded_at"]
    for item in found["items"]:
        assert item["legal_basis"] and item["sources"] and item["confidence"]
        assert item["document"] == "programs"


async def test_rules_and_norms_come_with_the_version_of_each_document(world: Registry) -> None:
    found = await world.get("/v1/rules", limit=1000)
    versions = {d["kind"]: d["digest"] for d in found["documents"]}
    assert versions == {kind: digest(kind) for kind in ("allocation_rules", "support_norms")}
    assert found["digest"] not in (None, *versions.values())
    assert {item["document"] for item in found["items"]} == set(versions)
    named = {item["id"]: item for item in found["items"]}
    assert named["qd16_2026"]["kind"] == "score_share"
    assert named["housing_p5_new"]["unit_norm_vnd"] == 40_000_000
    assert named["housing_p5_repair"]["unit_norm_vnd"] == 20_000_000
    assert named["qd02_2022_p2"]["state"] == "coefficient_unknown"
    assert named["hue_nq33_2025"]["removes"]
    for item in found["items"]:
        assert item["legal_basis"] or item["unknown"]["legal_basis"], item["id"]


async def test_support_norms_say_whom_they_are_for_and_what_is_not_known(world: Registry) -> None:
    found = await world.get("/v1/support-norms", on="2026-08-01", limit=1000)
    assert found["digest"] == digest("support_norms")
    named = {item["id"]: item for item in found["items"]}
    assert named["health_insurance_near_poor_commune"]["where"] == {
        "area.attributes": {"contains": "poor_commune"}
    }
    assert named["health_insurance_average_2025"]["at_least_percent"] == 30
    assert named["social_pension_70"]["amount_vnd"] == 500_000
    assert named["allowance_child_difficult_area"]["coefficient"] == "1.5"
    assert named["social_assistance_base_2024"]["amount_vnd"] == 500_000
    assert named["base_salary_2026"]["amount_vnd"] == 2_530_000
    assert "health_insurance_near_poor_district" not in named
    undecided = {item["id"]: item["unknown"] for item in found["undecided"]}
    assert undecided["electricity_amount_2025"]["in_force_to"]


async def test_rules_hold_on_both_of_their_days(world: Registry) -> None:
    for day, present, absent in (
        ("2022-01-17", (), ("housing_p5_new",)),
        ("2022-01-18", ("housing_p5_new",), ("qd16_2026",)),
        ("2026-04-14", ("housing_p5_new",), ("qd16_2026",)),
        ("2026-04-15", ("housing_p5_new", "qd16_2026"), ()),
        ("2026-12-31", ("housing_p5_repair", "qd16_2026"), ()),
        ("2027-01-01", ("qd16_2026",), ("housing_p5_repair",)),
        ("2025-06-30", ("health_insurance_student_2018",), ("health_insurance_student_2025",)),
        ("2025-07-01", ("health_insurance_student_2025",), ("health_insurance_student_2018",)),
    ):
        found = ids((await world.get("/v1/rules", on=day, limit=1000))["items"])
        assert found >= set(present), day
        assert not found & set(absent), day


async def test_what_cannot_be_decided_is_set_apart_with_its_reason(world: Registry) -> None:
    before = await world.get("/v1/rules", on="2025-11-30", limit=1000)
    assert "credit_poor_before_2025_12" in ids(before["undecided"])
    assert "credit_poor_2025_12" not in ids(before["items"])
    assert all(item["unknown"] for item in before["undecided"])
    assert not ids(before["items"]) & ids(before["undecided"])
    after = await world.get("/v1/rules", on="2025-12-01", limit=1000)
    assert "credit_poor_before_2025_12" not in ids(after["undecided"]) | ids(after["items"])
    assert "credit_poor_2025_12" in ids(after["items"])


async def test_pages_of_rules_join_up(world: Registry) -> None:
    whole = (await world.get("/v1/rules", limit=1000))["items"]
    paged: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"cursor": cursor} if cursor else {}
        page = await world.get("/v1/rules", limit=7, **asked)
        paged += page["items"]
        cursor = page["next_cursor"]
    assert paged == whole


async def test_an_unchanged_answer_is_not_sent_again(world: Registry) -> None:
    for path in ("/v1/standards", "/v1/programs", "/v1/rules"):
        first = await world.client.get(path)
        again = await world.client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code) == (200, 304)
    refused = await world.client.get("/v1/rules?known_at=2024-01-01T00:00:00Z")
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_parameter")


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/v1/standards", "list_standards"),
        ("/v1/programs", "list_programs"),
        ("/v1/rules", "list_rules"),
        ("/v1/support-kinds", "list_support_kinds"),
        ("/v1/support-norms", "list_support_norms"),
    ],
)
async def test_the_examples_say_what_is_answered(
    world: Registry, path: str, operation: str
) -> None:
    example = examples()[operation]["answer"]["application/json"]
    real = await world.get(path, on=example["on"], limit=1000)
    assert set(real) == set(example)
    named = {item["id"]: item for item in real["items"]}
    assert example["items"]
    for item in example["items"]:
        assert named[item["id"]] == item
    assert [d["kind"] for d in real["documents"]] == [d["kind"] for d in example["documents"]]
