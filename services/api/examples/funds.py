"""Examples of funds."""

from __future__ import annotations

from typing import Any

from services.api.examples.common import EVENT, KNOWN, RECORDED
from services.api.examples.money import (
    BY_AREA,
    BY_MONTH,
    DISTRICT,
    FUND_ID,
    MONEY,
    RATES,
    RUN_ID,
)

_LISTED: dict[str, Any] = {
    "fund_id": FUND_ID,
    "program": "NTP-SPR-2021-2025",
    "component": "P5",
    "year": 2023,
    "funding_source": "central",
    "area": DISTRICT,
    "amount_vnd": 420_000_000,
    "decided_on": "2023-02-20",
    "decision_no": "215/QĐ-UBND",
    "parent": {"fund_id": "LS-2023-P5", "run_id": "LS-2023-P5-run-1", "area_code": "181"},
    "source": "langson",
    "external_id": "2023/P5/181",
    "revision": 1,
    "event_id": EVENT,
    "recorded_at": RECORDED,
}
FUNDS = {"items": [_LISTED], "next_cursor": "WyJMUy1CRy0yMDIzLVA1Il0", **KNOWN}
FUND = {
    **_LISTED,
    "balance": {
        "amount_vnd": 420_000_000,
        "unallocated_vnd": 20_000_000,
        "passed_on_vnd": 0,
        **MONEY,
    },
    "counterpart": {
        "rule": "qd02_2022_counterpart",
        "percent": None,
        "legal_basis": ["02/2022/QĐ-TTg Art. 12"],
        "required_vnd": None,
        "provided_vnd": 42_000_000,
        "missing_vnd": None,
    },
    "runs": [
        {
            "run_id": RUN_ID,
            "rule": "housing_p5_new",
            "mode": "commit",
            "state": "completed",
            "active": True,
            "as_of": "2023-12-31",
            "allocated_vnd": 400_000_000,
            "superseded_by": None,
            "completed_at": RECORDED,
        }
    ],
    "children": [],
    "children_count": 0,
    **KNOWN,
}
PROGRESS = {
    "fund_id": FUND_ID,
    "on": "2026-11-21",
    "amount_vnd": 420_000_000,
    **MONEY,
    "rates": RATES,
    "allocated_on": "2023-12-20",
    "days_since_allocation": 1067,
    "by_area": BY_AREA,
    "by_month": BY_MONTH,
    "stalled": {"not_moved_for": 90, "lines": 3, "left_vnd": 148_000_000},
    **KNOWN,
}
