"""Examples of allocation runs and of two of them side by side."""

from __future__ import annotations

from typing import Any

from services.api.examples.common import DIGEST, EVENT, KNOWN, RECORDED
from services.api.examples.money import FUND_ID, HOUSEHOLD, RUN_ID

_LISTED: dict[str, Any] = {
    "run_id": RUN_ID,
    "fund_id": FUND_ID,
    "rule": "housing_p5_new",
    "mode": "commit",
    "as_of": "2023-12-31",
    "supersedes": None,
    "superseded_by": None,
    "state": "completed",
    "known_at": "2023-12-20T02:11:08.000101Z",
    "requested_at": "2023-12-20T02:11:08.000101Z",
    "completed_at": RECORDED,
    "code": None,
    "allocated_from_vnd": 420_000_000,
    "allocated_vnd": 400_000_000,
    "unallocated_vnd": 20_000_000,
    "totals": {
        "lines": 5884,
        "allocated": 10,
        "not_eligible": 5131,
        "already_supported": 0,
        "fund_exhausted": 743,
    },
}
_RULE = {
    "digest": DIGEST,
    "kind": "household_norm",
    "legal_basis": ["02/2022/QĐ-TTg Art. 9(1)"],
    "en": "New house for a poor or near-poor household of a poor district",
    "vi": "Hỗ trợ làm mới nhà ở cho hộ nghèo, hộ cận nghèo trên địa bàn các huyện nghèo",
}
_PARAMETERS = {"waive": ["household.separate_since"]}
RUNS = {"items": [_LISTED], "next_cursor": None, **KNOWN}
RUN = {
    **_LISTED,
    "refusals": [],
    "areas": None,
    "parameters": _PARAMETERS,
    "rule_version": _RULE,
    "ledger_at": RECORDED,
    "inputs": {
        "rule": {"id": "housing_p5_new", **_RULE},
        "parameters": _PARAMETERS,
        "households": {"count": 5884, "digest": DIGEST},
    },
    "inputs_digest": DIGEST,
    "result_digest": DIGEST,
    "asked_known_at": None,
    "settled_at": KNOWN["settled_at"],
}
COMPARISON = {
    "before": RUN_ID,
    "after": "LS-BG-2023-P5-run-2",
    "summary": {
        "gained": {"lines": 1, "amount_vnd": 40_000_000},
        "lost": {"lines": 1, "amount_vnd": 40_000_000},
        "unchanged": {"lines": 5882, "amount_vnd": 360_000_000},
        "before_vnd": 400_000_000,
        "after_vnd": 400_000_000,
        "difference_vnd": 0,
    },
    "items": [
        {
            "line": HOUSEHOLD,
            "area_code": None,
            "household_id": HOUSEHOLD,
            "before_vnd": 40_000_000,
            "after_vnd": 0,
            "difference_vnd": -40_000_000,
            "causes": [
                {
                    "code": "status_corrected",
                    "detail_en": "What was known of the household on that day was corrected.",
                    "detail_vi": "Thông tin về hộ vào ngày đó đã được đính chính.",
                    "before": {
                        "status": "poor",
                        "ethnic_group": "Tày",
                        "deprived": ["housing_area", "housing_quality"],
                        "event_id": EVENT,
                    },
                    "after": {
                        "status": "near_poor",
                        "ethnic_group": "Tày",
                        "deprived": [],
                        "event_id": EVENT,
                    },
                }
            ],
        }
    ],
    "next_cursor": None,
    **KNOWN,
}
LINES: dict[str, Any] = {
    "items": [
        {
            "household_id": HOUSEHOLD,
            "commune_code": "06091",
            "amount_vnd": 40_000_000,
            "score": None,
            "outcome": "allocated",
            "reasons": {
                "place": 1,
                "supported_by": None,
                "already_paid_vnd": 0,
                "outcome": {
                    "code": "allocated",
                    "en": "gets the norm",
                    "vi": "được hỗ trợ theo định mức",
                },
                "rule": "housing_p5_new",
                "unit_norm_vnd": 40_000_000,
                "failed": [],
                "criteria": [
                    {
                        "code": "listed",
                        "input": "household.status",
                        "met": True,
                        "value": "poor",
                        "en": "on the poor or near-poor list",
                        "vi": "thuộc danh sách hộ nghèo, hộ cận nghèo",
                    }
                ],
                "priority": {
                    "rank": 1,
                    "code": "ethnic_minority_poor",
                    "en": "poor household of an ethnic minority",
                    "vi": "hộ nghèo dân tộc thiểu số",
                },
                "tranches": [
                    {
                        "percent": 70,
                        "after": "foundation",
                        "amount_vnd": 28_000_000,
                        "en": "the foundation is finished",
                        "vi": "hoàn thành phần móng",
                    }
                ],
                "legal_basis": ["02/2022/QĐ-TTg Art. 9(1)"],
            },
        }
    ],
    "next_cursor": None,
    **KNOWN,
}
