"""Criteria of a score, and what is known of the lines that they score.

What is read from facts (`fact.*`) is read of each commune of a line. Everything else is of the line
itself: households counted by the register, its rates, its number of communes, supplied values.

Law: 02/2022/QĐ-TTg, 16/2026/QĐ-TTg (the criteria and what they are read from).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from shared.kernel.errors import PolicyError
from shared.law.standards import LISTS

Number = int | Fraction

VILLAGES = "fact.extremely_difficult_villages"
FACT_INPUTS = ("fact.zone", "fact.attributes", VILLAGES)
COUNT_INPUTS = {
    "register.poor_households": ("poor",),
    "register.near_poor_households": ("near_poor",),
    "register.poor_and_near_poor_households": LISTS,
}
RATE_INPUTS = {
    "register.poor_rate": ("poor",),
    "register.near_poor_rate": ("near_poor",),
    "register.multidimensional_rate": LISTS,
}
COMMUNE_COUNT = "areas.commune_count"
INPUTS = (*FACT_INPUTS, *COUNT_INPUTS, *RATE_INPUTS, COMMUNE_COUNT)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that scores; `input` None: the law's input is unknown, its values are supplied."""

    code: str
    en: str
    vi: str
    input: str | None
    coefficient: Number | None
    group: str | None = None
    equals: str | None = None
    contains: str | None = None
    otherwise: bool = False
    absent: int | None = None
    unknown: Mapping[str, str] = field(default_factory=dict)
    assumption: str | None = None

    @property
    def of_communes(self) -> bool:
        """Say whether the value is read of each commune rather than of the line."""
        return self.input in FACT_INPUTS


@dataclass(frozen=True, slots=True)
class LineCommune:
    """A commune of a line; `fact` is what was posted about it, None if nothing was."""

    code: str
    fact: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class LineInput:
    """What is known of a line: its communes, its listed households, and all households it has."""

    code: str
    communes: tuple[LineCommune, ...]
    area_id: int | None = None
    households: Mapping[str, int] = field(default_factory=dict)
    households_total: int | None = None


@dataclass(frozen=True, slots=True)
class Supplied:
    """What the caller supplied for the law's unknowns, each with its legal basis.

    `coefficients`: criterion to (value, basis); `values`: criterion to (value by line, basis).
    """

    coefficients: Mapping[str, tuple[Number, str]] = field(default_factory=dict)
    values: Mapping[str, tuple[Mapping[str, Number], str]] = field(default_factory=dict)


def read_criterion(item: Mapping[str, Any]) -> Criterion:
    """Read one criterion of a rule's entry."""
    coefficient = item["coefficient"]
    return Criterion(
        code=item["code"],
        en=item["en"],
        vi=item["vi"],
        input=item["input"],
        coefficient=None if coefficient is None else number(coefficient),
        group=item.get("group"),
        equals=item.get("equals"),
        contains=item.get("contains"),
        otherwise=item.get("otherwise") is True,
        absent=item.get("absent"),
        unknown=item.get("unknown") or {},
        assumption=item.get("assumption"),
    )


def number(value: int | str) -> Number:
    """Return an integer or a decimal text as an exact number; a float is never exact."""
    if isinstance(value, float):
        raise PolicyError("value_inexact", f"{value} is a float")
    exact = Fraction(value)
    return int(exact) if exact.denominator == 1 else exact


def read_supplied(parameters: Mapping[str, Any]) -> Supplied:
    """Return what the parameters of a run supply for the law's unknowns."""
    coefficients = {
        code: (number(entry["value"]), str(entry["legal_basis"]))
        for code, entry in (parameters.get("coefficients") or {}).items()
    }
    values = {
        code: ({k: number(v) for k, v in entry["by_area"].items()}, str(entry["legal_basis"]))
        for code, entry in (parameters.get("values") or {}).items()
    }
    return Supplied(coefficients, values)
