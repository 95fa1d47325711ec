"""The contract with callers, a line a promise: `make contract` writes it, a test holds it.

    GET /v1/areas/{code} asks as_of = string(date)
    POST /v1/households/lookup takes household_ids! = [string]
    GET /v1/households/{household_id} gives 200 status! = "closed" | "poor" | … | null

`!` stands where something must be given, or is always there. A promise may be added; one that is
taken back, or a demand that is added, breaks programs that work today: that needs a new major
version of the document, and a word in the CHANGELOG.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.http import asyncapi
from tests.http.documents import whole_document

KEPT = Path(__file__).resolve().parent.parent / "docs" / "contracts" / "v1.txt"
DEPTH_MAX = 6
Schemas = Mapping[str, Mapping[str, Any]]


def promises() -> list[str]:
    """Return what is promised today, in order."""
    document = whole_document()
    return sorted({*_of_http(document), *_of_messages(asyncapi.document())})


def _of_http(document: Mapping[str, Any]) -> Iterator[str]:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method.upper()} {path}"
            yield where
            yield from _asks(where, operation, schemas)
            yield from _takes(where, operation, schemas)
            yield from _gives(where, operation, schemas)


def _asks(where: str, operation: Mapping[str, Any], schemas: Schemas) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] != "path":
            must = "!" if parameter.get("required") else ""
            kind = _kind(parameter["schema"], schemas)
            yield f"{where} asks {parameter['name']}{must} = {kind}"


def _takes(where: str, operation: Mapping[str, Any], schemas: Schemas) -> Iterator[str]:
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"{where} takes {media}"
        if media == "application/json":
            for line in _fields(content["schema"], schemas, ""):
                yield f"{where} takes {line}"


def _gives(where: str, operation: Mapping[str, Any], schemas: Schemas) -> Iterator[str]:
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            continue
        for media, content in response.get("content", {}).items():
            yield f"{where} gives {status} {media}"
            if media.endswith("json"):
                for line in _fields(content.get("schema", {}), schemas, ""):
                    yield f"{where} gives {status} {line}"


def _of_messages(document: Mapping[str, Any]) -> Iterator[str]:
    for name, message in document["components"]["messages"].items():
        yield f"MESSAGE {name}"
        for line in _fields(message["payload"], {}, ""):
            yield f"MESSAGE {name} gives {line}"


def _fields(schema: Mapping[str, Any], schemas: Schemas, at: str, depth: int = 0) -> Iterator[str]:
    """Give a line for each field of an object, of what it holds and of what its lists hold."""
    schema, at = _resolved(schema, schemas, at)
    for each in schema.get("anyOf", schema.get("oneOf", ())):
        yield from _fields(each, schemas, f"{at}{_variant(each, schemas)}", depth)
    if depth >= DEPTH_MAX:
        return
    required = set(schema.get("required", ()))
    for name, its in schema.get("properties", {}).items():
        path = f"{at}.{name}" if at else name
        yield f"{path}{'!' if name in required else ''} = {_kind(its, schemas)}"
        yield from _fields(its, schemas, path, depth + 1)


def _variant(schema: Mapping[str, Any], schemas: Schemas) -> str:
    """Return what tells one object of several by the word that it always has, as events' `type`."""
    schema, _ = _resolved(schema, schemas, "")
    for name in schema.get("required", ()):
        words = schema.get("properties", {}).get(name, {}).get("enum", ())
        if len(words) == 1:
            return f"({words[0]})"
    return ""


def _resolved(
    schema: Mapping[str, Any], schemas: Schemas, at: str
) -> tuple[Mapping[str, Any], str]:
    while True:
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        elif schema.get("type") == "array" and "items" in schema:
            schema, at = schema["items"], f"{at}[]"
        else:
            return schema, at


def _kind(schema: Mapping[str, Any], schemas: Schemas) -> str:
    if "$ref" in schema:
        return _kind(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "enum" in schema:
        return " | ".join(sorted(f'"{value}"' for value in schema["enum"]))
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(sorted({_kind(each, schemas) for each in schema[several]}))
    kind = schema.get("type", "anything")
    if isinstance(kind, list):
        return " | ".join(sorted(_kind({**schema, "type": each}, schemas) for each in kind))
    if kind == "array":
        return f"[{_kind(schema.get('items', {}), schemas)}]"
    return f"{kind}({schema['format']})" if "format" in schema else str(kind)


def breaks(kept: Iterable[str], now: Iterable[str]) -> list[str]:
    """Return what breaks programs that were written by `kept`, a sentence each."""
    before, after = set(kept), set(now)
    gone = [f"no longer so: {line}" for line in sorted(before - after) if not _wider(line, after)]
    known = {_named(line) for line in before} | {_subject(line) for line in before}
    must = {line.partition(" = ")[0] for line in before if _is_demand(line)}
    demanded = [
        f"demanded now: {line}"
        for line in sorted(after - before)
        if _is_demand(line) and _subject(line) in known and line.partition(" = ")[0] not in must
    ]
    return gone + demanded


def _wider(line: str, after: set[str]) -> bool:
    """Say whether a promise is kept by another one.

    What is asked for may be more things, and need no longer be given. What is answered may be
    fewer things, may always be there where it only sometimes was, and may be a word that is new:
    the contract says that callers read on over a word they do not know.
    """
    name, _, kind = line.partition(" = ")
    kinds = _kinds(kind)
    asked = _is_asked(line)
    names = {name, name.removesuffix("!") if asked else f"{name.removesuffix('!')}!"}
    for candidate in after:
        its_name, _, its_kind = candidate.partition(" = ")
        its_kinds = _kinds(its_kind)
        if (
            kind
            and its_name in names
            and (kinds <= its_kinds if asked else _reads(kinds, its_kinds))
        ):
            return True
    return False


def _kinds(kind: str) -> set[str]:
    """Return the kinds that something may be; a list of one of several is one of several lists.

    >>> sorted(_kinds('["a" | "b"]'))
    ['["a"]', '["b"]']
    """
    listed = kind.startswith("[") and kind.endswith("]") and kind.count("[") == 1
    return {f"[{each}]" if listed else each for each in kind.strip("[]" * listed).split(" | ")}


def _reads(kinds: set[str], its_kinds: set[str]) -> bool:
    """Say whether who reads the old kinds reads the new ones: new words at most."""
    return all(kind in kinds or kind.startswith(('"', '["')) for kind in its_kinds) and bool(
        kinds & its_kinds
    )


def _is_asked(line: str) -> bool:
    return " asks " in line or " takes " in line


def _is_demand(line: str) -> bool:
    return _is_asked(line) and line.partition(" = ")[0].endswith("!")


def _named(line: str) -> str:
    return line.partition(" = ")[0].removesuffix("!")


def _subject(line: str) -> str:
    """Return the operation of a promise, with the object that a field of a body belongs to."""
    where, verb, rest = line.partition(" takes ")
    if not verb:
        return line.partition(" asks ")[0]
    path = rest.partition(" = ")[0]
    return f"{where} takes {path.rpartition('.')[0]}" if "." in path else where


def kept() -> list[str]:
    """Return what was promised."""
    return KEPT.read_text("utf-8").splitlines()


def main() -> int:
    """Write down what is promised now, unless that breaks what was."""
    now = promises()
    if KEPT.exists() and (broken := breaks(kept(), now)):
        print("\n".join(broken), file=sys.stderr)
        print("This needs /v2: a promise of v1 cannot be taken back.", file=sys.stderr)
        return 1
    KEPT.write_text("\n".join(now) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
