"""What the OpenAPI document says of the doors: request schemas from the code, and examples."""

from __future__ import annotations

from typing import Any

from services.ingest.doors import area_facts, articles, household_events
from services.ingest.doors.registry import DOORS
from shared.http.auth import FUNDS_WRITE, INGEST_WRITE

KINDS = tuple(DOORS)

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
ONE_RECEIPT = {
    "external_id": "2023/06091/000123",
    "revision": 1,
    "event_id": EVENT_ID,
    "outcome": "accepted",
}
RECEIPTS = {"accepted": 1, "duplicates": 0, "receipts": [ONE_RECEIPT]}
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


def secured(scope: str) -> dict[str, Any]:
    """Return what a document says of a route that needs a scope."""
    return {"security": [{"bearer": []}], "x-scope": scope}


# The kind of fact decides; `GET` answers to whoever may write that kind.
SECURED = secured(f"{INGEST_WRITE} or {FUNDS_WRITE}")


def answered(example: Any, description: str, media: str = "application/json") -> dict[str, Any]:
    """Return an answer with its example."""
    return {"description": description, "content": {media: {"example": example}}}


def problems(*statuses: int) -> dict[str, Any]:
    """Return the answers that go wrong."""
    return {
        str(status): answered(
            {**_PROBLEM, "status": status}, _MEANING[status], "application/problem+json"
        )
        for status in statuses
    }


_MEANING = {
    400: "The body is not strict JSON.",
    401: "No valid bearer token.",
    404: "There is no such thing.",
    411: "The length of the file was not announced.",
    403: "The token lacks the scope.",
    409: "At odds with what is stored; nothing of this request was stored.",
    413: "The body is too large.",
    415: "The media type is not taken.",
    422: "Fields or facts are refused; every fault is listed, nothing was stored.",
    503: "The store or the outbox takes no more at the moment; send the same again.",
}


def described(
    module: Any, example: dict[str, Any], answer: dict[str, Any], scope: str = INGEST_WRITE
) -> dict[str, Any]:
    """Return what the document says of a door: its schema, from the code, and examples."""
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
                "items": inlined(schema, definitions),
            }
        },
    }
    return {
        **secured(scope),
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
            "202": answered(answer, "Stored durably; one effect follows."),
            **problems(400, 401, 403, 409, 413, 415, 422, 503),
        },
    }


def inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Put referenced schemas in place, so that one route's document needs no shared components."""
    if isinstance(schema, list):
        return [inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {
        name: inlined(part, definitions) for name, part in schema.items() if name != "discriminator"
    }


HOUSEHOLD_EVENTS = described(household_events, EVENT, RECEIPTS)
AREA_FACTS = described(area_facts, FACT, RECEIPTS)
ARTICLES = described(articles, ARTICLE, RECEIPTS)
RECEIPT = {
    **SECURED,
    "responses": {
        "200": answered(
            {
                "event_id": EVENT_ID,
                "door": "household-events",
                "state": "processed",
                "recorded_at": "2026-11-21T03:00:00Z",
            },
            "What became of the fact.",
        ),
        **problems(401, 403, 404),
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
                        "kind": {"enum": list(KINDS)},
                        "dry_run": {"type": "boolean", "default": False},
                    },
                },
                "example": {"kind": "household-events", "dry_run": False, "file": "review.csv"},
            }
        },
    },
    "responses": {
        "202": answered(_IMPORTED, "Good rows are stored."),
        **problems(400, 401, 403, 411, 413, 415, 422, 503),
    },
}
IMPORT_STATE = {
    **SECURED,
    "responses": {
        "200": answered(
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
        **problems(401, 403, 404),
    },
}
IMPORT_REJECTED = {
    **SECURED,
    "responses": {
        "200": answered(
            "row,pointer,code,detail,content\r\n"
            "17,/area_code,unknown_area,no administrative unit has the code '99999',{…}\r\n",
            "One line a fault.",
            "text/csv",
        ),
        **problems(401, 403, 404),
    },
}
