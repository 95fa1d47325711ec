"""Examples of transitions."""

from __future__ import annotations

from typing import Any

from services.api.examples.common import EVENT, RECORDED, TRANSITION

ENTRY: dict[str, Any] = {
    "transition_id": TRANSITION,
    "household_id": "LS-06091-000123",
    "area_code": "06091",
    "on": "2023-12-14",
    "from": "near_poor",
    "to": "poor",
    "movements": [
        {"list": "near_poor", "kind": "left"},
        {"list": "poor", "kind": "newly_arisen"},
    ],
    "standard_changed": False,
    "cause": {"event_id": EVENT},
    "recorded_at": RECORDED,
}
FEED = {
    "items": [{"seq": 41, **ENTRY}, {"seq": 42, "retracts": TRANSITION}],
    "next_cursor": "WzQyXQ",
}
