"""Whether a value is what a schema of the document says: no field less, and none more."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

_FORMATS = {"date": date.fromisoformat, "date-time": datetime.fromisoformat, "uuid": UUID}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def schema_of_answer(document: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the schema of what `GET path` answers."""
    for template in sorted(document["paths"], key=lambda t: t.count("{")):
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
            (good,) = [
                r for s, r in document["paths"][template]["get"]["responses"].items() if s < "3"
            ]
            schema: dict[str, Any] = good["content"]["application/json"]["schema"]
            return schema
    raise LookupError(path)


def faults(document: dict[str, Any], schema: dict[str, Any], value: Any, at: str = "") -> list[str]:
    """Return where a value is not what the schema says."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return faults(document, document["components"]["schemas"][name], value, at)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            each = [faults(document, part, value, at) for part in schema[word]]
            return [] if [] in each else [f"{at}: none of {len(each)}: {each}"]
    kind = schema.get("type")
    if kind and (
        not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")
    ):
        return [f"{at}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is none of {schema['enum']}"]
    if isinstance(value, list):
        items = schema.get("items", {})
        return [f for n, v in enumerate(value) for f in faults(document, items, v, f"{at}/{n}")]
    if isinstance(value, dict):
        return _of_object(document, schema, value, at)
    return _of_scalar(schema, value, at)


def _of_object(
    document: dict[str, Any], schema: dict[str, Any], value: dict[str, Any], at: str
) -> list[str]:
    known = schema.get("properties", {})
    bad = [f"{at}/{name}: missing" for name in schema.get("required", []) if name not in value]
    # A field that no type names is a fault here, although JSON Schema would let it pass.
    if known and schema.get("additionalProperties") is not True:
        bad += [f"{at}/{name}: unknown" for name in value if name not in known]
    for name in value.keys() & known.keys():
        bad += faults(document, known[name], value[name], f"{at}/{name}")
    return bad


def _of_scalar(schema: dict[str, Any], value: Any, at: str) -> list[str]:
    if "format" in schema and schema["format"] in _FORMATS:
        try:
            _FORMATS[schema["format"]](value)
        except ValueError:
            return [f"{at}: {value!r} is no {schema['format']}"]
    if "minimum" in schema and value < schema["minimum"]:
        return [f"{at}: {value!r} is below {schema['minimum']}"]
    return []
