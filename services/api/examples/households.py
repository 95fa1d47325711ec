"""Examples of answers about households."""

from __future__ import annotations

from typing import Any

from services.api.examples.common import CURSOR, DIGEST, EVENT, KNOWN, ON_DAY, RECORDED
from services.api.examples.transitions import ENTRY

_REASONS: list[dict[str, Any]] = [
    {
        "code": "income_at_most",
        "parameters": {"value": 1_200_000, "bound": 1_500_000, "area_type": "rural"},
        "text_en": "Income per person and month is 1,200,000 đồng: at most 1,500,000 đồng (rural).",
        "text_vi": "Thu nhập bình quân đầu người/tháng là 1.200.000 đồng: không quá 1.500.000 đồng "
        "(khu vực nông thôn).",
    },
    {
        "code": "deprived_at_least",
        "parameters": {"value": 3, "bound": 3},
        "text_en": "The number of deprived indicators is 3: at least 3.",
        "text_vi": "Số chỉ số thiếu hụt dịch vụ xã hội cơ bản là 3: từ 3 trở lên.",
    },
]
HOUSEHOLD: dict[str, Any] = {
    "household_id": "LS-06091-000123",
    "status": "poor",
    "living_standard": None,
    "since": "2023-12-14",
    "until": None,
    "area": {
        "code": "06091",
        "name": "Thiện Thuật",
        "level": "commune",
        "kind": "xã",
        "parent_code": "181",
        "valid_from": "2011-01-01",
        "valid_to": "2025-07-01",
    },
    "area_type": "rural",
    "ethnic_group": "Tày",
    "standard": "VN-2022-2025",
    "event_id": EVENT,
    "reasons": _REASONS,
    **ON_DAY,
}
HOUSEHOLDS = {
    "items": [
        {
            "household_id": "LS-06091-000123",
            "status": "poor",
            "living_standard": None,
            "since": "2023-12-14",
            "area_code": "06091",
            "area_type": "rural",
            "standard": "VN-2022-2025",
            "reviewed_on": "2023-12-14",
        }
    ],
    "next_cursor": CURSOR,
    **ON_DAY,
}
TIMELINE = {
    "household_id": "LS-06091-000123",
    "spells": [
        {
            "from": "2022-12-15",
            "to": "2023-12-14",
            "status": "near_poor",
            "living_standard": None,
            "standard": "VN-2022-2025",
            "event_id": "0d9c0a34-58d4-5d3c-8b1e-2f4a6f6cb001",
        },
        {
            "from": "2023-12-14",
            "to": None,
            "status": "poor",
            "living_standard": None,
            "standard": "VN-2022-2025",
            "event_id": EVENT,
        },
    ],
    "closed_on": None,
    "transitions": [ENTRY],
    **KNOWN,
}
EVENTS = {
    "items": [
        {
            "event_id": EVENT,
            "type": "assessed",
            "source": "langson",
            "external_id": "2023/06091/000123",
            "revision": 1,
            "withdrawn": False,
            "recorded_at": RECORDED,
            "household_id": "LS-06091-000123",
            "assessed_on": "2023-10-12",
            "effective_from": "2023-12-14",
            "area_code": "06091",
            "area_type": "rural",
            "review": "annual",
            "income_vnd": 1_200_000,
            "deprived": ["D04", "D09", "D10"],
        }
    ],
    "next_cursor": None,
    **KNOWN,
}
EXPLANATION = {
    "household_id": "LS-06091-000123",
    "status": "poor",
    "status_en": "poor household",
    "status_vi": "hộ nghèo",
    "living_standard": None,
    "event_id": EVENT,
    "policy_digest": DIGEST,
    "reasons": _REASONS,
    "standard": "VN-2022-2025",
    "legal_basis": ["07/2021/NĐ-CP Art. 3"],
    "rule": {
        "class": "poor",
        "area_type": "rural",
        "income_vnd_above": None,
        "income_vnd_at_most": 1_500_000,
        "deprived_at_least": 3,
        "deprived_below": None,
    },
    "inputs": [
        {"input": "area_type", "value": "rural", "counted": True},
        {"input": "income_vnd", "value": 1_200_000, "counted": True},
        {"input": "deprived", "value": 3, "counted": True, "indicators": []},
    ],
    "smallest_changes": [
        {
            "input": "deprived",
            "change": -1,
            "value": 2,
            "to_status": "near_poor",
            "text_en": "If the number of deprived indicators were 1 lower, the class would be: "
            "near-poor household.",
            "text_vi": "Nếu số chỉ số thiếu hụt thấp hơn 1 thì hộ được xếp loại: hộ cận nghèo.",
        }
    ],
    "exit_window": None,
    **ON_DAY,
}
