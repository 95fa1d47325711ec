"""Conditions of `household_norm` rules as SQL over `norm_candidates c`; values are parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.kernel.errors import PolicyError
from shared.law.conditions import HELD, Condition
from shared.law.standards import Standards
from shared.money.household_norm import HouseholdNorm

# Kept of a candidate, whatever the rule: what is read of its episode is at hand anyway.
OF_EPISODE = ("status", "standard", "ethnic_group", "area_type", "deprived")
OF_ASSESSMENT = ("merit_member", "no_labour_capacity")
_TYPES = {"text": "text[]", "flag": "bool[]"}


@dataclass
class ConditionValues:
    """Values of one statement: those that its text numbers itself, then those of the rule."""

    values: list[Any] = field(default_factory=list)

    def add(self, value: Any, kind: str) -> str:
        """Take a value along and return how the statement names it."""
        self.values.append(value)
        return f"${len(self.values)}::{kind}"


@dataclass(frozen=True)
class RuleMeaning:
    """What a rule's words mean on a day: codes of indicators, areas that carry an attribute."""

    standards: Standards
    attribute_area_ids: Mapping[str, Collection[int]]

    def sql(self, condition: Condition, parameters: ConditionValues) -> str:
        """Return the SQL of a condition; it is true or false, never null."""
        if condition.input == "household.deprived":
            return self._deprived(str(condition.values[0]), parameters)
        if condition.input == "fact.attributes":
            areas = self.attribute_area_ids[str(condition.values[0])]
            return f"(c.area_id = ANY({parameters.add(sorted(areas), 'int[]')})) IS TRUE"
        values = parameters.add(list(condition.values), _TYPES[HELD[condition.input]])
        if condition.test == "one_of":
            return f"({column(condition.input)} = ANY({values})) IS TRUE"
        truth = "IS TRUE" if condition.known else "IS NOT FALSE"
        return f"({column(condition.input)} <> ALL({values})) {truth}"

    def all_of(self, conditions: Iterable[Condition], parameters: ConditionValues) -> str:
        """Return the SQL of conditions that must all be met."""
        return " AND ".join(self.sql(condition, parameters) for condition in conditions) or "true"

    def _deprived(self, key: str, parameters: ConditionValues) -> str:
        # A standard without the indicator cannot have found a household deprived in it.
        codes = [(s.id, s.codes[key]) for s in self.standards.items if key in s.codes]
        if not codes:
            raise PolicyError("unknown_indicator", f"no poverty standard has an indicator {key!r}")
        deprived = " OR ".join(
            f"c.standard = {parameters.add(standard, 'text')} "
            f"AND {parameters.add(code, 'text')} = ANY(c.deprived)"
            for standard, code in codes
        )
        return f"({deprived}) IS TRUE"


def failed_criteria(
    rule: HouseholdNorm, meaning: RuleMeaning, supported: str, parameters: ConditionValues
) -> str:
    """Return the SQL of the codes of the criteria that a candidate does not meet, in order.

    `supported` says in SQL whether the content was supported before.
    """
    failures = []
    for criterion in rule.eligibility:
        if criterion.refusal is not None:
            failure = supported
        elif criterion.condition is not None:
            failure = f"NOT ({meaning.sql(criterion.condition, parameters)})"
        else:
            continue  # nobody can tell; the run was refused unless this was waived
        code = parameters.add(criterion.code, "text")
        failures.append(f"CASE WHEN {failure} THEN {code} END")
    return f"array_remove(ARRAY[{', '.join(failures)}], NULL)"


def first_rank(rule: HouseholdNorm, meaning: RuleMeaning, parameters: ConditionValues) -> str:
    """Return the SQL of the first rank whose conditions a candidate meets; the last has none."""
    ranks = " ".join(
        f"WHEN {meaning.all_of(p.conditions, parameters)} THEN {p.rank}"
        for p in rule.priorities
        if p.conditions is not None
    )
    return f"CASE {ranks} END"


def column(name: str) -> str:
    """Return the column of an input that is one value of a household."""
    field_name = name.removeprefix("household.")
    if field_name not in (*OF_EPISODE, *OF_ASSESSMENT):
        raise PolicyError("unknown_input", f"{name} is no value of a household")
    return f"c.{field_name}"


def read_of_candidate(
    rule: HouseholdNorm, meaning: RuleMeaning, parameters: ConditionValues
) -> str:
    """Return the SQL of the text that names a candidate and what the rule reads of it.

    Fields end with a unit separator, which no text of a household can contain.
    """
    parts = ["c.household_id", "c.status"]
    for name in sorted(rule.inputs - {"household.status"}):
        if name == "fact.attributes":
            conditions = dict.fromkeys(c for c in rule.conditions if c.input == name)
            parts += [f"({meaning.sql(c, parameters)})::text" for c in conditions]
        elif name == "household.deprived":
            parts += ["c.standard", "array_to_string(c.deprived, ',')"]
        else:
            parts.append(f"{column(name)}::text")
    return " || ".join(f"coalesce({part}, '') || E'\\x1f'" for part in parts)
