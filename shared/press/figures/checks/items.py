"""Items: the figures that may be compared at all, with where and when they hold.

Left out are ambiguous readings, and everything that is not an actual: a forecast or a target is
never compared with what was. Figures without a place keep to their own sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.press.figures.figure import Figure, Period, Place

PlaceKey = tuple[str, ...]
Order = tuple[int, int, str, str, str, int]

# One thing under two names: the multidimensional rate of a province counts both lists.
_ALIASES = {
    "multidimensional_poverty_rate": "poor_and_near_poor_rate",
    "multidimensional_poverty_rate_change_pp": "poor_and_near_poor_rate_change_pp",
}
_LARGEST, _FINEST = 17, -6  # powers of ten; beyond them a number is no figure of this field
_NAMELESS = frozenset({"measure"})  # what may be unsure of a figure that the words put in a list
_NEAR = 300  # code points between figures that stand together, where sentences are not known
_ISO = re.compile(r"(\d{4})(?:-(\d{2})-(\d{2}))?$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Item:
    """A figure, its position in the checked sequence, its place, and the day of its level."""

    position: int
    figure: Figure
    measure: str
    place: PlaceKey
    day: date | None

    def order(self) -> Order:
        """Return the place in the text; figures of one number are told apart by what they say."""
        figure = self.figure
        said = (self.measure, str(figure.value), repr(figure.place))
        return (figure.start, figure.end, *said, self.position)


def items(figures: Sequence[Figure]) -> list[Item]:
    """Return what may be compared, in the order of the text; some of it in lists alone."""
    made = (
        Item(position, figure, measure_of(figure), place_key(figure), day_of(figure.period))
        for position, figure in enumerate(figures)
        if _comparable(figure)
    )
    return sorted(made, key=Item.order)


def measure_of(figure: Figure) -> str:
    """Return the measure of a figure under its one name."""
    return _ALIASES.get(figure.measure, figure.measure)


def _comparable(figure: Figure) -> bool:
    value = figure.value
    counts = figure.kind == "actual" or (figure.kind == "norm" and figure.per == "each")
    sane = value.is_finite() and value >= 0 and value.adjusted() <= _LARGEST
    sure = not figure.ambiguous and set(figure.unsure) <= _NAMELESS
    return counts and sane and sure and _fine(value.as_tuple().exponent)


def is_sure(item: Item) -> bool:
    """Say whether it is beyond doubt what the figure measures, not only of which list it is."""
    return not item.figure.unsure


def is_listed(item: Item) -> bool:
    """Say whether a figure may take part in a list: what it measures may be left open there."""
    return is_sure(item) or item.figure.role is not None


def _fine(exponent: object) -> bool:
    return isinstance(exponent, int) and exponent >= _FINEST


def place_key(figure: Figure) -> PlaceKey:
    """Return what figures of one place share."""
    if figure.place is None:
        return ("sentence", str(figure.sentence if figure.sentence is not None else figure.start))
    if figure.place.area_code is not None:
        return ("area", figure.place.area_code)
    return ("name", *_names(figure.place))


def _names(place: Place) -> Iterator[str]:
    for name in (place.name, place.level, place.within):
        yield (name or "").casefold()


def day_of(period: Period | None) -> date | None:
    """Return the day of a level: the one day, or the end of one whole year; None otherwise.

    The first of January is the end of the year before.
    """
    if period is None:
        return None
    if period.start == period.end:
        return _year_end(period.start)
    whole = (period.start.month, period.start.day, period.end.month, period.end.day)
    one_year = period.start.year == period.end.year and whole == (1, 1, 12, 31)
    return period.end if one_year else None


def base_day(figure: Figure) -> date | None:
    """Return the day that a change is counted from, None where the text does not tell."""
    said = figure.comparison.vs if figure.comparison else None
    if said is not None:
        return _iso_day(said)
    period = figure.period
    if period is None or period.start == period.end:
        return None
    return _year_end(period.start)


def _iso_day(said: str) -> date | None:
    found = _ISO.search(said)
    if found is None or found[1] == "0000":
        return None
    if found[2] is None:
        return date(int(found[1]), 12, 31)
    try:
        return _year_end(date(int(found[1]), int(found[2]), int(found[3])))
    except ValueError:
        return None


def _year_end(day: date) -> date:
    if (day.month, day.day) == (1, 1) and day != date.min:
        return day - timedelta(days=1)
    return day


def together(before: Item, after: Item, sentences: int = 1) -> bool:
    """Say whether `after` follows `before` within so many sentences, or closely."""
    one, other = before.figure, after.figure
    if one.sentence is None or other.sentence is None:
        return other.start - one.end <= _NEAR
    return 0 <= other.sentence - one.sentence <= sentences


def levels(found: Iterable[Item]) -> Iterator[Item]:
    """Yield the items that state a level on a day, not a change."""
    for item in found:
        figure = item.figure
        inside = figure.role == "of_which" and figure.population == "all"
        if item.day is None or figure.comparison is not None or figure.kind != "actual" or inside:
            continue
        yield item
