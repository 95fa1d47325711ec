"""Examples of payments and their progress."""

from __future__ import annotations

from typing import Any

from services.api.examples.common import EVENT, KNOWN, RECORDED
from services.api.examples.money import (
    BY_AREA,
    BY_MONTH,
    COMMUNE,
    DISTRICT,
    FUND_ID,
    HOUSEHOLD,
    MONEY,
    RATES,
    RUN_ID,
)

_LINE: dict[str, Any] = {
    "run_id": RUN_ID,
    "fund_id": FUND_ID,
    "line": HOUSEHOLD,
    "area_code": None,
    "household_id": HOUSEHOLD,
    "area": COMMUNE,
}
DISBURSEMENTS = {
    "items": [
        {
            **_LINE,
            "event_id": EVENT,
            "source": "langson",
            "external_id": "2024/P5/000123/1",
            "revision": 1,
            "amount_vnd": 28_000_000,
            "paid_on": "2024-03-12",
            "kind": "paid",
            "recorded_at": RECORDED,
        }
    ],
    "next_cursor": None,
    **KNOWN,
}
_SUMS = {"amount_vnd": 420_000_000, **MONEY, "rates": RATES}
PROGRESS = {
    "funds": 1,
    "totals": _SUMS,
    "by_fund": [
        {
            "fund_id": FUND_ID,
            "program": "NTP-SPR-2021-2025",
            "component": "P5",
            "year": 2023,
            "area": DISTRICT,
            "passed_on_vnd": 0,
            **_SUMS,
        }
    ],
    "by_component": [{"program": "NTP-SPR-2021-2025", "component": "P5", **_SUMS}],
    "by_area": BY_AREA,
    "by_month": BY_MONTH,
    **KNOWN,
}
STALLED = {
    "items": [
        {
            **_LINE,
            "amount_vnd": 40_000_000,
            "paid_vnd": 28_000_000,
            "returned_vnd": 0,
            "passed_on_vnd": 0,
            "left_vnd": 12_000_000,
            "last_movement_on": "2024-03-12",
            "allocated_on": "2023-12-20",
            "days": 984,
        }
    ],
    "next_cursor": None,
    "on": "2026-11-21",
    **KNOWN,
}
