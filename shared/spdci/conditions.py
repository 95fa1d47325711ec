"""What a search asks for as one tree: expressions and predicates, read into the same conditions.

Where the standard leaves open what is meant, the narrower reading is taken or the search is
rejected: several entries of a predicate must all hold; `a not b` means a and not b.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from shared.spdci.attributes import Attribute, Operator, Value, attribute, values
from shared.spdci.reasons import bad_filter

DEPTH_MAX = 8
COMPARISONS_MAX = 50


class Comparison(Struct, frozen=True):
    """An attribute held against values; of `in` one of them must be it."""

    attribute: Attribute
    operator: Operator
    values: tuple[Value, ...]


class Every(Struct, frozen=True):
    """Conditions that all hold."""

    conditions: tuple[Condition, ...]


class Either(Struct, frozen=True):
    """Conditions of which one holds."""

    conditions: tuple[Condition, ...]


class Negation(Struct, frozen=True):
    """A condition that is known not to hold."""

    condition: Condition


Condition = Comparison | Every | Either | Negation

_OPERATORS: dict[str, Operator] = {
    "$eq": "eq",
    "$in": "in",
    "$lt": "lt",
    "$lte": "le",
    "$le": "le",
    "$gt": "gt",
    "$gte": "ge",
    "$ge": "ge",
}
_PREDICATES: dict[str, Operator] = {
    "eq": "eq",
    "in": "in",
    "lt": "lt",
    "le": "le",
    "gt": "gt",
    "ge": "ge",
}


def comparisons(condition: Condition) -> list[Comparison]:
    """Return every comparison in a condition."""
    if isinstance(condition, Comparison):
        return [condition]
    if isinstance(condition, Negation):
        return comparisons(condition.condition)
    return [each for part in condition.conditions for each in comparisons(part)]


def _bounded(condition: Condition) -> Condition:
    if len(comparisons(condition)) > COMPARISONS_MAX:
        raise bad_filter(f"at most {COMPARISONS_MAX} comparisons are made in one search")
    return condition


def read_expression(query: Any) -> Condition:
    """Return the condition of `{"value": {"expression": {"collection": …, "query": {…}}}}`."""
    expression = _part(_part(query, "value"), "expression")
    collection = expression.get("collection", "Group")
    if collection != "Group":
        raise bad_filter("the only collection is Group")
    return _bounded(_object(_part(expression, "query"), DEPTH_MAX))


def _part(sent: Any, name: str) -> dict[str, Any]:
    part = sent.get(name) if isinstance(sent, dict) else None
    if not isinstance(part, dict):
        raise bad_filter(f"{name} must be an object")
    return part


def _object(sent: Any, depth: int) -> Condition:
    """Return what an object asks for: all of its members must hold."""
    if not isinstance(sent, dict) or not sent:
        raise bad_filter("a condition is an object with something in it")
    if not depth:
        raise bad_filter(f"conditions are at most {DEPTH_MAX} deep")
    return _all([_member(name, part, depth - 1) for name, part in sent.items()])


def _all(conditions: list[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else Every(tuple(conditions))


def _member(name: str, sent: Any, depth: int) -> Condition:
    if name in {"$and", "$or"}:
        if not isinstance(sent, list) or not sent:
            raise bad_filter(f"{name} takes a list with something in it")
        parts = tuple(_object(each, depth) for each in sent)
        return Every(parts) if name == "$and" else Either(parts)
    if name == "$not":
        return Negation(_object(sent, depth))
    if name.startswith("$"):
        raise bad_filter("no such operator; there are $and, $or, $not and those of attributes")
    return _compared(name, sent)


def _compared(name: str, sent: Any) -> Condition:
    """Return what holds of one attribute: `{"$lt": 5}`, or a bare value that it must be."""
    of = attribute(name)
    if not isinstance(sent, dict):
        return Comparison(of, "eq", values(of, "eq", sent))
    if not sent:
        raise bad_filter(f"{name} is compared with nothing")
    return _all([_comparison(of, _OPERATORS.get(sign), value) for sign, value in sent.items()])


def _comparison(of: Attribute, operator: Operator | None, sent: Any) -> Comparison:
    if operator is None:
        raise bad_filter(f"no such operator; {of.name} is compared by {', '.join(of.operators)}")
    return Comparison(of, operator, values(of, operator, sent))


def read_predicates(query: Any) -> Condition:
    """Return the condition of a list of `{expression1, condition, expression2}`, by `seq_num`."""
    if not isinstance(query, list) or not query:
        raise bad_filter("a predicate is a list with something in it")
    return _bounded(_all([_predicate(each) for each in query]))


def _predicate(sent: Any) -> Condition:
    if not isinstance(sent, dict):
        raise bad_filter("an entry of a predicate is an object")
    first = _expression(sent.get("expression1"))
    joint, other = sent.get("condition"), sent.get("expression2")
    if joint is None and other is None:
        return first
    if joint is None or other is None:
        raise bad_filter("condition and expression2 stand together")
    second = _expression(other)
    if joint == "and":
        return Every((first, second))
    if joint == "or":
        return Either((first, second))
    if joint == "not":
        return Every((first, Negation(second)))
    raise bad_filter("condition is one of and, or, not")


def _expression(sent: Any) -> Comparison:
    if not isinstance(sent, dict) or not isinstance(sent.get("attribute_name"), str):
        raise bad_filter("an expression names an attribute, an operator and a value")
    operator = sent.get("operator")
    known = _PREDICATES.get(operator) if isinstance(operator, str) else None
    return _comparison(attribute(sent["attribute_name"]), known, sent.get("attribute_value"))
