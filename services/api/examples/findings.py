"""Examples of findings."""

from __future__ import annotations

from services.api.examples.common import KNOWN, RECORDED

FINDINGS = {
    "items": [
        {
            "finding_id": "8f14e45f-ceea-567f-a8d4-1f0b8f2c9b11",
            "kind": "uses_exceed_fund",
            "subject": "fund:QN-NGHEO-2024",
            "article_id": None,
            "area": {
                "code": "51",
                "name": "Quảng Ngãi",
                "level": "province",
                "kind": "tỉnh",
                "parent_code": "VN",
                "valid_from": "2011-01-01",
                "valid_to": "2025-07-01",
            },
            "raised_at": RECORDED,
            "figures": [{"kind": "house", "amount_vnd": 61_200_000_000}],
            "expected": 59_500_000_000,
            "stated": 61_200_000_000,
            "tolerance": 0,
            "explanation": {
                "en": "The uses add up to more than the fund.",
                "vi": "Tổng các khoản sử dụng vượt số tiền của quỹ.",
            },
        }
    ],
    "next_cursor": None,
    **KNOWN,
}
