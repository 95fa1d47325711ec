"""The standard's own schemas (`spec/`), and whether a value is of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SPEC = Path(__file__).parent / "spec" / "social_api_v1.0.0.yaml"
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_KNOWN = {"$ref", "allOf", "anyOf", "oneOf", "type", "enum", "properties", "required", "items"}
_KNOWN |= {"maxLength", "pattern", "format", "description", "example", "default"}


@cache
def spec() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(SPEC.read_text("utf-8"))
    return document


def request_schema(path: str) -> dict[str, Any]:
    """Return the schema of what is posted to a path of the standard."""
    content = spec()["paths"][path]["post"]["requestBody"]["content"]
    schema: dict[str, Any] = content["application/json"]["schema"]
    return schema


def ack_schema() -> dict[str, Any]:
    response = spec()["components"]["responses"]["Response"]
    schema: dict[str, Any] = response["content"]["application/json"]["schema"]
    return schema


def _at(pointer: str) -> Any:
    place: Any = spec()
    for step in pointer.removeprefix("#/").split("/"):
        place = place[int(step)] if isinstance(place, list) else place[step]
    return place


def faults(schema: Any, value: Any, at: str = "") -> list[str]:
    """Return where a value is not what a schema says."""
    return list(_faults(schema, value, at))


def _faults(schema: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    assert set(schema) <= _KNOWN, f"{at}: the checker does not know {set(schema) - _KNOWN}"
    if "$ref" in schema:
        yield from _faults(_at(schema["$ref"]), value, at)
        return
    for part in schema.get("allOf", ()):
        yield from _faults(part, value, at)
    if "oneOf" in schema or "anyOf" in schema:
        tried = [faults(part, value, at) for part in schema.get("oneOf") or schema["anyOf"]]
        good = tried.count([])
        if not good or ("oneOf" in schema and good > 1):
            yield f"{at}: of {len(tried)} schemas {good} hold: {tried}"
    kind = schema.get("type")
    if kind and (
        not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")
    ):
        yield f"{at}: {value!r} is no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if isinstance(value, dict):
        yield from _of_object(schema, value, at)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _faults(schema.get("items", {}), each, f"{at}/{number}")
    elif isinstance(value, str):
        yield from _of_text(schema, value, at)


def _of_object(schema: dict[str, Any], value: dict[str, Any], at: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}: {name} is missing"
    for name, part in schema.get("properties", {}).items():
        if name in value:
            yield from _faults(part, value[name], f"{at}/{name}")


def _of_text(schema: dict[str, Any], value: str, at: str) -> Iterator[str]:
    if len(value) > schema.get("maxLength", len(value)):
        yield f"{at}: longer than {schema['maxLength']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} is not as {schema['pattern']}"
    if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        yield f"{at}: {value!r} has no zone"
