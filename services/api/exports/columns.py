"""The columns of a table: the fields of an answer's type, those of its parts beside one another.

Unit of an area in `area` → `area.code`, `area.name`, …; a list → its JSON as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Struct, UnsetType

Kind = Literal["text", "integer", "number", "boolean", "day", "instant", "json"]

_KINDS: dict[Any, Kind] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    date: "day",
    datetime: "instant",
}
_NOTHING = {NoneType, UnsetType}
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and what it takes from an item; None where the item says nothing."""

    name: str
    kind: Kind
    value: Callable[[Any], Any]


def columns_of(kinds: Sequence[type]) -> list[Column]:
    """Return the columns of items of these types, each name once."""
    found: dict[str, Column] = {}
    for kind in kinds:
        for column in _columns(kind, (), (), several=len(kinds) > 1):
            found.setdefault(column.name, column)
    return list(found.values())


def _columns(
    kind: type, names: tuple[str, ...], path: tuple[str, ...], *, several: bool
) -> Iterator[Column]:
    for name, encoded, declared in _fields(kind):
        place, way = (*names, encoded), (*path, name)
        choices = [each for each in _choices(declared) if each not in _NOTHING]
        if len(choices) == 1 and _has_fields(choices[0]):
            yield from _columns(choices[0], place, way, several=several)
        else:
            held = _kind(choices)
            careful = several or len(way) > 1 or UnsetType in _choices(declared)
            yield Column(".".join(place), held, _value(way, held, careful=careful))


def _fields(kind: Any) -> Iterator[tuple[str, str, Any]]:
    """Give each field as (attribute, name in JSON, type)."""
    types = get_type_hints(kind, include_extras=True)
    if issubclass(kind, Struct):
        for each in msgspec.structs.fields(kind):
            yield each.name, each.encode_name, types[each.name]
    else:
        for own in fields(kind):
            yield own.name, own.name, types[own.name]


def _has_fields(kind: Any) -> bool:
    return isinstance(kind, type) and (issubclass(kind, Struct) or is_dataclass(kind))


def _choices(declared: Any) -> list[Any]:
    """Return what a value may be, without what is only said of it."""
    if get_origin(declared) is Annotated:
        return _choices(get_args(declared)[0])
    if get_origin(declared) in (Union, UnionType):
        return [each for part in get_args(declared) for each in _choices(part)]
    return [declared]


def _kind(choices: Sequence[Any]) -> Kind:
    kinds = {_KINDS.get(each, "text" if _is_text(each) else "json") for each in choices}
    if kinds == {"integer", "number"}:
        return "number"
    if len(kinds) == 1:
        return kinds.pop()
    return "json" if "json" in kinds else "text"


def _is_text(kind: Any) -> bool:
    """Say whether JSON writes a value as a text: a word of a closed list, an id."""
    if get_origin(kind) is Literal:
        return all(isinstance(word, str) for word in get_args(kind))
    return (
        isinstance(kind, type)
        and not _has_fields(kind)
        and not issubclass(kind, dict | list | tuple)
    )


def _value(path: Sequence[str], kind: Kind, *, careful: bool) -> Callable[[Any], Any]:
    """Return what reads a column; `careful` where a part of the way may be missing."""
    take: Callable[[Any], Any] = _step_by_step(path) if careful else attrgetter(path[0])
    if kind == "text":
        return lambda item: _text(take(item))
    if kind == "json":
        return lambda item: _json(take(item))
    if kind == "number":
        return lambda item: None if (value := take(item)) is None else float(value)
    return take


def _step_by_step(path: Sequence[str]) -> Callable[[Any], Any]:
    def take(item: Any) -> Any:
        for name in path:
            item = getattr(item, name, None)
            if item is None or item is UNSET:
                return None
        return item

    return take


def _text(value: Any) -> str | None:
    return value if value is None or type(value) is str else str(value)


def _json(value: Any) -> str | None:
    return None if value is None else _encode(value).decode()
