"""Examples of support without a run."""

from __future__ import annotations

from services.api.examples.common import EVENT, KNOWN, RECORDED
from services.api.examples.money import COMMUNE, HOUSEHOLD

RECORDS = {
    "items": [
        {
            "event_id": EVENT,
            "source": "langson",
            "external_id": "2024/rice/000123",
            "revision": 1,
            "program": "NTP-SPR-2021-2025",
            "kind": "rice",
            "content": None,
            "quantity": "0.045",
            "unit": "tonne",
            "amount_vnd": None,
            "fund_id": None,
            "household_id": HOUSEHOLD,
            "area": COMMUNE,
            "on": "2024-02-01",
            "recorded_at": RECORDED,
        }
    ],
    "next_cursor": None,
    **KNOWN,
}
_SUM = {"kind": "rice", "unit": "tonne", "records": 212, "quantity": "9.54", "amount_vnd": None}
TOTALS = {
    "items": [{**_SUM, "area": COMMUNE, "year": 2024}],
    "totals": [_SUM],
    "next_cursor": None,
    **KNOWN,
}
