"""What the OpenAPI document says of the doors for funds, payments, support, and of run requests."""

from __future__ import annotations

from typing import Any

from services.ingest.doors import allocation_runs, disbursements, funds, support_records
from services.ingest.doors.examples import (
    ONE_RECEIPT,
    RECEIPTS,
    answered,
    described,
    inlined,
    problems,
    secured,
)
from shared.http.auth import FUNDS_WRITE

FUND = {
    "source": "langson",
    "external_id": "fund/BG-HOUSING-2024",
    "fund_id": "BG-HOUSING-2024",
    "program": "NTP-SPR-2021-2025",
    "component": "P5",
    "year": 2024,
    "funding_source": "central",
    "area_code": "181",
    "amount_vnd": 4_000_000_000,
    "decided_on": "2024-02-01",
}
DISBURSEMENT = {
    "source": "langson",
    "external_id": "2024/05/06091/000123",
    "run_id": "BG-HOUSING-2024-1",
    "line": "LS-06091-000123",
    "amount_vnd": 28_000_000,
    "paid_on": "2024-05-20",
    "kind": "paid",
}
SUPPORT_RECORD = {
    "source": "quangngai",
    "external_id": "2023/houses",
    "program": "FOR-THE-POOR",
    "kind": "houses_new",
    "quantity": 697,
    "unit": "house",
    "amount_vnd": 40_000_000_000,
    "fund_id": "QN-FOR-THE-POOR",
    "area_code": "51",
    "on": "2023-08-31",
}
RUN = {
    "run_id": "BG-HOUSING-2024-1",
    "fund_id": "BG-HOUSING-2024",
    "rule": "housing_p5_new",
    "as_of": "2023-12-31",
    "parameters": {
        "waive": [
            "household.separate_since",
            "household.social_protection_member",
            "household.special_difficulty",
            "household.disaster_area",
        ]
    },
    "mode": "commit",
}
_REQUESTED = {
    "run_id": "BG-HOUSING-2024-1",
    "state": "pending",
    "requested_at": "2026-11-21T03:00:00Z",
    "duplicate": False,
}


def _receipts(item: dict[str, Any]) -> dict[str, Any]:
    return {**RECEIPTS, "receipts": [{**ONE_RECEIPT, "external_id": item["external_id"]}]}


def _requests() -> dict[str, Any]:
    schema = allocation_runs.ADAPTER.json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    shown = {"schema": inlined(schema, definitions), "example": RUN}
    return {
        **secured(FUNDS_WRITE),
        "requestBody": {"required": True, "content": {"application/json": shown}},
        "responses": {
            "202": answered(_REQUESTED, "Recorded; a worker computes it, or has done so before."),
            **problems(400, 401, 403, 409, 413, 415, 422, 503),
        },
    }


FUNDS = described(funds, FUND, _receipts(FUND), FUNDS_WRITE)
DISBURSEMENTS = described(disbursements, DISBURSEMENT, _receipts(DISBURSEMENT), FUNDS_WRITE)
SUPPORT_RECORDS = described(support_records, SUPPORT_RECORD, _receipts(SUPPORT_RECORD), FUNDS_WRITE)
ALLOCATION_RUNS = _requests()
