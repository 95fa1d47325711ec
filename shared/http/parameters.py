"""Query parameters: one declaration per route, read strictly and shown in the OpenAPI document.

Unknown and repeated parameters are refused, and every fault of a request is reported at once: a
filter that is silently ignored answers a question that nobody asked.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, get_args
from urllib.parse import parse_qsl
from uuid import UUID

import orjson
from starlette.requests import Request

from shared.http.problems import invalid
from shared.kernel.errors import Fault
from shared.kernel.periods import FIRST_DAY

LIMIT_DEFAULT = 100
LIMIT_MAX = 1000
LAST_DAY = date(9998, 12, 31)
TEXT_MAX = 200
CURSOR_MAX = 1000


class Refused(ValueError):
    """A value that a parameter does not take."""

    def __init__(self, code: str, detail: str) -> None:
        """Remember the stable code and the sentence."""
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: how its text is read, and what the OpenAPI document says of it."""

    read: Callable[[str], Any]
    schema: Mapping[str, Any]
    description: str
    default: Any = None
    required: bool = False

    def but(self, **changes: Any) -> Parameter:
        """Return this parameter with another description, default or requirement."""
        return replace(self, **changes)


Declaration = Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A part of the path: how its text is read; one that cannot exist is simply not known."""

    read: Callable[[str], Any]
    description: str
    example: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


def read(request: Request, declared: Declaration) -> dict[str, Any]:
    """Return the value of every declared parameter; raise one problem with all faults."""
    return read_query(request.scope["query_string"], declared)


def read_query(query: bytes, declared: Declaration) -> dict[str, Any]:
    """Return the value that a query string gives to every declared parameter."""
    values = {name: parameter.default for name, parameter in declared.items()}
    faults: list[Fault] = []
    seen: set[str] = set()
    for name, text in parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else ():
        fault = _take(name, text, declared, seen, values)
        if fault is not None:
            faults.append(fault)
    for name, parameter in declared.items():
        if parameter.required and name not in seen:
            faults.append(_fault(name, "missing_parameter", f"{name} must be given"))
    if faults:
        raise invalid(faults)
    return values


def _take(
    name: str, text: str, declared: Declaration, seen: set[str], values: dict[str, Any]
) -> Fault | None:
    parameter = declared.get(name)
    if parameter is None:
        known = ", ".join(declared) or "none"
        return _fault(name[:TEXT_MAX], "unknown_parameter", f"not a parameter here; known: {known}")
    if name in seen:
        return _fault(name, "parameter_repeated", f"{name} is given more than once")
    seen.add(name)
    try:
        values[name] = parameter.read(text)
    except Refused as refused:
        return _fault(name, refused.code, refused.detail)
    return None


def _fault(name: str, code: str, detail: str) -> Fault:
    return Fault(f"/query/{name}", code, detail)


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str) -> date:
    """Read YYYY-MM-DD between 2011-01-01 and 9998-12-31."""
    if not _DAY.fullmatch(text):
        raise Refused("invalid_date", "not a date of the form YYYY-MM-DD")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Refused("invalid_date", "there is no such day") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Refused("out_of_range", f"days go from {FIRST_DAY} to {LAST_DAY}")
    return found


# The sign of the zone may have become a space: "+" in a query string that was not escaped.
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,12}))?"
    r"(?:([Zz])|([+\- ])([0-9]{2}:[0-9]{2}))"
)


def read_instant(text: str) -> datetime:
    """Read an RFC 3339 instant with zone; digits below a microsecond are dropped."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise Refused("invalid_instant", "not an RFC 3339 instant with a zone")
    day, time, fraction, zulu, sign, offset = match.groups()
    zone = "+00:00" if zulu else f"{'+' if sign == ' ' else sign}{offset}"
    try:
        found = datetime.fromisoformat(f"{day}T{time}.{(fraction or '0')[:6]:0<6}{zone}")
        return found.astimezone(UTC)
    except ValueError:
        raise Refused("invalid_instant", "there is no such instant") from None
    except OverflowError:
        raise Refused("out_of_range", "the instant is out of range") from None


_NUMBER = re.compile(r"[0-9]{1,9}")


