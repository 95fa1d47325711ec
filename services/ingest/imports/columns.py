"""The columns that a spreadsheet of a kind of fact may have, as the kind declares its fields.

A column is headed by the field's name, or by what Vietnamese or English offices call it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from msgspec import inspect

from services.ingest.imports.headings import AREA_NAME, Column, Columns, Kind, folded
from services.ingest.imports.words import ALSO, CHOICES
from shared.kernel.facts import FactKind
from shared.kernel.fields import PRINTABLE

# A text that may be longer than a spreadsheet's cell shows is prose, and may have line breaks.
PROSE_LENGTH = 10_000
AREA_CODE = "area_code"


@cache
def columns_of(kind: FactKind) -> Columns:
    """Return the columns of a kind of fact, by their headings."""
    declared: dict[str, Column] = {}
    if kind.typed:
        words = {name: CHOICES["type"].get(name, (name,)) for name in kind.by_type}
        declared["type"] = Column("type", "text", "Loại", "Type", choices=words)
    for each in kind.types:
        for column in _columns(inspect.type_info(each)):
            declared.setdefault(column.name, column)
            if column.name == AREA_CODE:
                declared.setdefault(
                    AREA_NAME, Column(AREA_NAME, "text", "Tên địa bàn", "Area name")
                )
    return Columns(_without_clashes(list(declared.values())))


def _without_clashes(columns: list[Column]) -> Iterator[Column]:
    """Leave out what offices also call a field where another field is called so by itself."""
    own = {folded(name) for column in columns for name in (column.name, column.vi, column.en)}
    for column in columns:
        also = tuple(name for name in ALSO.get(column.name, ()) if folded(name) not in own)
        yield column.called(also)


def _columns(shape: Any, prefix: str = "") -> Iterator[Column]:
    for field in shape.fields:
        inner, extra = _bare(field.type)
        name = prefix + field.encode_name
        if isinstance(inner, inspect.StructType):
            yield from _columns(inner, f"{name}.")
        elif (kind := _kind(field.encode_name if not prefix else "", inner)) is not None:
            headings: tuple[str, ...] = extra.get("headings", ())
            vi, en = (*headings, name, name)[:2]
            none_with = extra.get("none_with", "")
            yield Column(name, kind, vi, en, (), _choices(name, inner), none_with)


def _bare(shape: Any) -> tuple[Any, dict[str, Any]]:
    """Return a field's type without null and descriptions, and what was said beside it."""
    extra: dict[str, Any] = {}
    while isinstance(shape, inspect.Metadata | inspect.UnionType):
        if isinstance(shape, inspect.Metadata):
            extra = {**(shape.extra or {}), **extra}
            shape = shape.type
        else:
            (shape,) = (t for t in shape.types if not isinstance(t, inspect.NoneType))
    return shape, extra


_KINDS: Mapping[type, Kind] = {
    inspect.IntType: "whole",
    inspect.DecimalType: "decimal",
    inspect.DateType: "day",
    inspect.BoolType: "flag",
    inspect.AnyType: "text",
}


def _kind(name: str, shape: Any) -> Kind | None:
    """Return how cells of the type are read; a list of objects has no cell."""
    if isinstance(shape, inspect.ListType):
        return None if isinstance(_bare(shape.item_type)[0], inspect.StructType) else "list"
    if isinstance(shape, inspect.LiteralType):
        return "flag" if isinstance(shape.values[0], bool) else "text"
    if isinstance(shape, inspect.StrType):
        return "area" if name == AREA_CODE else _text_kind(shape)
    return _KINDS.get(type(shape))


def _text_kind(shape: inspect.StrType) -> Kind:
    if (shape.max_length or 0) > PROSE_LENGTH:
        return "prose"
    # An id has a pattern of its own; free text may be anything that can be printed.
    return "text" if shape.pattern in {None, PRINTABLE} else "code"


def _choices(name: str, shape: Any) -> Mapping[str, tuple[str, ...]]:
    inner = _bare(shape.item_type)[0] if isinstance(shape, inspect.ListType) else shape
    if not isinstance(inner, inspect.LiteralType) or isinstance(inner.values[0], bool):
        return {}
    words = CHOICES.get(name, {})
    return {str(value): words.get(str(value), (str(value),)) for value in inner.values}
