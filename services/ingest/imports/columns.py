"""The columns that a spreadsheet of a kind of fact may have, as the kind declares its fields.

A column is headed by the field's name, or by what Vietnamese or English offices call it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from msgspec import inspect

from shared.kernel.facts import FactKind

Form = Literal["text", "number", "flag", "list"]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: the field that it fills (`parent.run_id`: a field of a field), and its form.

    `none_with`: beside that field an empty cell is an empty list.
    """

    field: str
    form: Form
    headings: tuple[str, ...] = ()
    none_with: str = ""


@cache
def columns_of(kind: FactKind) -> Mapping[str, SheetColumn]:
    """Return the columns of a kind, by the names of their fields."""
    columns: dict[str, SheetColumn] = {}
    for each in kind.types:
        for column in _columns(inspect.type_info(each)):
            columns.setdefault(column.field, column)
    return columns


@cache
def headings_of(kind: FactKind) -> Mapping[str, str]:
    """Return the field of each heading, as `plain` writes headings."""
    columns = columns_of(kind).values()
    named = {plain(heading): c.field for c in columns for heading in c.headings}
    return named | {plain(column.field): column.field for column in columns}


def plain(heading: str) -> str:
    """Return a heading without what differs from one sheet to the next: case and blanks."""
    return " ".join(heading.split()).casefold()


def _columns(shape: Any, prefix: str = "") -> Iterator[SheetColumn]:
    for field in shape.fields:
        inner, extra = _bare(field.type)
        name = prefix + field.encode_name
        if isinstance(inner, inspect.StructType):
            yield from _columns(inner, f"{name}.")
        elif (form := _form(inner)) is not None:
            headings = extra.get("headings", ())
            yield SheetColumn(name, form, headings, extra.get("none_with", ""))


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


def _form(shape: Any) -> Form | None:
    """Return how cells of the type are read; a list of objects has no cell."""
    if isinstance(shape, inspect.ListType):
        return None if isinstance(_bare(shape.item_type)[0], inspect.StructType) else "list"
    if isinstance(shape, inspect.IntType):
        return "number"
    boolean = isinstance(shape, inspect.LiteralType) and isinstance(shape.values[0], bool)
    return "flag" if boolean or isinstance(shape, inspect.BoolType) else "text"
