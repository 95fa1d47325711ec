"""The OpenAPI document: every operation described, every field a sentence, cases true."""

from __future__ import annotations

import re
from typing import Any

import orjson

from shared.http.openapi import examples
from tests.http.documents import whole_document
from tests.http.validation import faults

DOCUMENT = whole_document()
OPERATIONS = [
    (f"{method} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def fields_in(schema: Any, at: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return every property that a schema has, at any depth."""
    if isinstance(schema, list):
        return [field for part in schema for field in fields_in(part, at)]
    if not isinstance(schema, dict):
        return []
    properties = schema.get("properties", {})
    own = [(f"{at}/{name}", field) for name, field in properties.items()]
    below = [(f"{at}/{n}", part) for n, part in schema.items() if n not in ("example", "examples")]
    return own + [field for name, part in below for field in fields_in(part, name)]


def test_every_type_and_field_has_a_sentence() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert len(schemas) > 60
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []
    assert [at for at, field in fields_in(schemas) if not field.get("description")] == []


def test_every_operation_has_a_name_a_tag_a_sentence_and_says_who_may_ask() -> None:
    tags = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    names = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(set(names)) == len(names) >= 51
    for where, operation in OPERATIONS:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", operation["operationId"]), where
        assert operation["summary"] and operation["description"], where
        assert tags[operation["tags"][0]], where
        assert "security" in operation, where
        for parameter in operation.get("parameters", ()):
            assert parameter["description"] and parameter["schema"], (where, parameter["name"])


def test_every_answer_has_a_schema_and_a_recorded_example_that_is_of_it() -> None:
    for where, operation in OPERATIONS:
        (good,) = [r for status, r in operation["responses"].items() if status < "3"]
        for media, content in good["content"].items():
            assert content["schema"], (where, media)
            bad = faults(DOCUMENT, content["schema"], content["example"])
            assert not bad, (where, media, bad)


def test_every_recorded_example_is_of_an_operation() -> None:
    named = {operation["operationId"] for _, operation in OPERATIONS}
    assert len(examples()) >= 38 and set(examples()) <= named


def test_a_refusal_is_shown_as_it_is_answered() -> None:
    problem = DOCUMENT["components"]["schemas"]["Problem"]
    for where, operation in OPERATIONS:
        refusals = {s: r for s, r in operation["responses"].items() if s > "3"}
        assert any(status.startswith("4") for status in refusals), where
        for status, response in refusals.items():
            (content,) = response["content"].values()
            for code, case in content["examples"].items():
                assert (case["value"]["code"], str(case["value"]["status"])) == (code, status)
                assert faults(DOCUMENT, problem, case["value"]) == [], (where, code)
                assert case["summary"], (where, code)


def test_a_refused_parameter_is_named_with_those_that_there_are() -> None:
    operation = DOCUMENT["paths"]["/v1/households/{household_id}"]["get"]
    cases = operation["responses"]["422"]["content"]["application/problem+json"]["examples"]
    fault = cases["unknown_parameter"]["value"]["errors"][0]
    assert fault["pointer"] == "/query/foo"
    assert fault["detail"] == "not a parameter here; known: basis, as_of, known_at"
    assert set(cases) >= {"invalid_date", "invalid_instant", "not_settled", "in_future"}


def test_closed_sets_are_enums() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    status = schemas["Household"]["properties"]["status"]["anyOf"][0]
    assert set(status["enum"]) == {"poor", "near_poor", "recently_exited", "non_poor", "closed"}
    assert set(schemas["Movement"]["properties"]["list"]["enum"]) == {"poor", "near_poor"}


def test_references_exist() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/([^"]+)"', orjson.dumps(DOCUMENT).decode()):
        assert name in schemas
