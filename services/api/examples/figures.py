"""Examples of figures."""

from __future__ import annotations

from typing import Any

from services.api.examples.common import RECORDED

FIGURE: dict[str, Any] = {
    "figure_id": "5a0f7e52-65c3-5bb8-9d62-0d7f5f6f1d11",
    "article_id": "0b2f8e7e-0f43-5c0a-9d52-6a5c39f0b1aa",
    "measure": "poverty_rate",
    "value": 14.78,
    "value_max": None,
    "unit": "percent",
    "qualifier": "exact",
    "place": {"name": "Bình Gia", "level": "district", "area_code": "181"},
    "period": {"start": "2023-12-31", "end": "2023-12-31"},
    "population": "all",
    "kind": "actual",
    "comparison": None,
    "quote": "huyện Bình Gia có 2.100 hộ nghèo, chiếm 14,78%",
    "start": 55,
    "end": 61,
    "ambiguous": None,
}
FIGURES = {
    "items": [FIGURE],
    "next_cursor": None,
    "known_at": None,
    "settled_at": RECORDED,
}
