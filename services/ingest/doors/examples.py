"""What the OpenAPI document says of the doors: request schemas from the code, and examples."""

from __future__ import annotations

from typing import Any

from services.ingest.doors import area_facts, articles, household_events

EVENT = {
    "type": "assessed",
    "source": "langson",
    "external_id": "2023/06091/000123",
    "household_id": "LS-06091-000123",
    "assessed_on": "2023-10-12",
    "effective_from": "2023-12-14",
    "area_code": "06091",
    "area_type": "rural",
    "review": "annual",
    "income_vnd": 1_200_000,
    "deprived": ["health_insurance", "toilet", "water"],
    "ethnic_group": "Tày",
    "household_size": 4,
}
FACT = {
    "source": "langson",
    "external_id": "2023/06091",
    "area_code": "06091",
    "on": "2023-12-31",
    "households_total": 842,
    "zone": "III",
    "extremely_difficult_villages": 6,
}
ARTICLE = {
    "source": "demo-press",
    "external_id": "2024/11/20-binh-gia",
    "language": "vi",
    "published_on": "2024-11-20",
    "title": "Bình Gia giảm nghèo",
    "text": "Cuối năm 2023, huyện Bình Gia còn 2.100 hộ nghèo, chiếm 14,78%.",
}
EVENT_ID = "2b0e5f0a-6f0f-5a52-9f8e-0b4a8a6f9d11"
RECEIPTS = {
    "accepted": 1,
    "duplicates": 0,
    "receipts": [
        {
            "external_id": "2023/06091/000123",
            "revision": 1,
            "event_id": EVENT_ID,
            "outcome": "accepted",
        }
    ],
}
_IMPORTED = {
    "import_id": "6a0f4f0e-2f6a-4b7e-9c58-5f3e1a6e7b10",
    "accepted": 998,
    "duplicates": 1,
    "rejected": 1,
}
_PROBLEM = {
    "type": "urn:poverty-registry:problem:unknown_area",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": "no administrative unit has the code '99999'",
    "code": "unknown_area",
    "errors": [
        {
            "pointer": "/events/0/area_code",
            "code": "unknown_area",
            "detail": "no administrative unit has the code '99999'",
        }
    ],
}


SECURED: dict[str, Any] = {"security": [{"bearer": []}], "x-scope": "ingest:write"}


def _answer(example: Any, description: str, media: str = "application/json") -> dict[str, Any]:
    return {"description": description, "content": {media: {"example": example}}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {
        str(status): _answer(
            {**_PROBLEM, "status": status}, _MEANING[status], "application/problem+json"
        )
        for status in statuses
    }


_MEANING = {
    400: "The body is not strict JSON.",
    401: "No valid bearer token.",
    404: "There is no such thing.",
    411: "The length of the file was not announced.",
    409: "A revision is stored with other content; nothing of this request was stored.",
    413: "The body is too large.",
    415: "The media type is not taken.",
    422: "Fields or facts are refused; every fault is listed, nothing was stored.",
    503: "The store or the outbox takes no more at the moment; send the same again.",
}


def _door(module: Any, example: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    schema = module.ADAPTER.json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    body = {
        "type": "object",
        "required": [module.PLURAL],
        "additionalProperties": False,
        "properties": {
            module.PLURAL: {
                "type": "array",
                "minItems": 1,
                "maxItems": 1000,
                "items": _inlined(schema, definitions),
            }
        },
    }
    return {
        **SECURED,
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": body, "example": {module.PLURAL: [example]}},
                "application/x-ndjson": {
                    "schema": {"type": "string", "description": "One item a line."},
                    "example": '{"source": "…"}\n{"source": "…"}\n',
                },
            },
        },
        "responses": {
            "202": _answer(answer, "Stored durably; one effect follows."),
            **_problems(400, 401, 409, 413, 415, 422, 503),
        },
    }


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Put referenced schemas in place, so that one route's document needs no shared components."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {
        name: _inlined(part, definitions)
        for name, part in schema.items()
        if name != "discriminator"
    }


HOUSEHOLD_EVENTS = _door(household_events, EVENT, RECEIPTS)
AREA_FACTS = _door(area_facts, FACT, RECEIPTS)
ARTICLES = _door(articles, ARTICLE, RECEIPTS)
RECEIPT = {
    **SECURED,
    "responses": {
        "200": _answer(
            {
                "event_id": EVENT_ID,
                "door": "household-events",
                "state": "processed",
                "recorded_at": "2026-11-21T03:00:00Z",
            },
            "What became of the fact.",
        ),
        **_problems(401, 404),
    },
}
IMPORT = {
    **SECURED,
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "kind"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "kind": {"enum": ["household-events", "area-facts", "articles"]},
                        "dry_run": {"type": "boolean", "default": False},
                    },
                },
                "example": {"kind": "household-events", "dry_run": False, "file": "review.csv"},
            }
        },
    },
    "responses": {
        "202": _answer(_IMPORTED, "Good rows are stored."),
        **_problems(400, 401, 411, 413, 415, 422, 503),
    },
}
IMPORT_STATE = {
    **SECURED,
    "responses": {
        "200": _answer(
            {
                **_IMPORTED,
                "kind": "household-events",
                "filename": "review.csv",
                "dry_run": False,
                "state": "completed",
                "rows_read": 1000,
                "started_at": "2026-11-21T03:00:00Z",
                "ended_at": "2026-11-21T03:00:01Z",
            },
            "The import.",
        ),
        **_problems(401, 404),
    },
}
IMPORT_REJECTED = {
    **SECURED,
    "responses": {
        "200": _answer(
            "row,pointer,code,detail,content\r\n"
            "17,/area_code,unknown_area,no administrative unit has the code '99999',{…}\r\n",
            "One line a fault.",
            "text/csv",
        ),
        **_problems(401, 404),
    },
}
