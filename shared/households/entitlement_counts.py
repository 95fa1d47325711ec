"""How many households of a place are entitled to what, and what it costs.

Households are counted once for each norm: it counts for one of their members or for all of them,
or gives way to a higher one, or is undecided.

Law: policy (`support_norms.yaml`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from shared.households.entitlements import (
    Circumstances,
    Entitlement,
    Person,
    ages_asked,
    entitlements,
    youngest_birth,
)
from shared.law.support_norms import Norm, SupportNorms


@dataclass
class NormCount:
    """The households of a norm; `persons` and `cost_vnd` are of those for whom it counts.

    `size_unknown`: of how many of these nobody knows the persons, so that the cost leaves them out.
    """

    norm: Norm
    households: int = 0
    not_counted: int = 0
    undecided: int = 0
    persons: int = 0
    size_unknown: int = 0
    cost_vnd: int | None = 0
    value_vnd: int | None = None
    unknown_value: str | None = None
    missing: Counter[str] = field(default_factory=Counter)


def births_before(norms: SupportNorms, day: date) -> list[date]:
    """Return, oldest first, the days before which those are born who have reached an age."""
    ages = reversed(ages_asked(norms))
    return [youngest_birth(years, day) + timedelta(days=1) for years in ages]


def persons_of(
    norms: SupportNorms, day: date, classes: Sequence[int] | None
) -> tuple[Person, ...] | None:
    """Return members of the ages that were reached: as many as asked for, -1 of unknown birth."""
    if classes is None:
        return None
    births = [day, *(youngest_birth(years, day) for years in ages_asked(norms))]
    return tuple(
        Person(str(number), None if reached < 0 else births[reached])
        for number, reached in enumerate(classes)
    )


def count(
    norms: SupportNorms, day: date, alike: Iterable[tuple[Circumstances, int]]
) -> list[NormCount]:
    """Count households that are alike together, in the order of the document."""
    counts: dict[str, NormCount] = {}
    for known, households in alike:
        of_norm: dict[str, list[Entitlement]] = {}
        for each in entitlements(norms, known, day):
            of_norm.setdefault(each.norm.id, []).append(each)
        for name, several in of_norm.items():
            total = counts.setdefault(name, NormCount(several[0].norm))
            _add(total, several, households)
    return [counts[norm.id] for norm in norms.norms if norm.id in counts]


def _add(total: NormCount, several: Sequence[Entitlement], households: int) -> None:
    total.value_vnd, total.unknown_value = several[0].value_vnd, several[0].unknown_value
    counting = [each for each in several if each.counts]
    if counting:
        total.households += households
        for each in counting:
            _cost(total, each, households)
    elif any(each.counts is False for each in several):
        total.not_counted += households
    else:
        total.undecided += households
        missing = {name for each in several for name in each.missing}
        total.missing.update(dict.fromkeys(missing, households))


def _cost(total: NormCount, each: Entitlement, households: int) -> None:
    of_persons = each.norm.unit.startswith("person")
    if of_persons and each.persons is None:
        total.size_unknown += households
        return
    units = (each.persons or 0) if of_persons else 1
    total.persons += units * households if of_persons else 0
    if each.value_vnd is None or total.cost_vnd is None:
        total.cost_vnd = None
    else:
        total.cost_vnd += each.value_vnd * units * households
