"""Conditions on what the register holds of a household: values of policy documents, never code.

A document says `one_of`, `contains` or `not` of an input; a plain value or a list stands for
`one_of`. What is unknown meets no condition, except a `not` that does not ask for `known: true`.

Law: policy (each rule's entry cites the act that sets its conditions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.kernel.errors import PolicyError

Value = str | bool
Kind = Literal["text", "flag", "keys"]

# `keys`: indicator keys of the poverty standard, or attributes posted about the area.
HELD: Mapping[str, Kind] = {
    "household.status": "text",
    "household.ethnic_group": "text",
    "household.area_type": "text",
    "household.merit_member": "flag",
    "household.no_labour_capacity": "flag",
    "household.deprived": "keys",
    "fact.attributes": "keys",
}
_TYPES: Mapping[Kind, type] = {"text": str, "flag": bool, "keys": str}


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be true of one input; `contains` has one value, `known` belongs to `none_of`."""

    input: str
    test: Literal["one_of", "none_of", "contains"]
    values: tuple[Value, ...]
    known: bool = False

    def met(self, facts: Mapping[str, Any]) -> bool:
        """Say whether the facts, by input, meet the condition; an absent input is unknown."""
        value = facts.get(self.input)
        if value is None:
            return self.test == "none_of" and not self.known
        if self.test == "contains":
            return self.values[0] in value
        return (value in self.values) is (self.test == "one_of")


def read_condition(name: str, requirement: Any, pointer: str) -> Condition:
    """Read what a document says of an input; faults are `condition_unknown` at `pointer`."""
    kind = HELD.get(name)
    if kind is None:
        raise PolicyError("unknown_input", f"the register does not hold {name!r}", pointer)
    test, operand, known = _spoken(requirement, pointer)
    values = tuple(operand) if isinstance(operand, list) else (operand,)
    right = (test == "contains") is (kind == "keys") and (test != "contains" or len(values) == 1)
    if not right or not values or not all(type(v) is _TYPES[kind] for v in values):
        raise PolicyError("condition_unknown", f"{requirement!r} cannot be said of {name}", pointer)
    return Condition(name, test, values, known)


_TESTS: Mapping[str, Literal["one_of", "none_of", "contains"]] = {
    "one_of": "one_of",
    "not": "none_of",
    "contains": "contains",
}


def _spoken(
    requirement: Any, pointer: str
) -> tuple[Literal["one_of", "none_of", "contains"], Any, bool]:
    if not isinstance(requirement, Mapping):
        return "one_of", requirement, False
    known = requirement.get("known", False)
    tests = [key for key in requirement if key != "known"]
    if len(tests) != 1 or tests[0] not in _TESTS or type(known) is not bool:
        raise PolicyError("condition_unknown", f"{requirement!r} is not one condition", pointer)
    test = _TESTS[tests[0]]
    if known and test != "none_of":
        raise PolicyError("condition_unknown", "known belongs to a `not`", pointer)
    return test, requirement[tests[0]], known
