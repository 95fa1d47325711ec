"""Small JSON bodies of the api's own questions: strict JSON, every fault named."""

from __future__ import annotations

from typing import Any, TypeVar

import jiter
from msgspec import inspect
from starlette.requests import ClientDisconnect, Request

from shared.http.problems import Problem, ProblemType, invalid
from shared.kernel import reading
from shared.kernel.errors import Fault
from shared.kernel.facts import Part

BYTES_MAX = 64 * 1024

P = TypeVar("P", bound=Part)


def too_large(most: int = BYTES_MAX) -> Problem:
    """Return the 413 of a body that is longer than any question."""
    return Problem(413, "body_too_large", f"at most {most} bytes are taken here")


def unreadable() -> Problem:
    """Return the 400 of what is no JSON; the parser's own words may quote a person's number."""
    detail = "the body is not valid JSON"
    return Problem(400, "invalid_json", detail, [Fault("", "invalid_json", detail)])


BODY_PROBLEMS = (
    ProblemType("The body is not strict JSON", unreadable()),
    ProblemType("The body is larger than what is taken here", too_large()),
    ProblemType(
        "A field is missing, unknown or has another form",
        invalid([Fault("/note", "unknown_field", "there is no such field")]),
    ),
)


def example(kind: type[Part]) -> dict[str, Any]:
    """Return what may be posted as a type, made of the examples of its fields."""
    shape = inspect.type_info(kind)
    named = {field.encode_name: _example(field) for field in getattr(shape, "fields", ())}
    return {name: value for name, value in named.items() if value is not None}


def _example(field: inspect.Field) -> Any:
    beside = field.type.extra_json_schema if isinstance(field.type, inspect.Metadata) else None
    return (beside or {}).get("examples", [None])[0]


async def read_part(request: Request, kind: type[P]) -> P:
    """Return the body as a type; 400 for what is no JSON, 413 too large, 422 with every fault."""
    return part_of(await read_bytes(request), kind)


def part_of(content: bytes, kind: type[P]) -> P:
    """Return JSON as a type; 400 for what is none, 422 with every fault."""
    posted = _parsed(content)
    if not isinstance(posted, dict):
        raise invalid([Fault("", "not_an_object", "the body must be an object")])
    body = reading.read(kind, posted)
    if isinstance(body, list):
        raise invalid(body)
    checked: P = body
    return checked


async def read_bytes(request: Request, most: int = BYTES_MAX) -> bytes:
    """Return a body of at most so many bytes; 413 for a longer one."""
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > most:
                raise too_large(most)
    except ClientDisconnect:
        raise Problem(400, "body_incomplete", "the connection ended before the body") from None
    return bytes(content)


def _parsed(content: bytes) -> Any:
    try:
        return jiter.from_json(content, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError:
        raise unreadable() from None
