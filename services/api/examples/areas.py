"""Examples of areas, and of what is counted in them."""

from __future__ import annotations

from typing import Any

from services.api.examples.common import DIGEST, EVENT, KNOWN, ON_DAY, RECORDED

_UNIT: dict[str, Any] = {
    "code": "06091",
    "name": "Thiện Thuật",
    "level": "commune",
    "kind": "xã",
    "parent_code": "181",
    "valid_from": "2011-01-01",
    "valid_to": "2025-07-01",
    "predecessors": [],
    "successors": ["06085"],
    "latitude": 21.95,
    "longitude": 106.37,
}
_VERSION = {"version": {"digest": DIGEST, "recorded_at": RECORDED}}
AREA = {**_UNIT, **_VERSION, "as_of": "2024-06-30"}
AREAS = {"items": [_UNIT], "next_cursor": "WyIwNjA5MSJd", **_VERSION, "as_of": "2024-06-30"}
_NAME = {"code": "181", "name": "Bình Gia", "level": "district"}
_COUNTS = {"poor": 2100, "near_poor": 3784, "recently_exited": 586, "non_poor": 6730}
_NO_RATES = {"poor": None, "near_poor": None, "multidimensional": None}
STATISTICS = {
    "area": _NAME,
    "households_total": 14_208,
    "registered": 13_200,
    "counts": _COUNTS,
    "unregistered": 1008,
    "rates": {
        "poor": {"percent": 14.78, "numerator": 2100, "denominator": 14_208},
        "near_poor": {"percent": 26.63, "numerator": 3784, "denominator": 14_208},
        "multidimensional": {"percent": 41.41, "numerator": 5884, "denominator": 14_208},
    },
    "minority": {"households_total": None, "counts": _COUNTS, "rates": _NO_RATES},
    "by_ethnicity": [{"ethnic_group": "Tày", "counts": _COUNTS}],
    "by_indicator": [
        {
            "standard": "VN-2022-2025",
            "code": "D10",
            "key": "toilet",
            "name_en": "hygienic toilet",
            "name_vi": "nhà tiêu hợp vệ sinh",
            "poor": 1204,
            "near_poor": 988,
        }
    ],
    "by_area_type": [{"area_type": "rural", "counts": _COUNTS}],
    "base": {
        "households_total": 14_208,
        "on": "2023-12-31",
        "minority_households_total": None,
        "zone": None,
        "attributes": [],
        "extremely_difficult_villages": None,
        "source": "own",
        "facts": [EVENT],
    },
    **ON_DAY,
}
MOVEMENT = {
    "area": _NAME,
    "list": "poor",
    "from_date": "2022-12-31",
    "to_date": "2023-12-31",
    "start": 2686,
    "left": 640,
    "relapsed": 12,
    "newly_arisen": 41,
    "moved_in": 3,
    "moved_out": 1,
    "closed": 1,
    "end": 2100,
    **KNOWN,
}
