"""Rules of kind `household_norm`: one norm per eligible household, in order, until the money ends.

Everything a rule says is data (`seeds/policy/allocation_rules.yaml`): its criteria, the meaning and
order of its priorities, its tranches. Who gets what by it is decided in `household_queue`.

Law: 02/2022/QĐ-TTg Art. 9(1), 55/2023/TT-BTC Art. 74-75 (norms and tranches of houses);
01/2022/TT-BXD (criteria and order).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.kernel.errors import PolicyError
from shared.law.conditions import HELD, Condition, read_condition
from shared.law.standards import LISTS
from shared.money.allocations import RunRefusal

STATUS = "household.status"
SUPPORTED = "household.supported_content"
# Of a household that was paid a part under the run that is replaced: a house that was begun is
# finished before another is begun.
RANK_OF_BEGUN = 0


@dataclass(frozen=True, slots=True)
class NormCriterion:
    """One criterion: a condition, or `refusal` (no support before), or neither: not held."""

    code: str
    input: str
    condition: Condition | None
    refusal: Literal["already_supported"] | None
    checked_by: str | None
    en: str
    vi: str

    @property
    def held(self) -> bool:
        """Say whether the register can tell if a household meets the criterion."""
        return self.condition is not None or self.refusal is not None


@dataclass(frozen=True, slots=True)
class Priority:
    """One place in the order: all conditions must be met; None where the register cannot tell."""

    rank: int
    code: str
    conditions: tuple[Condition, ...] | None
    inputs: tuple[str, ...]
    en: str
    vi: str

    @property
    def held(self) -> bool:
        """Say whether the register can tell which households have this rank."""
        return self.conditions is not None


@dataclass(frozen=True, slots=True)
class Tranche:
    """One part of the norm, and what must be finished before it is paid."""

    percent: int
    after: str
    en: str
    vi: str


@dataclass(frozen=True)
class HouseholdNorm:
    """One rule, read."""

    id: str
    content: str
    unit_norm_vnd: int
    legal_basis: tuple[str, ...]
    en: str
    vi: str
    eligibility: tuple[NormCriterion, ...]
    priorities: tuple[Priority, ...]
    tranches: tuple[Tranche, ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return every condition that the rule puts to a household."""
        criteria = [c.condition for c in self.eligibility if c.condition is not None]
        return (*criteria, *(c for p in self.priorities for c in p.conditions or ()))

    @property
    def inputs(self) -> frozenset[str]:
        """Return the inputs, of those held, that the rule reads."""
        return frozenset(condition.input for condition in self.conditions)

    @property
    def waivable(self) -> frozenset[str]:
        """Return the inputs that the rule needs and the register lacks."""
        return frozenset(name for name, _ in _lacking(self))

    @property
    def attributes(self) -> frozenset[str]:
        """Return the attributes of areas that the rule asks for."""
        conditions = (c for c in self.conditions if c.input == "fact.attributes")
        return frozenset(str(condition.values[0]) for condition in conditions)

    @property
    def refusing(self) -> NormCriterion:
        """Return the one criterion that refuses a content which was supported before."""
        (criterion,) = (c for c in self.eligibility if c.refusal is not None)
        return criterion

    @property
    def statuses(self) -> tuple[str, ...]:
        """Return the statuses of the households that get a line: the lists, and those it names."""
        statuses = (
            str(value)
            for condition in self.conditions
            if condition.input == STATUS and condition.test == "one_of"
            for value in condition.values
        )
        return tuple(dict.fromkeys((*LISTS, *statuses)))


def unavailable(rule: HouseholdNorm, waived: Collection[str]) -> tuple[RunRefusal, ...]:
    """Return one `input_unavailable` per input that the register lacks and nobody waived."""
    codes = {name: code for name, code in _lacking(rule) if name not in waived}
    return tuple(
        RunRefusal(
            "input_unavailable",
            name,
            f"{rule.id} needs {name} ({code}), which the register does not hold; "
            f'to go without it say so in parameters: {{"waive": ["{name}"]}}',
        )
        for name, code in codes.items()
    )


def _lacking(rule: HouseholdNorm) -> Iterator[tuple[str, str]]:
    for criterion in rule.eligibility:
        if not criterion.held:
            yield criterion.input, criterion.code
    for priority in rule.priorities:
        if not priority.held:
            yield from ((i, priority.code) for i in priority.inputs if i not in HELD)


