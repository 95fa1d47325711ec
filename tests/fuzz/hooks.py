"""What schemathesis is told of the registry: NDJSON, and what a refusal may be for.

A document cannot say what law, areas and stored facts refuse, so valid data may be answered 422;
then `refused_for_what_no_schema_says` holds the codes against those that a schema can say.
"""

from __future__ import annotations

import json
import re
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation

# Faults of form: where valid data is refused for one of them the document lies. Not among them:
# `not_an_integer`, for to JSON Schema 7.0 is whole, and here money and counts are written without a
# point; `unknown_value`, for words of the vocabularies are data, and enums are never drawn wrongly.
OF_FORM = frozenset(
    {
        "not_an_object",
        "missing_field",
        "missing_parameter",
        "unknown_field",
        "unknown_parameter",
        "unknown_type",
        "invalid_choice",
        "invalid_date",
        "invalid_format",
        "invalid_instant",
        "invalid_integer",
        "invalid_value",
        "not_a_boolean",
        "not_a_list",
        "not_a_string",
        "control_character",
        "too_short",
        "too_long",
        "no_items",
        "too_many_items",
        "out_of_range",
    }
)
# JSON Schema has no word for the first and last of days: sentences say them.
OF_DAYS = re.compile(r"^(days go|must be) from \d{4}-\d{2}-\d{2} ")


NDJSON = "application/x-ndjson"


@schemathesis.serializer(NDJSON)
def write_lines(_: Any, value: Any) -> bytes:
    """Send what was drawn as it is, for to its schema it is a text."""
    if isinstance(value, bytes):
        return value
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace")


@schemathesis.hook
def filter_case(_: Any, case: Any) -> bool:
    """Leave out wrong bodies of lines: good lines are kept and bad ones counted, with 202."""
    wrong = case.meta is not None and case.meta.is_negative_at(ParameterLocation.BODY)
    return not (wrong and case.media_type == NDJSON)


@schemathesis.deserializer(NDJSON)
def read_lines(_: Any, response: Any) -> Any:
    """Read the first line: the document says what each is; an empty list has none."""
    first, _, _ = response.text.partition("\n")
    return json.loads(first) if first else first


@schemathesis.check
def refused_for_what_no_schema_says(ctx: Any, response: Any, case: Any) -> None:
    """Hold the refusal of valid data against what its schema says."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code != 422:
        return
    for fault in response.json().get("errors", ()):
        if fault["code"] in OF_FORM and not OF_DAYS.match(fault["detail"]):
            raise AssertionError(f"the schema takes what is refused: {fault}")
