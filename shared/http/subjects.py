"""Whom an answer is about: read from the fields of its type that name a household or a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from msgspec import UNSET, inspect

NAMES = frozenset({"household_id", "person_id"})
Find = Callable[[Any, set[str]], None]


def finder(kinds: Iterable[Any]) -> Find | None:
    """Return what adds the subjects of an answer of these types to a set; None: they name none."""
    steps = [step for kind in kinds if (step := _of(kind)) is not None]
    if not steps:
        return None
    return _look if len(steps) > 1 else steps[0]


@cache
def _of(kind: Any) -> Find | None:
    return _step(inspect.type_info(kind), ())


def _step(shape: Any, above: tuple[type, ...]) -> Find | None:
    """Return what looks into values of a type; None where there is nothing to find."""
    if isinstance(shape, inspect.Metadata):
        return _look if _is_of_named_types(shape) else _step(shape.type, above)
    if isinstance(shape, inspect.UnionType):
        return _union([step for each in shape.types if (step := _step(each, above)) is not None])
    if isinstance(shape, inspect.ListType | inspect.VarTupleType):
        return _items(_step(shape.item_type, above))
    if isinstance(shape, inspect.StructType):
        return _struct(shape, above)
    return _look if isinstance(shape, inspect.DictType) and _is_open(shape.value_type) else None


def _is_of_named_types(shape: inspect.Metadata) -> bool:
    """Say whether the types of a value are named beside it alone (`schemas.one_of`)."""
    beside = shape.extra_json_schema or {}
    return isinstance(shape.type, inspect.AnyType) and bool({"oneOf", "anyOf", "$ref"} & {*beside})


def _is_open(shape: Any) -> bool:
    return isinstance(shape, inspect.AnyType | inspect.DictType)


def _union(steps: list[Find]) -> Find | None:
    """Of several types nobody knows which it will be: all of the value is looked through."""
    if len(steps) != 1:
        return _look if steps else None
    (step,) = steps

    def or_nothing(value: Any, subjects: set[str]) -> None:
        if value is not None and value is not UNSET:
            step(value, subjects)

    return or_nothing


def _items(step: Find | None) -> Find | None:
    if step is None:
        return None

    def items(values: Any, subjects: set[str]) -> None:
        for value in values or ():
            step(value, subjects)

    return items


def _struct(shape: inspect.StructType, above: tuple[type, ...]) -> Find | None:
    if shape.cls in above:
        return None
    own = tuple(field.name for field in shape.fields if field.encode_name in NAMES)
    inner = tuple(
        (field.name, step)
        for field in shape.fields
        if field.name not in own and (step := _step(field.type, (*above, shape.cls))) is not None
    )
    if not own and not inner:
        return None

    def struct(value: Any, subjects: set[str]) -> None:
        for name in own:
            if (subject := getattr(value, name)) is not None:
                subjects.add(str(subject))
        for name, step in inner:
            step(getattr(value, name), subjects)

    return struct


def _look(value: Any, subjects: set[str]) -> None:
    """Look through a value whatever it is made of."""
    for name, inner in _parts(value):
        if name in NAMES:
            if inner is not None:
                subjects.add(str(inner))
        elif name == "subject" and isinstance(inner, str):
            # Of a finding: `household:ID`, `fund:ID` or `article:ID`.
            kind, _, subject = inner.partition(":")
            subjects |= {subject} if kind == "household" else set()
        else:
            _look(inner, subjects)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from (("", each) for each in value)
    elif hasattr(value, "__struct_fields__"):
        yield from ((name, getattr(value, name)) for name in value.__struct_fields__)
