"""What groups can be searched and sorted by: the attributes of our national profile.

Each has a kind, which says what its values look like and which operators it takes. Whatever else is
named is rejected: a filter that nobody understands must never match everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Literal, get_args

from msgspec import Struct

from shared.kernel.fields import CONTROL
from shared.law.standards import AreaType, Status
from shared.spdci.reasons import bad_filter

Operator = Literal["eq", "in", "lt", "le", "gt", "ge"]
Kind = Literal["text", "area", "number", "day"]
Value = str | int | date
NUMBER_MAX = 2**31 - 1
TEXT_MAX = 200
VALUES_MAX = 1000
_DIGITS = re.compile(r" *[0-9]{1,10} *")


class Attribute(Struct, frozen=True):
    """Something of a group that a search may compare; `choices`: the values that there are."""

    name: str
    kind: Kind
    choices: frozenset[str] = frozenset()

    @property
    def operators(self) -> tuple[Operator, ...]:
        """Return what it can be compared by: an order is one of numbers and days."""
        return get_args(Operator) if self.kind in {"number", "day"} else ("eq", "in")


ATTRIBUTES = {
    each.name: each
    for each in (
        Attribute("group_identifier", "text"),
        Attribute("classification_code", "text", frozenset(get_args(Status))),
        Attribute("classification_validity_start", "day"),
        Attribute("classification_validity_end", "day"),
        Attribute("reviewed_on", "day"),
        Attribute("area_code", "area"),
        Attribute("area_type", "text", frozenset(get_args(AreaType))),
        Attribute("ethnic_group", "text"),
        Attribute("poverty_score", "number"),
        Attribute("group_size", "number"),
    )
}
# Names that the standard's own examples use for the same.
ALIASES = {
    "location": "area_code",
    "area-code": "area_code",
    "poverty_status": "classification_code",
}


def attribute(name: str) -> Attribute:
    """Return what is called so; anything unknown is rejected."""
    known = ATTRIBUTES.get(ALIASES.get(name, name))
    if known is None:
        raise bad_filter(f"no such attribute; there are {', '.join(sorted(ATTRIBUTES))}")
    return known


def values(of: Attribute, operator: Operator, sent: Any) -> tuple[Value, ...]:
    """Return what an attribute is compared with; `in` takes a list, or text with commas."""
    if operator not in of.operators:
        raise bad_filter(f"{of.name} is compared by {', '.join(of.operators)}")
    if operator == "in":
        parts = sent.split(",") if isinstance(sent, str) else sent
        if not isinstance(parts, list) or not 0 < len(parts) <= VALUES_MAX:
            raise bad_filter(f"in takes 1 to {VALUES_MAX} values")
    else:
        parts = [sent]
    return tuple(_READ[of.kind](of, part) for part in parts)


def _text(of: Attribute, sent: Any) -> str:
    value = sent.strip() if isinstance(sent, str) else ""
    if not value or len(value) > TEXT_MAX or CONTROL.search(value):
        raise bad_filter(f"{of.name} is compared with text of 1 to {TEXT_MAX} characters")
    if of.choices and value not in of.choices:
        raise bad_filter(f"{of.name} is one of {', '.join(sorted(of.choices))}")
    return value


def _number(of: Attribute, sent: Any) -> int:
    """Return a whole number; many senders write it as text."""
    if (
        isinstance(sent, str)
        and sent.strip().isascii()
        and sent.strip().isdigit()
        and len(sent) < 20
    ):
        sent = int(sent)
    if type(sent) is float and sent.is_integer():
        sent = int(sent)
    if type(sent) is not int or not 0 <= sent <= NUMBER_MAX:
        raise bad_filter(f"{of.name} is compared with whole numbers from 0 on")
    return sent


def _day(of: Attribute, sent: Any) -> date:
    try:
        if isinstance(sent, str):
            return date.fromisoformat(sent.strip())
    except ValueError:
        pass
    raise bad_filter(f"{of.name} is compared with days, YYYY-MM-DD")


_READ: dict[Kind, Callable[[Attribute, Any], Value]] = {
    "text": _text,
    "area": _text,
    "number": _number,
    "day": _day,
}
