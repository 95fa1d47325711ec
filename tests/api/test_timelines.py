"""Timelines, events and explanations over HTTP."""

from __future__ import annotations

import pytest

from tests.api.paging import pages
from tests.facts import RICH, assessed, household_event, moved
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_timeline_shows_future_spells_but_publishes_no_future_transition(
    world: Registry,
) -> None:
    await world.send(
        [
            assessed("T-1", "2022-06-30"),
            assessed("T-1", "2024-12-14", **RICH),
            assessed("T-1", "2025-12-14", **RICH),
            moved("T-1", "2025-01-01", "06094"),
        ]
    )
    found = await world.get("/v1/households/T-1/timeline")
    spells = [(s["from"], s["to"], s["status"]) for s in found["spells"]]
    assert spells == [
        ("2022-06-30", "2024-12-14", "poor"),
        ("2024-12-14", "2027-12-14", "recently_exited"),
        ("2027-12-14", None, "non_poor"),
    ]
    assert [t["to"] for t in found["transitions"]] == ["poor", "recently_exited"]
    left = found["transitions"][1]
    assert left["movements"] == [{"list": "poor", "kind": "left"}]
    assert set(left["cause"]) == {"event_id"}


async def test_the_events_are_paged_with_every_revision_and_members_only_by_scope(
    world: Registry,
) -> None:
    member = {
        "member_id": "m1",
        "name": "Nông Văn A",
        "sex": "male",
        "birth_date": "2012-01-01",
        "relation": "head",
        "identifiers": [],
    }
    first = household_event(
        "registered",
        "E-1",
        "2022-01-01",
        area_code="06091",
        area_type="rural",
        ethnic_group="Tày",
        members=[member],
    )
    review = assessed("E-1", "2022-12-14")
    await world.send([first])
    await world.send([review])
    await world.send([{**review, "revision": 2, "income_vnd": 1}])
    items = await pages(world, "/v1/households/E-1/events", limit=1)
    assert [(i["type"], i["revision"]) for i in items] == [
        ("registered", 1),
        ("assessed", 1),
        ("assessed", 2),
    ]
    assert items[0]["members"][0]["name"] == member["name"]
    assert items[1]["income_vnd"] == 1_200_000


async def test_the_explanation_names_rule_inputs_law_and_the_smallest_changes(
    world: Registry,
) -> None:
    await world.send([assessed("X-1", "2023-12-14"), assessed("X-1", "2025-12-14", **RICH)])
    poor = await world.get("/v1/households/X-1/explanation", as_of="2024-06-30")
    assert poor["rule"]["income_vnd_at_most"] == 1_500_000
    assert "07/2021/NĐ-CP Art. 3" in poor["legal_basis"]
    deprived = next(i for i in poor["inputs"] if i["input"] == "deprived")
    lacking = {i["key"] for i in deprived["indicators"] if i["deprived"]}
    assert lacking == {"health_insurance", "toilet", "water"}
    flips = [(c["input"], c["change"], c["to_status"]) for c in poor["smallest_changes"]]
    assert flips == [("income_vnd", 300_001, "non_poor"), ("deprived", -1, "near_poor")]
    exited = await world.get("/v1/households/X-1/explanation", as_of="2026-06-30")
    assert exited["exit_window"]["start"] == "2025-12-14"
    assert exited["exit_window"]["end"] == "2028-12-14"
    nothing = await world.get("/v1/households/X-1/explanation", as_of="2020-06-30")
    assert (nothing["status"], nothing["rule"]) == (None, None)