def read(entry: Mapping[str, Any]) -> HouseholdNorm:
    """Read a rule from its policy entry; every fault of it is a `PolicyError`."""
    name, norm = entry["id"], entry.get("unit_norm_vnd")
    if type(norm) is not int or norm <= 0:
        raise PolicyError("norm_missing", f"{name} names no unit norm", "unit_norm_vnd")
    if not entry.get("content"):
        raise PolicyError("content_missing", f"{name} does not say what it supports", "content")
    return HouseholdNorm(
        id=name,
        content=entry["content"],
        unit_norm_vnd=norm,
        legal_basis=tuple(entry["legal_basis"]),
        en=entry["en"],
        vi=entry["vi"],
        eligibility=_eligibility(entry),
        priorities=_priorities(entry),
        tranches=_tranches(entry),
    )


def _eligibility(entry: Mapping[str, Any]) -> tuple[NormCriterion, ...]:
    criteria = tuple(_criterion(e, f"eligibility/{e['code']}") for e in entry["eligibility"])
    _check_unique(entry, [c.code for c in criteria])
    if [c.input for c in criteria if c.refusal is not None] != [SUPPORTED]:
        raise PolicyError(
            "criterion_missing",
            f"{entry['id']} must refuse a content that was supported before, once",
            "eligibility",
        )
    return criteria


def _criterion(entry: Mapping[str, Any], pointer: str) -> NormCriterion:
    refusal = entry.get("refusal")
    condition = None
    if refusal is not None:
        if (refusal, entry["input"]) != ("already_supported", SUPPORTED):
            raise PolicyError("condition_unknown", f"{refusal!r} is no refusal", pointer)
    elif _is_held(entry, (entry["input"],), pointer):
        requirement = {
            key: entry[key] for key in ("one_of", "contains", "not", "known") if key in entry
        }
        condition = read_condition(entry["input"], requirement, pointer)
    return NormCriterion(
        code=entry["code"],
        input=entry["input"],
        condition=condition,
        refusal=refusal,
        checked_by=entry.get("checked_by"),
        en=entry["en"],
        vi=entry["vi"],
    )


def _priorities(entry: Mapping[str, Any]) -> tuple[Priority, ...]:
    priorities = tuple(_priority(e, f"priority/{e['code']}") for e in entry["priority"])
    _check_unique(entry, [p.code for p in priorities])
    ranks = [p.rank for p in priorities]
    if not ranks or min(ranks) <= RANK_OF_BEGUN or ranks != sorted(set(ranks)):
        raise PolicyError("ranks_unordered", f"ranks of {entry['id']}: 1, 2, 3 …", "priority")
    if priorities[-1].conditions != ():
        raise PolicyError(
            "priority_incomplete",
            f"the last rank of {entry['id']} must take all others",
            "priority",
        )
    return priorities


def _priority(entry: Mapping[str, Any], pointer: str) -> Priority:
    conditions = None
    if _is_held(entry, entry["inputs"], pointer):
        where = entry.get("where")
        if where is None or set(where) != set(entry["inputs"]):
            raise PolicyError("condition_unknown", f"{pointer} must say where it holds", pointer)
        conditions = tuple(
            read_condition(name, requirement, pointer) for name, requirement in where.items()
        )
    return Priority(
        rank=entry["rank"],
        code=entry["code"],
        conditions=conditions,
        inputs=tuple(entry["inputs"]),
        en=entry["en"],
        vi=entry["vi"],
    )


def _is_held(entry: Mapping[str, Any], inputs: Sequence[str], pointer: str) -> bool:
    """Say whether the register can tell; a document that says less than it holds is at fault."""
    held = entry.get("held", True)
    if not held and all(name in HELD for name in inputs):
        raise PolicyError("input_held", f"the register holds what {pointer} asks", pointer)
    return bool(held)


def _tranches(entry: Mapping[str, Any]) -> tuple[Tranche, ...]:
    tranches = tuple(
        Tranche(e["percent"], e["after"], e["en"], e["vi"]) for e in entry.get("tranches") or ()
    )
    if tranches and sum(tranche.percent for tranche in tranches) != 100:
        raise PolicyError("tranches_incomplete", f"tranches of {entry['id']} make no whole")
    return tranches


def _check_unique(entry: Mapping[str, Any], codes: Sequence[str]) -> None:
    if len(set(codes)) != len(codes):
        raise PolicyError("code_repeated", f"{entry['id']} has two entries of one code")
