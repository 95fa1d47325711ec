"""What a figure is: a number of an article, what it measures, and the words that say so.

Vocabulary: `seeds/policy/vocabulary.yaml`. Values are exact decimals: đồng for money, percent or
percentage points for rates, pieces for counts.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

Kind = Literal["actual", "forecast", "target", "norm"]
Qualifier = Literal[
    "exact", "about", "nearly", "more_than", "below", "at_least", "at_most", "between"
]
Direction = Literal["increase", "decrease"]
Role = Literal["total", "part", "of_which"]
Per = Literal["year", "month", "each"]


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a figure holds, as named; `area_code` None where no one unit of that day fits."""

    name: str
    level: str | None = None
    area_code: str | None = None
    within: str | None = None


class Period(msgspec.Struct, frozen=True, gc=False):
    """The days that a figure is about, both included; one day for a level at a date."""

    start: date
    end: date


class Comparison(msgspec.Struct, frozen=True, gc=False):
    """A change: its direction, and the day or period that it is counted from, as ISO text."""

    direction: Direction
    vs: str | None = None


class Figure(msgspec.Struct, frozen=True, gc=False):
    """One figure; `start` and `end` are code-point offsets of the number's own words.

    `value_max` is the upper end of a range. `quote` is an exact substring of the text around the
    number. `ambiguous` holds the other readings of a number that can be read two ways; then the
    figure takes part in no finding. `unsure` names what was chosen by a hair: measure, kind, period
    or place; such a figure is shown, but accuses nobody.

    Cues that the findings go by, None where the text gives none: `role` says that the words call
    the number a total of listed parts ("in total", "including:", "as follows:"), a part of the list
    ("of these", a member of such an enumeration), or of_which, inside the part just before it and
    not to be added ("of which" after a part, brackets). `per` is year or month for a yearly average
    or a running amount, each for an amount or quantity for one house, household, person or thing.
    `sentence` counts the sentences of the text from 0; a list with its introduction is one.
    """

    measure: str
    value: Decimal
    unit: str
    start: int
    end: int
    quote: str
    qualifier: Qualifier = "exact"
    value_max: Decimal | None = None
    place: Place | None = None
    period: Period | None = None
    population: str = "all"
    kind: Kind = "actual"
    comparison: Comparison | None = None
    ambiguous: tuple[Decimal, ...] = ()
    unsure: tuple[str, ...] = ()
    role: Role | None = None
    per: Per | None = None
    sentence: int | None = None
