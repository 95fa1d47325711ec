"""Support norms as law writes them: whom each is for, what it gives, and what one content is.

What the register cannot tell is unknown, never false: a norm that asks for it names it.

Law: policy (each norm of `support_norms.yaml` cites its act); 146/2018/NĐ-CP Art. 8(2),
60/2026/TT-BTC Art. 2(3)b (of one content only the highest support counts).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal, get_args

from shared.kernel.errors import PolicyError
from shared.law.entries import Entry, check, holds

Facts = Mapping[str, Any]
Truth = bool | None
Bound = Literal["exact", "at_least", "at_most"]
MeasureKind = Literal["percent", "vnd", "rate", "package"]

AGE = "person.age"
STATUS_INPUTS = frozenset({"household.status", "household.living_standard"})
# What a norm may ask of the register; `person.age` is asked of each member.
INPUTS = frozenset(
    {
        *STATUS_INPUTS,
        "household.ethnic_group",
        "household.area_type",
        "area.attributes",
        "area.extremely_difficult",
        AGE,
    }
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold of one input; ages in full years, `below` exclusive."""

    input: str
    test: Literal["one_of", "none_of", "contains", "equals", "age"]
    values: tuple[Any, ...] = ()
    age_from: int = 0
    age_below: int | None = None

    def truth(self, facts: Facts) -> Truth:
        """Say whether facts, by input, meet it; None where they do not tell."""
        value = facts.get(self.input)
        if value is None:
            return None
        if self.test == "age":
            return self.age_from <= value and (self.age_below is None or value < self.age_below)
        if self.test == "contains":
            return self.values[0] in value
        return (value in self.values) is not (self.test == "none_of")


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """One kind of household or person that a norm is for."""

    id: str
    where: tuple[Requirement, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a norm gives: a share, an amount in đồng, a yearly rate, or a part of a package.

    `value` is None where it follows from `of` alone.
    """

    kind: MeasureKind
    value: Fraction | None
    bound: Bound
    of: str | None


@dataclass(frozen=True)
class Norm:
    """One norm that entitles."""

    id: str
    content: str
    beneficiaries: tuple[Beneficiary, ...]
    where: tuple[Requirement, ...]
    needs: tuple[str, ...]
    measure: Measure
    unit: str
    entry: Entry

    @property
    def requirements(self) -> Iterator[Requirement]:
        """Return everything that it asks of the register."""
        yield from self.where
        for beneficiary in self.beneficiaries:
            yield from beneficiary.where

    @property
    def of_persons(self) -> bool:
        """Say whether it asks for the age of a member, and so holds of each one apart."""
        return any(requirement.input == AGE for requirement in self.requirements)


@dataclass(frozen=True)
class SupportNorms:
    """One version of the document."""

    norms: tuple[Norm, ...]
    references: Mapping[str, tuple[Entry, ...]]
    facts: Mapping[str, Mapping[str, str]]
    digest: str = ""

    def reference(self, name: str, day: date) -> Fraction | None:
        """Return the value of a reference on a day, in đồng; None where none is known."""
        for entry in self.references[name]:
            if holds(entry, day):
                return self._value(entry, day)
        return None

    def _value(self, entry: Entry, day: date) -> Fraction | None:
        if "percent" not in entry:
            return Fraction(entry["amount_vnd"])
        whole = self.reference(entry["of"], day)
        return None if whole is None else whole * Fraction(entry["percent"]) / 100


def read_support_norms(document: Mapping[str, Any], digest: str = "") -> SupportNorms:
    """Build the norms from their document (`seeds/policy/support_norms.yaml`).

    Every fault of it is a `PolicyError`: an entry that says too little, an input or a fact that is
    not known, a content of two measures, a reference to nothing. A version of before norms said
    whom they are for entitles nobody: nothing was computed from it.
    """
    if "facts" not in document:
        return SupportNorms((), {}, {}, digest)
    for fault in check([*document["norms"], *document["payment_rules"]]):
        raise fault
    facts = document["facts"]
    beneficiaries = {
        name: Beneficiary(name, _where(entry, name), _needs(entry, facts, name))
        for name, entry in document["beneficiaries"].items()
    }
    references: dict[str, tuple[Entry, ...]] = {}
    for entry in document["norms"]:
        if "content" not in entry:
            for name in {entry["id"], entry.get("series", entry["id"])}:
                references[name] = (*references.get(name, ()), entry)
    norms = tuple(
        _norm(entry, beneficiaries, facts) for entry in document["norms"] if "content" in entry
    )
    _check_references(norms, references)
    _check_contents(norms)
    return SupportNorms(norms, references, facts, digest)


def _norm(entry: Entry, beneficiaries: Mapping[str, Beneficiary], facts: Mapping[str, Any]) -> Norm:
    name = entry["id"]
    strange = [each for each in entry["beneficiaries"] if each not in beneficiaries]
    if strange or not entry["beneficiaries"]:
        raise PolicyError("beneficiary_unknown", f"{name} is for {strange or 'nobody'}")
    return Norm(
        id=name,
        content=entry["content"],
        beneficiaries=tuple(beneficiaries[each] for each in entry["beneficiaries"]),
        where=_where(entry, name),
        needs=_needs(entry, facts, name),
        measure=_measure(entry),
        unit=entry["unit"],
        entry=entry,
    )


def _where(entry: Entry, name: str) -> tuple[Requirement, ...]:
    return tuple(_requirement(k, v, name) for k, v in (entry.get("where") or {}).items())


def _requirement(name: str, condition: Any, owner: str) -> Requirement:
    if name not in INPUTS:
        raise PolicyError("unknown_input", f"{owner} asks {name!r}, which nobody can tell")
    if name == AGE:
        return Requirement(name, "age", (), condition.get("from", 0), condition.get("below"))
    if isinstance(condition, Mapping):
        ((test, values),) = condition.items()
        if test == "contains":
            return Requirement(name, "contains", (values,))
        return Requirement(name, "none_of", tuple(values))
    if isinstance(condition, bool):
        return Requirement(name, "equals", (condition,))
    return Requirement(name, "one_of", tuple(condition))


def _needs(entry: Entry, facts: Mapping[str, Any], name: str) -> tuple[str, ...]:
    needs = tuple(entry.get("needs") or ())
    if unnamed := [each for each in needs if each not in facts]:
        raise PolicyError("unknown_input", f"{name} needs {unnamed}, which no fact is called")
    return needs


_MEASURES: tuple[tuple[str, MeasureKind], ...] = (
    ("percent_a_year", "rate"),
    ("package_percent", "package"),
    ("percent", "percent"),
)


def _measure(entry: Entry) -> Measure:
    of = entry.get("of")
    if "coefficient" in entry:
        return Measure("vnd", Fraction(entry["coefficient"]), "exact", of)
    for key, kind in _MEASURES:
        for bound, name in _bounded(key):
            if name in entry:
                return Measure(kind, Fraction(entry[name]), bound, of)
    for bound, name in (("exact", "amount_vnd"), *_bounded("vnd")):
        if name in entry:
            return Measure("vnd", Fraction(entry[name]), bound, None)
    if of is None:
        raise PolicyError("norm_missing", f"{entry['id']} does not say what it gives")
    return Measure("vnd", None, "exact", of)


def _bounded(key: str) -> Iterator[tuple[Bound, str]]:
    for bound in get_args(Bound):
        yield bound, key if bound == "exact" else f"{bound}_{key}"


def _check_references(norms: Iterable[Norm], references: Mapping[str, Sequence[Entry]]) -> None:
    for norm in norms:
        if norm.measure.of is not None and norm.measure.of not in references:
            raise PolicyError("reference_unknown", f"{norm.id} is of {norm.measure.of!r}")


def _check_contents(norms: Iterable[Norm]) -> None:
    """Refuse a content of which nobody could say what is higher."""
    kinds: dict[str, str] = {}
    for norm in norms:
        if kinds.setdefault(norm.content, norm.measure.kind) != norm.measure.kind:
            raise PolicyError(
                "content_incomparable", f"{norm.id} is measured unlike {norm.content}"
            )
