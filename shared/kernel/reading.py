"""Reads what was posted as the type that declares it, and names every fault, not only the first.

Two steps: msgspec reads what is well-formed in one go; what it refuses is walked field by field.
Both end in the same value, for the second one builds it of the same type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, inspect

from shared.kernel.errors import DomainError, Fault
from shared.kernel.fields import CONTROL, PRINTABLE, WEB_ADDRESS

POINTER_PART_MAX = 200
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Days = tuple[date, date]
_FREE_TEXT = frozenset({PRINTABLE, WEB_ADDRESS})


def pointed(part: object) -> str:
    """Return one step of a JSON pointer."""
    return "/" + str(part)[:POINTER_PART_MAX].replace("~", "~0").replace("/", "~1")


def read(kind: type[Struct], posted: dict[str, Any], pointer: str = "") -> Any:
    """Return the posted object as `kind`, or the list of its faults, their pointers below one."""
    if not has_own_form(kind):
        try:
            return msgspec.convert(posted, kind)
        except msgspec.ValidationError:
            pass
    walk = _Walk()
    value = walk.struct(_shape(kind), posted, pointer)
    return walk.faults or value


@cache
def _shape(kind: type[Struct]) -> inspect.StructType:
    shape = inspect.type_info(kind)
    if not isinstance(shape, inspect.StructType):
        raise TypeError(f"{kind} is no struct")
    return shape


@cache
def has_own_form(kind: type[Struct]) -> bool:
    """Say whether some field of the type is read in a way that msgspec does not know."""
    return any(_reader(part) is not None for part in _parts(_shape(kind)))


def _parts(shape: Any) -> list[Any]:
    """Return a type and all that it is made of."""
    inner: tuple[Any, ...] = ()
    match shape:
        case inspect.Metadata() as described:
            inner = (described.type,)
        case inspect.UnionType() as union:
            inner = union.types
        case inspect.StructType() as struct:
            inner = tuple(field.type for field in struct.fields)
        case inspect.ListType() as listed:
            inner = (listed.item_type,)
        case inspect.DictType() as mapped:
            inner = (mapped.key_type, mapped.value_type)
    return [shape, *(part for each in inner for part in _parts(each))]


def _reader(shape: Any) -> Callable[[Any], Any] | None:
    extra = shape.extra if isinstance(shape, inspect.Metadata) else None
    return (extra or {}).get("read")


def bounds(kind: type[Struct]) -> tuple[tuple[str, Days], ...]:
    """Return the first day that each dated field takes, and the first that it no longer takes."""
    days = ((field.name, _days(field.type)) for field in _shape(kind).fields)
    return tuple((name, taken) for name, taken in days if taken is not None)


def _days(shape: Any) -> Days | None:
    if isinstance(shape, inspect.Metadata):
        return (shape.extra or {}).get("days") or _days(shape.type)
    if isinstance(shape, inspect.UnionType):
        return next((days for each in shape.types if (days := _days(each))), None)
    return None


class _Walk:
    """Reads values by their types, one after the other, and collects what is wrong."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def refuse(self, pointer: str, code: str, detail: str) -> Any:
        self.faults.append(Fault(pointer, code, detail))
        return None

    def struct(self, shape: inspect.StructType, posted: Any, pointer: str) -> Any:
        if not isinstance(posted, dict):
            return self.refuse(pointer, "not_an_object", "must be an object")
        before, values = len(self.faults), {}
        for field in shape.fields:
            place = pointer + pointed(field.encode_name)
            given = posted.get(field.encode_name, UNSET)
            if given is UNSET and not field.required:
                continue
            values[field.name] = self.field(field.type, given, place)
        self._unknown(shape, posted, pointer)
        return shape.cls(**values) if len(self.faults) == before else None

    def _unknown(self, shape: inspect.StructType, posted: dict[str, Any], pointer: str) -> None:
        known = {field.encode_name for field in shape.fields}
        for name in posted:
            if name not in known:
                self.refuse(pointer + pointed(name), "unknown_field", "there is no such field")

    def field(self, shape: Any, value: Any, pointer: str) -> Any:
        if value is not UNSET:
            return self.value(shape, value, pointer)
        extra = shape.extra if isinstance(shape, inspect.Metadata) else None
        code = (extra or {}).get("absent", "missing_field")
        return self.refuse(pointer, code, "the field is missing")

    def value(self, shape: Any, value: Any, pointer: str, days: Days | None = None) -> Any:
        """Return one value read by its type; on a fault, what it is does not matter."""
        if isinstance(shape, inspect.Metadata):
            days = (shape.extra or {}).get("days", days)
            if (reader := _reader(shape)) is not None:
                return self._own(reader, value, pointer)
            return self.value(shape.type, value, pointer, days)
        if isinstance(shape, inspect.UnionType):
            if value is None and any(isinstance(t, inspect.NoneType) for t in shape.types):
                return None
            (shape,) = (t for t in shape.types if not isinstance(t, inspect.NoneType))
            return self.value(shape, value, pointer, days)
        if isinstance(shape, inspect.DateType):
            return self._day(value, days, pointer)
        return _READERS[type(shape)](self, shape, value, pointer)

    def _own(self, reader: Callable[[Any], Any], value: Any, pointer: str) -> Any:
        try:
            return reader(value)
        except DomainError as error:
            return self.refuse(pointer, error.code, error.detail)

    def _day(self, value: Any, days: Days | None, pointer: str) -> Any:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            return self.refuse(pointer, "invalid_date", "must be a date of the form YYYY-MM-DD")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return self.refuse(pointer, "invalid_date", "there is no such day")
        if days is not None and not days[0] <= day < days[1]:
            detail = f"must be from {days[0]} on and before {days[1]}"
            return self.refuse(pointer, "out_of_range", detail)
        return day

    def whole(self, shape: inspect.IntType, value: Any, pointer: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            return self.refuse(pointer, "not_an_integer", "must be a whole number")
        first = shape.ge if shape.gt is None else shape.gt + 1
        last = shape.le if shape.lt is None else shape.lt - 1
        if (first is not None and value < first) or (last is not None and value > last):
            return self.refuse(pointer, "out_of_range", f"must be from {first} to {last}")
        return value

    def text(self, shape: inspect.StrType, value: Any, pointer: str) -> Any:
        if not isinstance(value, str):
            return self.refuse(pointer, "not_a_string", "must be a text")
        if shape.min_length is not None and len(value) < shape.min_length:
            return self.refuse(pointer, "too_short", "must not be empty")
        if shape.max_length is not None and len(value) > shape.max_length:
            detail = f"may have at most {shape.max_length} characters"
            return self.refuse(pointer, "too_long", detail)
        if shape.pattern is None or re.search(shape.pattern, value):
            return value
        if shape.pattern in _FREE_TEXT and re.search(shape.pattern, CONTROL.sub("x", value)):
            return self.refuse(pointer, "control_character", "contains a control character")
        return self.refuse(pointer, "invalid_format", f"must match {shown_pattern(shape.pattern)}")

    def flag(self, shape: inspect.BoolType, value: Any, pointer: str) -> Any:
        if not isinstance(value, bool):
            return self.refuse(pointer, "not_a_boolean", "must be true or false")
        return value

    def choice(self, shape: inspect.LiteralType, value: Any, pointer: str) -> Any:
        if shape.values[0] is False or shape.values[0] is True:
            if value is not shape.values[0]:
                return self.refuse(pointer, "not_a_boolean", "must be true or false")
        elif not isinstance(value, str) or value not in shape.values:
            choices = ", ".join(map(str, shape.values))
            code = "unknown_type" if pointer.endswith("/type") else "invalid_choice"
            return self.refuse(pointer, code, f"must be one of {choices}")
        return value

    def items(self, shape: inspect.ListType, value: Any, pointer: str) -> Any:
        if not isinstance(value, list):
            return self.refuse(pointer, "not_a_list", "must be a list")
        self._size(shape, len(value), pointer)
        return [
            self.value(shape.item_type, each, pointer + pointed(number))
            for number, each in enumerate(value)
        ]

    def mapping(self, shape: inspect.DictType, value: Any, pointer: str) -> Any:
        if not isinstance(value, dict):
            return self.refuse(pointer, "not_an_object", "must be an object")
        self._size(shape, len(value), pointer)
        for name in value:
            self.value(shape.key_type, name, pointer + pointed(name))
        return {
            name: self.value(shape.value_type, each, pointer + pointed(name))
            for name, each in value.items()
        }

    def _size(self, shape: Any, size: int, pointer: str) -> None:
        if shape.min_length is not None and size < shape.min_length:
            self.refuse(pointer, "no_items", "must not be empty")
        if shape.max_length is not None and size > shape.max_length:
            self.refuse(pointer, "too_many_items", f"may have at most {shape.max_length} items")

    def instant(self, shape: inspect.DateTimeType, value: Any, pointer: str) -> Any:
        try:
            return msgspec.convert(value, Annotated[datetime, Meta(tz=True)])
        except msgspec.ValidationError:
            detail = "must be an RFC 3339 instant with a zone"
            return self.refuse(pointer, "invalid_instant", detail)

    def anything(self, shape: inspect.AnyType, value: Any, pointer: str) -> Any:
        return value


_READERS: Mapping[type, Callable[[_Walk, Any, Any, str], Any]] = {
    inspect.IntType: _Walk.whole,
    inspect.StrType: _Walk.text,
    inspect.BoolType: _Walk.flag,
    inspect.LiteralType: _Walk.choice,
    inspect.ListType: _Walk.items,
    inspect.DictType: _Walk.mapping,
    inspect.StructType: _Walk.struct,
    inspect.DateTimeType: _Walk.instant,
    inspect.AnyType: _Walk.anything,
}


def shown_pattern(pattern: str) -> str:
    r"""Return a pattern as every dialect writes it: `$` is the end, and nothing may follow.

    >>> shown_pattern(r"^[a-z]{1,64}$(?!\n)")
    '^[a-z]{1,64}$'
    """
    return pattern.removesuffix(r"(?!\n)")
