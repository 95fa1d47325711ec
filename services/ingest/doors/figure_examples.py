"""What the OpenAPI document says of the door for official figures, and of the feeds."""

from __future__ import annotations

from typing import Any

from services.ingest.doors import reference_figures
from services.ingest.doors.examples import (
    ONE_RECEIPT,
    RECEIPTS,
    answered,
    described,
    problems,
    secured,
)
from shared.http.auth import OPERATIONS
from shared.http.parameters import LIMIT, cursor, whole_number
from shared.http.undeclared import documented

REFERENCE_FIGURE: dict[str, Any] = {
    "source": "langson",
    "external_id": "2023/181/poor",
    "area_code": "181",
    "measure": "poor_households",
    "value": 2100,
    "on": "2023-12-31",
    "standard": "VN-2022-2025",
    "decision_no": "3345/QĐ-UBND",
}
REFERENCE_FIGURES = described(
    reference_figures,
    REFERENCE_FIGURE,
    {**RECEIPTS, "receipts": [{**ONE_RECEIPT, "external_id": REFERENCE_FIGURE["external_id"]}]},
)
FEED = {
    "url": "https://press.example/ngheo.rss",
    "last_polled_at": "2026-11-21T03:00:00Z",
    "last_status": "ok",
    "http_status": 200,
    "entries": 20,
    "recorded": 57,
    "refused": 0,
    "failures": 0,
    "next_poll_at": "2026-11-21T03:15:00Z",
}
FEED_LIST = {"cursor": cursor(whole_number), "limit": LIMIT}
FEEDS = {
    **secured(OPERATIONS),
    "parameters": documented(FEED_LIST),
    "responses": {
        "200": answered({"items": [FEED], "next_cursor": None}, "The feeds, in order."),
        **problems(401, 403, 422),
    },
}
