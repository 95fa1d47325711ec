"""Examples of policy."""

from __future__ import annotations

from typing import Any

from services.api.examples.common import DIGEST, RECORDED


def _answer(on: str, documents: tuple[str, ...], *items: dict[str, Any]) -> dict[str, Any]:
    return {
        "items": [{**item, "document": documents[0]} for item in items],
        "undecided": [],
        "next_cursor": None,
        "documents": [
            {"kind": kind, "digest": DIGEST, "recorded_at": RECORDED} for kind in documents
        ],
        "digest": DIGEST,
        "recorded_at": RECORDED,
        "on": on,
    }


STANDARDS = _answer(
    "2024-06-30",
    ("poverty_standards",),
    {
        "id": "VN-2022-2025",
        "legal_basis": ["07/2021/NĐ-CP Art. 3"],
        "classify_from": "2022-01-01",
        "classify_to": "2026-12-31",
        "income_rules": [
            {
                "class": "poor",
                "area_type": "rural",
                "income_at_most": 1_500_000,
                "deprived_at_least": 3,
            }
        ],
    },
)
PROGRAMS = _answer(
    "2026-11-21",
    ("programs",),
    {
        "id": "NTP-SPR-2021-2025",
        "vi": "Chương trình mục tiêu quốc gia giảm nghèo bền vững giai đoạn 2021-2025",
        "en": "National Target Programme on Sustainable Poverty Reduction 2021-2025",
        "legal_basis": ["24/2021/QH15 (2021-07-28)", "90/QĐ-TTg (2022-01-18)"],
        "in_force_from": "2021-01-01",
        "in_force_to": "2026-12-31",
        "confidence": "C",
        "funding": [{"source": "central", "amount_vnd": 48_000_000_000_000, "confidence": "C"}],
        "components": [{"id": "P5", "en": "Housing in poor districts", "parts": []}],
    },
)
RULES = _answer(
    "2026-11-21",
    ("allocation_rules", "support_norms"),
    {
        "id": "qd16_2026",
        "kind": "score_share",
        "state": "complete",
        "program": "NTP-MERGED-2026-2030",
        "legal_basis": ["16/2026/QĐ-TTg (2026-04-15)"],
        "in_force_from": "2026-04-15",
        "in_force_to": "2030-12-31",
        "criteria": [{"code": "zone_ii", "input": "fact.zone", "equals": "II", "coefficient": 40}],
    },
    {
        "id": "housing_p5_new",
        "kind": "household_norm",
        "state": "complete",
        "program": "NTP-SPR-2021-2025",
        "legal_basis": ["02/2022/QĐ-TTg Art. 9(1)", "55/2023/TT-BTC Art. 74, 75"],
        "in_force_from": "2022-01-18",
        "in_force_to": "2026-12-31",
        "unit_norm_vnd": 40_000_000,
    },
)
SUPPORT_KINDS = _answer(
    "2026-11-21",
    ("support_kinds",),
    {
        "id": "houses_new",
        "vi": "nhà ở làm mới",
        "en": "new houses",
        "units": ["house", "household"],
        "content": "housing",
        "in_force_from": "2011-01-01",
        "open_ended": True,
        "confidence": "C",
    },
)
