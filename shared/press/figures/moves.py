"""The base of a change: the other level told beside it.

"From 18.5 % at the end of 2022 to 14.2 % at the end of 2023, down 4.3 points (or so much a year)":
where nothing names what a change is counted from, it is the one other level of its measure, place
and people in the sentence with an earlier day. Two of them: none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from shared.press.figures.figure import Figure, Period
from shared.press.figures.slots.measure import HOUSEHOLDS, RATES

_COUNTS = {rate: HOUSEHOLDS[stem] for stem, rate in RATES.items()}


def with_bases(told: Sequence[Figure]) -> list[Figure]:
    """Give the changes of one sentence the day that they are counted from."""
    if len(told) < 3 or all(figure.comparison is None for figure in told):
        return list(told)
    return [_with_base(figure, told) for figure in told]


def _with_base(change: Figure, told: Sequence[Figure]) -> Figure:
    said, days = change.comparison, _days(change, told)
    if said is None or not days:
        return change
    last = change.period.end if change.period else days[-1]
    earlier = [day for day in days if day < last]
    if said.vs is None and len(earlier) == 1:
        said = replace(said, vs=earlier[0].isoformat())
    # Whether it is told of the last day or of the span up to it makes no difference here.
    both = last in days and said.vs in [day.isoformat() for day in earlier]
    return replace(
        change,
        comparison=said,
        period=change.period or Period(last, last),
        unsure=tuple(slot for slot in change.unsure if slot != "period" or not both),
    )


def _days(change: Figure, told: Sequence[Figure]) -> list[date]:
    """Return the days of the levels that the change can lead from or to.

    "From 12,000 households to 10,200, down 15 percent" has no rates: then it is their number.
    """
    measure = change.measure.removesuffix("_pp").removesuffix("_change")
    return _days_of(measure, change, told) or _days_of(_COUNTS.get(measure), change, told)


def _days_of(measure: str | None, change: Figure, told: Sequence[Figure]) -> list[date]:
    return sorted(
        figure.period.end
        for figure in told
        if figure.measure == measure
        and figure.comparison is None
        and figure.kind == change.kind
        and figure.population == change.population
        and figure.place == change.place
        and figure.period is not None
        and figure.period.start == figure.period.end
    )
