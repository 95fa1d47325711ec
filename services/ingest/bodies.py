"""Bytes to checked items: strict JSON, then the door's schema, then law and areas.

Strict: no duplicate keys (two readers would see two facts), no NaN, no float where an integer is
meant, no field that the schema does not know. Every fault is named, not only the first.
"""

from __future__ import annotations

from typing import Any

import jiter
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request

from services.ingest.doors.common import Law, pointed, schema_faults
from services.ingest.doors.door import Door, Prepared
from services.ingest.lines import limited
from shared.http.problems import Fault, Problem

ITEMS_MAX = 1000
# Checking a large body takes long enough to keep every other caller waiting.
IN_THREAD_BYTES = 256 * 1024


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body, or 413 as soon as it grows over the limit."""
    try:
        return b"".join([chunk async for chunk in limited(request.stream(), limit)])
    except ClientDisconnect:
        raise incomplete() from None


def incomplete() -> Problem:
    """Return the problem of a caller who hung up; nobody reads it, but no failure is logged."""
    return Problem(400, "body_incomplete", "the connection ended before the body did")


def parse(data: bytes, *, exact: bool = False) -> Any:
    """Return strict JSON as Python values; anything else is 400 `invalid_json`.

    `exact`: numbers with a point or an exponent become `Decimal`, as they were written.
    """
    try:
        return jiter.from_json(
            data,
            allow_inf_nan=False,
            catch_duplicate_keys=True,
            cache_mode="keys",
            float_mode="decimal" if exact else "float",
        )
    except ValueError as error:
        code, detail = _json_fault(str(error))
        raise Problem(400, code, detail, [Fault("", code, detail)]) from None


def _json_fault(message: str) -> tuple[str, str]:
    if "uplicate key" in message:
        return "duplicate_key", "an object names one key twice"
    # The parser's message may quote what was sent; its position is enough to find the fault.
    place = message[message.rindex(" at line") :] if " at line" in message else ""
    return "invalid_json", f"the body is not valid JSON{place}"


def prepare_request(door: Door, data: bytes, law: Law) -> list[Prepared]:
    """Return the checked items of `{"<plural>": […]}`, or every fault of all of them."""
    body = parse(data, exact=door.exact)
    items = _items(door, body)
    prepared: list[Prepared] = []
    faults: list[Fault] = []
    for position, posted in enumerate(items):
        result = _prepare(door, posted, law, f"/{door.plural}/{position}")
        if isinstance(result, Prepared):
            prepared.append(result)
        else:
            faults += result
    if faults:
        raise Problem(422, faults[0].code, faults[0].detail, faults)
    return prepared


def _items(door: Door, body: Any) -> list[Any]:
    if not isinstance(body, dict):
        raise _malformed("", "not_an_object", f'the body must be {{"{door.plural}": […]}}')
    unknown = sorted(name for name in body if name != door.plural)
    if unknown:
        detail = f"the body takes only {door.plural}"
        faults = [Fault(pointed(name), "unknown_field", detail) for name in unknown]
        raise Problem(422, "unknown_field", detail, faults)
    items = body.get(door.plural)
    if items is None:
        raise _malformed(f"/{door.plural}", "missing_field", f"{door.plural} is missing")
    if not isinstance(items, list):
        raise _malformed(f"/{door.plural}", "not_a_list", f"{door.plural} must be a list")
    if not items:
        raise _malformed(f"/{door.plural}", "no_items", "send at least one item")
    if len(items) > ITEMS_MAX:
        raise _malformed(f"/{door.plural}", "too_many_items", f"send at most {ITEMS_MAX} items")
    return items


def _malformed(pointer: str, code: str, detail: str) -> Problem:
    return Problem(422, code, detail, [Fault(pointer, code, detail)])


def prepare_line(door: Door, line: bytes, law: Law) -> Prepared | list[Fault]:
    """Return one line of a stream checked, or all of its faults."""
    try:
        posted = parse(line, exact=door.exact)
    except Problem as problem:
        return list(problem.faults)
    return _prepare(door, posted, law, "")


def prepare_row(door: Door, posted: dict[str, Any], law: Law) -> Prepared | list[Fault]:
    """Return one row of a table (CSV, XLSX) checked, or all of its faults."""
    return _prepare(door, posted, law, "")


def _prepare(door: Door, posted: Any, law: Law, prefix: str) -> Prepared | list[Fault]:
    if not isinstance(posted, dict):
        return [Fault(prefix, "not_an_object", "an item must be an object")]
    try:
        model = door.adapter.validate_python(posted)
    except ValidationError as error:
        return schema_faults(error, prefix)
    faults = door.check(model, law, prefix)
    return faults or door.prepare(model, posted, law, prefix)
