"""Words about time: each date, year or span that a text names, and what it is there for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from shared.press.figures.cues import Cued
from shared.press.figures.numerals import Numeral
from shared.press.figures.times.moment import Moment
from shared.press.figures.times.roles import with_role
from shared.press.figures.times.spans import joined, until_now
from shared.press.figures.times.undated import Undated

_MONTHS = frozenset({"month", "t:month"})


def moments(
    cued: Cued, numbers: Sequence[Numeral], published_on: date | None, told: int | None = None
) -> list[Moment]:
    """Return the times named in a passage, first to last; `told` is the year named last before."""
    reader = Undated(
        cued, {n.end: n for n in numbers}, {n.start: n for n in numbers}, published_on, told
    )
    found = [m for n in numbers if (m := reader.at_year(n))]
    reader.years.extend((m.end, m.last.year) for m in found)
    days = list(_days(reader, numbers))
    known = [m for m in [*(with_role(cued, m) for m in found), *days] if m.role == ""]
    days_and_years = sorted((m for m in known if m.shape != "span"), key=lambda m: m.start)
    single = _apart([*found, *reader.relative(days_and_years), *days])
    return [until_now(cued, with_role(cued, m), published_on) for m in joined(cued, single)]


def _days(reader: Undated, numbers: Sequence[Numeral]) -> Iterator[Moment]:
    """Yield the days and months that are named without their year."""
    for number in numbers:
        if (day := reader.day_of_this_year(number)) is not None:
            yield day
    for cue in reader.cued.cues:
        if not cue.tags.isdisjoint(_MONTHS) and (day := reader.without_year(cue)) is not None:
            yield day


def _apart(found: Iterable[Moment]) -> list[Moment]:
    """Return the times in their order, the longest of those that overlap."""
    single: list[Moment] = []
    for moment in sorted(found, key=lambda m: (m.start, -m.end)):
        if not single or moment.start >= single[-1].end:
            single.append(moment)
    return single
