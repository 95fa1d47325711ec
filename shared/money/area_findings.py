"""What the register and the facts of an area do not agree in: more households than there are.

Law: 17/2016/TT-BLĐTBXH form 3 (rates are taken over all resident households).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from shared.kernel.texts import Text, day, number
from shared.money import sentences
from shared.money.register_findings import (
    RATE_OVER_100,
    UNREGISTERED_NEGATIVE,
    RegisterFinding,
    RegisterFindingKind,
)

Population = Literal["all", "minority"]


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Households of an area by the fact of a day, beside those counted in the register.

    `on` is the day of the fact; `counted_on` the day that the register was counted on, None: as it
    stands at last. `households_total` is None where the fact does not say it.
    """

    area_code: str
    on: date
    counted_on: date | None
    population: Population
    households_total: int | None
    registered: int
    listed: int


def of_area(count: AreaCount) -> Iterator[RegisterFinding]:
    """Find a register that has more households than the area, or lists that have more."""
    total = count.households_total
    if total is None:
        return
    if count.registered > total:
        text = sentences.UNREGISTERED_NEGATIVE.filled(
            **_said(count), registered=number(count.registered), over=count.registered - total
        )
        yield _finding(UNREGISTERED_NEGATIVE, total - count.registered, 0, text, count)
    if count.listed > total:
        text = sentences.RATE_OVER_100.filled(**_said(count), listed=number(count.listed))
        yield _finding(RATE_OVER_100, count.listed, total, text, count)


def _said(count: AreaCount) -> dict[str, Text]:
    on = count.counted_on
    return {
        "when": sentences.AT_LAST if on is None else sentences.ON_DAY.filled(day=day(on)),
        "population": sentences.POPULATIONS[count.population],
        "total": number(count.households_total or 0),
        "day": day(count.on),
    }


def _finding(
    kind: RegisterFindingKind,
    stated: int,
    expected: int,
    text: Text,
    count: AreaCount,
) -> RegisterFinding:
    about: dict[str, Any] = {
        "area_code": count.area_code,
        "on": count.on.isoformat(),
        "counted_on": None if count.counted_on is None else count.counted_on.isoformat(),
        "population": count.population,
    }
    return RegisterFinding(kind, stated, expected, "households", *text, about)
