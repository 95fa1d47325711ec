"""One time that a text names."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec
from msgspec.structs import replace

from shared.press.figures.numerals import Numeral

Shape = Literal["day", "month", "year", "span"]
Role = Literal["", "vs", "document", "programme", "event"]
NEAR = 3  # characters between a word and the time that it leads to
BASE_GAP = 12
_BUDDHIST = 543


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A time that the text names at start:end; a day has one date twice."""

    start: int
    end: int
    shape: Shape
    first: date
    last: date
    role: Role = ""
    since: bool = False
    open: bool = False  # "since the start of the year": its end is only the day of reading
    review: bool = False  # the year of a review of the poor: its results hold at the year's end

    @property
    def said(self) -> tuple[object, ...]:
        """Return what it means, wherever it stands."""
        told = (self.since, self.open, self.review)
        return (self.shape, self.first, self.last, self.role, *told)

    def state(self) -> date:
        """Return the day that a level of this time holds on: its last."""
        return self.last


def at_end(moment: Moment) -> Moment:
    """Return the last day of a time: what a review of that year tells holds then."""
    return replace(moment, shape="day", first=moment.last)


def year_of(numeral: Numeral) -> int | None:
    """Return the year that a bare number can be, Buddhist years turned into ours."""
    if not numeral.plain or numeral.end - numeral.start != 4:
        return None
    value = int(numeral.value)
    if 2440 <= value <= 2650:
        return value - _BUDDHIST
    return value if 1900 <= value <= 2100 else None
