"""One event in, one status out: the thin path through every layer."""

from __future__ import annotations

from typing import Any

from tests.harness import Registry

EVENT: dict[str, Any] = {
    "type": "assessed",
    "source": "langson",
    "external_id": "2023/06091/000123",
    "household_id": "LS-06091-000123",
    "assessed_on": "2023-10-12",
    "effective_from": "2023-12-14",
    "area_code": "06091",
    "area_type": "rural",
    "review": "annual",
    "income_vnd": 1200000,
    "deprived": ["health_insurance", "toilet", "water"],
    "ethnic_group": "Tày",
    "household_size": 4,
}


async def test_one_event_in_one_status_out(app: Registry) -> None:
    answer = await app.send([EVENT])
    assert answer["accepted"] == 1
    receipt = answer["receipts"][0]
    state = await app.get(f"/v1/receipts/{receipt['event_id']}")
    assert state["state"] == "processed"
    household = await app.get("/v1/households/LS-06091-000123", as_of="2024-06-01")
    assert household["status"] == "poor"


async def test_a_repeat_is_a_duplicate_with_the_same_id(app: Registry) -> None:
    first = await app.send([EVENT])
    second = await app.send([EVENT])
    assert second["duplicates"] == 1
    assert second["receipts"][0]["event_id"] == first["receipts"][0]["event_id"]
