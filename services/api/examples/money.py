"""Values that several examples about money share."""

from __future__ import annotations

from typing import Any

FUND_ID = "LS-BG-2023-P5"
RUN_ID = "LS-BG-2023-P5-run-1"
HOUSEHOLD = "LS-06091-000123"
DISTRICT: dict[str, Any] = {
    "code": "181",
    "name": "Bình Gia",
    "level": "district",
    "kind": "huyện",
    "parent_code": "20",
    "valid_from": "2011-01-01",
    "valid_to": "2025-07-01",
}
COMMUNE: dict[str, Any] = {
    "code": "06091",
    "name": "Thiện Thuật",
    "level": "commune",
    "kind": "xã",
    "parent_code": "181",
    "valid_from": "2011-01-01",
    "valid_to": "2025-07-01",
}
MONEY = {
    "allocated_vnd": 400_000_000,
    "paid_vnd": 280_000_000,
    "returned_vnd": 28_000_000,
    "net_paid_vnd": 252_000_000,
}
PAID_RATES = {
    "paid": {"percent": 70.0, "numerator": 280_000_000, "denominator": 400_000_000},
    "returned": {"percent": 10.0, "numerator": 28_000_000, "denominator": 280_000_000},
    "net_paid": {"percent": 63.0, "numerator": 252_000_000, "denominator": 400_000_000},
}
RATES = {
    "allocated": {"percent": 95.24, "numerator": 400_000_000, "denominator": 420_000_000},
    **PAID_RATES,
}
BY_AREA = [{"area": COMMUNE, **MONEY, "rates": PAID_RATES}]
BY_MONTH = [
    {
        "month": "2024-03",
        "paid_vnd": 280_000_000,
        "returned_vnd": 28_000_000,
        "net_paid_vnd": 252_000_000,
        "net_paid_to_date_vnd": 252_000_000,
    }
]
