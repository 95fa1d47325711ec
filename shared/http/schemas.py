"""Schemas of the OpenAPI document, made of the types that requests and answers are.

A type says everything once: names, types, closed sets (`Literal`), and per field a sentence with
its unit and source of law (`Annotated[…, Meta(description=…)]`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from inspect import cleandoc
from typing import Annotated, Any

import msgspec
import orjson
from msgspec import Meta, Struct

from shared.kernel.reading import shown_pattern

_REFERENCE = "#/components/schemas/{name}"
# What tells the classes of linked data apart; msgspec makes the field by itself.
_TAG = "@type"
# Their values are data, not schemas.
_DATA = frozenset({"default", "enum", "examples", "const", "required"})

Instant = Annotated[datetime, Meta(tz=True)]


# msgspec takes no types in what a schema says beside it: they stand there by their full names.
_NAMED: dict[str, type[Struct]] = {}


def _named(kind: type[Struct]) -> dict[str, str]:
    name = f"{kind.__module__}.{kind.__qualname__}"
    _NAMED[name] = kind
    return {"$ref": name}


def one_of(*kinds: type[Struct]) -> Meta:
    """Say that a value is of one of these types, which no field tells apart."""
    return Meta(extra_json_schema={"oneOf": [_named(kind) for kind in kinds]})


def any_of(*kinds: type[Struct]) -> Meta:
    """Say that a value is of one of these types; some values are of more than one."""
    return Meta(extra_json_schema={"anyOf": [_named(kind) for kind in kinds]})


def extended(kind: type[Struct]) -> Meta:
    """Say that an object has the fields of a type with `EXTENDED = True`, and others as posted."""
    return Meta(extra_json_schema=_named(kind))


def extend(named: Struct, further: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object of a type's fields and further ones; of a field in both the type's counts.

    >>> class Coin(Struct):
    ...     vnd: int
    >>> extend(Coin(500), {"vnd": 1, "year": 2003})
    {'vnd': 500, 'year': 2003}
    """
    return {**further, **{name: getattr(named, name) for name in named.__struct_fields__}}


def components(types: Iterable[Any]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return the schema of each type in order, and by name those that they point to.

    ValueError: two types have one name.
    """
    wanted = list(types)
    number, reached = len(wanted), list(wanted)
    while True:
        schemas, named = msgspec.json.schema_components(reached, ref_template=_REFERENCE)
        beside = _types_in((schemas, named)) - set(reached)
        if not beside:
            break
        reached += sorted(beside, key=lambda kind: kind.__name__)
    schemas, named = _distinct(schemas, named)
    for kind in reached[number:]:
        if getattr(kind, "EXTENDED", False):
            named[kind.__name__]["additionalProperties"] = True
    return [_tidy(s) for s in schemas[:number]], {n: _tidy(s) for n, s in sorted(named.items())}


def _distinct(schemas: Any, named: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Tell a fact as it is posted from an answer of the same name: `PostedFund` and `Fund`."""
    doubled = {name: _short(name) for name in named if not name.isidentifier()}
    short_names = list(doubled.values())
    if len(set(short_names)) < len(short_names) or set(short_names) & named.keys():
        raise ValueError(f"two types have one name: {', '.join(sorted(doubled))}")
    text = orjson.dumps([schemas, named]).decode()
    for name, short in doubled.items():
        pointer = _REFERENCE.format(name=short)
        text = text.replace(f'"{name}":', f'"{short}":')
        # As msgspec points to it, and as `one_of` does.
        for old in (_REFERENCE.format(name=name), name):
            text = text.replace(f'"{old}"', f'"{pointer}"')
    schemas, named = orjson.loads(text)
    return schemas, named


def _short(name: str) -> str:
    module, _, short = name.rpartition(".")
    return f"Posted{short}" if module.endswith("facts") else short


def schema_of(kind: Any) -> dict[str, Any]:
    """Return the schema of a type that points to no other."""
    (schema,), named = components([kind])
    if named:
        raise ValueError(f"{kind} points to {', '.join(named)}")
    return schema


def _types_in(schema: Any) -> set[type[Struct]]:
    """Return the types that a schema names in full: those of `one_of` and `extended`."""
    if isinstance(schema, list | tuple):
        return {kind for part in schema for kind in _types_in(part)}
    if not isinstance(schema, dict):
        return set()
    own = {_NAMED[schema["$ref"]]} if schema.get("$ref") in _NAMED else set()
    return own | _types_in(list(schema.values()))


def _tidy(schema: Any) -> Any:
    """Take titles and indents out, and say of a set of words that it is of words."""
    if isinstance(schema, list):
        return [_tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("$ref") in _NAMED:
        return _pointer(schema)
    tidied = {n: value if n in _DATA else _tidy(value) for n, value in schema.items()}
    if "properties" in schema:
        tidied["properties"] = {n: _tidy(value) for n, value in schema["properties"].items()}
        if _TAG in tidied["properties"]:
            tidied["properties"][_TAG].setdefault("description", "The class of the object.")
    return _described(tidied)


def _pointer(schema: Mapping[str, Any]) -> dict[str, Any]:
    name = _NAMED[schema["$ref"]].__name__
    beside = {n: schema[n] for n in ("description",) if n in schema}
    return {"$ref": _REFERENCE.format(name=name), **beside}


def _described(tidied: dict[str, Any]) -> dict[str, Any]:
    if isinstance(tidied.get("title"), str):
        del tidied["title"]
    if isinstance(tidied.get("description"), str):
        tidied["description"] = cleandoc(tidied["description"])
    if (days := tidied.pop("x-days", None)) is not None:
        tidied["description"] = " ".join(filter(None, (tidied.get("description"), days)))
    if tidied.get("type") == "array":
        tidied.setdefault("items", {})
    if isinstance(tidied.get("pattern"), str):
        tidied["pattern"] = shown_pattern(tidied["pattern"])
    if "anyOf" in tidied and tidied.get("format") == "decimal":
        # The type says itself what forms of a number it reads.
        del tidied["type"], tidied["format"]
    return _of_set(tidied)


def _of_set(tidied: dict[str, Any]) -> dict[str, Any]:
    words = tidied.get("enum")
    if not isinstance(words, list):
        return tidied
    if all(isinstance(word, str) for word in words):
        tidied.setdefault("type", "string")
    elif len(words) == 1 and isinstance(words[0], bool):
        # Generators of clients know a set of words, and of truth values the one that it must be.
        del tidied["enum"]
        tidied |= {"type": "boolean", "const": words[0]}
    return tidied
