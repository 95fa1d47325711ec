"""Schemas made of types: fields, sentences, closed sets, and no name twice."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from shared.http.schemas import Instant, components, extend, extended, one_of, schema_of


class Paid(Struct, frozen=True):
    """A payment.

    In whole đồng.
    """

    EXTENDED = True
    amount_vnd: Annotated[int, Meta(description="Đồng.", ge=0)]
    title: str
    from_: date = msgspec.field(name="from")


class Returned(Struct, frozen=True):
    """What came back."""

    on: Annotated[Instant | None, Meta(description="When; null: not yet.")]


class Ledger(Struct, frozen=True):
    """Both."""

    kind: Literal["paid", "returned"]
    movements: list[Annotated[Any, one_of(Paid, Returned)]]
    posted: Annotated[dict[str, Any], extended(Paid), Meta(description="As posted.")]


def test_a_type_gives_its_schema_and_those_that_it_points_to() -> None:
    (schema,), named = components([Ledger])
    assert schema == {"$ref": "#/components/schemas/Ledger"}
    assert set(named) == {"Ledger", "Paid", "Returned"}
    properties = named["Ledger"]["properties"]
    assert properties["kind"] == {"type": "string", "enum": ["paid", "returned"]}
    assert properties["movements"]["items"]["oneOf"] == [
        {"$ref": "#/components/schemas/Paid"},
        {"$ref": "#/components/schemas/Returned"},
    ]
    assert properties["posted"] == {
        "$ref": "#/components/schemas/Paid",
        "description": "As posted.",
    }
    assert named["Paid"]["additionalProperties"] is True
    assert named["Paid"]["description"] == "A payment.\n\nIn whole đồng."
    assert set(named["Paid"]["properties"]) == {"amount_vnd", "title", "from"}
    assert named["Returned"]["properties"]["on"] == {
        "description": "When; null: not yet.",
        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}],
    }


def test_two_types_of_one_name_are_refused() -> None:
    other = msgspec.defstruct("Returned", [("other", int)], module="tests.elsewhere")
    with pytest.raises(ValueError, match="Returned"):
        components([Returned, other])


def test_a_plain_type_needs_no_components() -> None:
    assert schema_of(Literal["a", "b"]) == {"type": "string", "enum": ["a", "b"]}
    with pytest.raises(ValueError, match="Returned"):
        schema_of(Returned)


def test_of_a_field_in_both_the_named_one_counts() -> None:
    posted = extend(Returned(on=None), {"on": "2024-01-01", "note": "x"})
    assert posted == {"on": None, "note": "x"}
