"""Examples of articles."""

from __future__ import annotations

from typing import Any

from services.api.examples.common import EVENT, RECORDED

_LISTED: dict[str, Any] = {
    "article_id": "0b2f8e7e-0f43-5c0a-9d52-6a5c39f0b1aa",
    "source": "demo-press",
    "external_id": "article-000",
    "revision": 1,
    "event_id": EVENT,
    "url": None,
    "language": "vi",
    "published_on": "2024-11-20",
    "title": "Bình Gia giảm nghèo",
    "recorded_at": RECORDED,
}
ARTICLE = {**_LISTED, "text": "Cuối năm 2023, huyện Bình Gia có 2.100 hộ nghèo, chiếm 14,78%."}
ARTICLES = {"items": [_LISTED], "next_cursor": None}