def read_limit(text: str) -> int:
    """Read a number of items from 1 to 1000."""
    if not _NUMBER.fullmatch(text):
        raise Refused("invalid_integer", "not a whole number")
    if not 1 <= int(text) <= LIMIT_MAX:
        raise Refused("out_of_range", f"limits go from 1 to {LIMIT_MAX}")
    return int(text)


def choice(words: Any, description: str) -> Parameter:
    """Declare a parameter that takes one of the words of a `Literal`."""
    values = get_args(words) or tuple(words)

    def read_choice(text: str) -> str:
        if text not in values:
            raise Refused("unknown_value", f"one of: {', '.join(values)}")
        return text

    return Parameter(read_choice, {"type": "string", "enum": list(values)}, description)


def whole(description: str, least: int, most: int, default: int | None = None) -> Parameter:
    """Declare a parameter that takes a whole number."""

    def read_whole(text: str) -> int:
        if not _NUMBER.fullmatch(text):
            raise Refused("invalid_integer", "not a whole number")
        if not least <= int(text) <= most:
            raise Refused("out_of_range", f"numbers go from {least} to {most}")
        return int(text)

    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Parameter(read_whole, schema, description, default=default)


def uuid(description: str, refusal: str) -> Parameter:
    """Declare a parameter that takes an id of the registry's own; `refusal` is the sentence."""

    def read_uuid(text: str) -> UUID:
        try:
            return UUID(text)
        except ValueError:
            raise Refused("invalid_value", refusal) from None

    return Parameter(read_uuid, {"type": "string", "format": "uuid"}, description)


_TEXT_SHOWN = r"^[^\x00-\x1f\x7f-\x9f]*$"
_TEXT = re.compile(_TEXT_SHOWN.removesuffix("$"))


def text(description: str, length: int = TEXT_MAX) -> Parameter:
    """Declare a parameter that takes a short text."""

    def read_text(value: str) -> str:
        if not 0 < len(value) <= length or not _TEXT.fullmatch(value):
            raise Refused("invalid_value", f"1 to {length} printable characters")
        return value

    schema = {"type": "string", "minLength": 1, "maxLength": length, "pattern": _TEXT_SHOWN}
    return Parameter(read_text, schema, description)


def write_cursor(place: Sequence[Any]) -> str:
    """Return the opaque text of a place in a list."""
    return urlsafe_b64encode(orjson.dumps(list(place), str)).rstrip(b"=").decode()


def cursor(*kinds: Callable[[Any], Any]) -> Parameter:
    """Declare a cursor whose place has one value per kind; a kind turns JSON into a value."""

    def read_cursor(value: str) -> tuple[Any, ...]:
        try:
            if len(value) > CURSOR_MAX:
                raise ValueError(value)
            place = orjson.loads(urlsafe_b64decode(value + "=" * (-len(value) % 4)))
            return tuple(kind(part) for kind, part in zip(kinds, place, strict=True))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Refused("invalid_cursor", "not a cursor that this list gave") from None

    return Parameter(
        read_cursor,
        {"type": "string", "maxLength": CURSOR_MAX, "pattern": "^[A-Za-z0-9_-]*$"},
        "Place to go on from: `next_cursor` of the page before.",
    )


def short_text(value: Any) -> str:
    """Read a cursor's part that is an id or a code."""
    if not isinstance(value, str) or not value.isprintable() or len(value) > TEXT_MAX:
        raise ValueError(value)
    return value


def instant_of(value: Any) -> datetime:
    """Return an instant of a cursor's place."""
    return read_instant(short_text(value))


def whole_number(value: Any) -> int:
    """Read a cursor's part that is a position."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(value)
    return value


_DATE = {"type": "string", "format": "date"}
_DAYS = f"Days go from {FIRST_DAY} to {LAST_DAY}."
AS_OF = Parameter(
    read_day, _DATE, f"Day that the answer is true for; default today in Asia/Ho_Chi_Minh. {_DAYS}"
)
KNOWN_AT = Parameter(
    read_instant,
    {"type": "string", "format": "date-time"},
    "Instant whose knowledge answers; up to `settled_at` the answer never changes again. "
    "Absent: the latest committed state.",
)
LIMIT = Parameter(
    read_limit,
    {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX},
    "Most items of one page.",
    default=LIMIT_DEFAULT,
)


def day(description: str) -> Parameter:
    """Declare a parameter that takes a date."""
    return Parameter(read_day, _DATE, f"{description} {_DAYS}")
