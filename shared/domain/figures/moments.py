"""Words about time: each date, year or span that a text names, and what it is there for."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from shared.domain.figures.cues import Cue, Cued
from shared.domain.figures.figure import Period
from shared.domain.figures.numerals import Numeral

Shape = Literal["day", "month", "year", "span"]
Role = Literal["", "vs", "document", "programme"]
_BUDDHIST = 543
_CODE = re.compile(r"\d/[\da-zđ]|/[a-zđ]{2,}-[a-zđ]{2}|\d-[a-zđ]{2}")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_CODED = re.compile(r"[/-][^\W\d_]{2}")
_NEAR = 3
_SHIFTS = {"t:this_year": 0, "t:last_year": -1, "t:next_year": 1}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that the text names at start:end; a day has one date twice."""

    start: int
    end: int
    shape: Shape
    first: date
    last: date
    role: Role = ""
    since: bool = False

    @property
    def period(self) -> Period:
        """Return the days covered."""
        return Period(self.first, self.last)

    def state(self) -> date:
        """Return the day that a level of this time holds on: its last."""
        return self.last


def moments(cued: Cued, numbers: Sequence[Numeral], published_on: date | None) -> list[Moment]:
    """Return the times named in a passage, first to last."""
    reader = _Reader(cued, {n.end: n for n in numbers}, {n.start: n for n in numbers}, published_on)
    found = [m for n in numbers if (m := reader.at_year(n))]
    found += reader.relative(found)
    found += [m for n in numbers if (m := reader.day_of_this_year(n))]
    single: list[Moment] = []
    for moment in sorted(found, key=lambda m: (m.start, -m.end)):
        if not single or moment.start >= single[-1].end:
            single.append(moment)
    return [_with_role(cued, m) for m in _joined(cued, single)]


def year_of(numeral: Numeral) -> int | None:
    """Return the year that a bare number can be, Buddhist years turned into ours."""
    if not numeral.plain or numeral.end - numeral.start != 4:
        return None
    value = int(numeral.value)
    if 2440 <= value <= 2650:
        return value - _BUDDHIST
    return value if 1900 <= value <= 2100 else None


@dataclass(frozen=True)
class _Reader:
    cued: Cued
    ending: dict[int, Numeral]
    starting: dict[int, Numeral]
    published_on: date | None

    def at_year(self, numeral: Numeral) -> Moment | None:
        year = year_of(numeral)
        if year is None or _CODED.match(self.cued.text, numeral.end):
            return None
        start, month, day = self._date_before(numeral.start)
        named = self._left(numeral.start)
        follows = self.cued.next_to(numeral.end)
        counts = follows is not None and (follows.has("mult") or follows.has("unit"))
        if counts and month is None and not (named and named.has("t")):
            return None
        if month is None:
            return self._part_of_year(start, numeral.end, year)
        if day and day <= monthrange(year, month)[1]:
            on = date(year, month, day)
            return Moment(start, numeral.end, "day", on, on)
        return self._month(start, numeral.end, year, month)

    def _month(self, start: int, end: int, year: int, month: int) -> Moment:
        last = date(year, month, monthrange(year, month)[1])
        cue = self._left(start)
        if cue and cue.has("t:end"):
            return Moment(cue.start, end, "day", last, last)
        return Moment(start, end, "month", date(year, month, 1), last)

    def _date_before(self, at: int) -> tuple[int, int | None, int | None]:
        """Read month and day to the left of a year: "15/3/", "15 March", "March 15,"."""
        cue = self._left(at)
        if cue and cue.has("t:year"):
            at, cue = cue.start, self._left(cue.start)
        if cue and (named := cue.value("month")):
            before = self._number_left(cue.start)
            if before and before.plain and before.value <= 31:
                return before.start, int(named), int(before.value)
            return cue.start, int(named), None
        number = self._number_left(at)
        if number is None or not number.plain or not 1 <= number.value <= 31:
            return at, None, None
        return self._numbered_month(number, at)

    def _numbered_month(self, number: Numeral, at: int) -> tuple[int, int | None, int | None]:
        gap = self.cued.text[number.end : at]
        left = self._left(number.start)
        if left and left.value("month") and gap.strip() in ("", ","):
            return left.start, int(left.value("month") or 0), int(number.value)
        if left and left.has("t:month") and number.value <= 12:
            day = self._number_left(left.start)
            if day and day.plain and day.value <= 31:
                return day.start, int(number.value), int(day.value)
            return left.start, int(number.value), None
        if gap not in ("/", "-", ".") or number.value > 12:
            return at, None, None
        day = self.ending.get(number.start - 1)
        if day and self.cued.text[number.start - 1] in "/-." and 1 <= day.value <= 31:
            return day.start, int(number.value), int(day.value)
        return number.start, int(number.value), None

    def _part_of_year(self, start: int, end: int, year: int) -> Moment:
        cue = self._left(start)
        if cue and cue.has("t:year"):
            start, cue = cue.start, self._left(cue.start)
        part = self._part(cue, end, year) if cue else None
        return part or Moment(start, end, "year", date(year, 1, 1), date(year, 12, 31))

    def _part(self, cue: Cue, end: int, year: int) -> Moment | None:
        close = date(year, 12, 31)
        if cue.has("t:first"):
            return self._first_months(cue, end, year)
        if cue.has("t:end"):
            return Moment(cue.start, end, "day", close, close)
        if cue.has("t:half"):
            return Moment(cue.start, end, "span", date(year, 1, 1), date(year, 6, 30))
        if cue.has("t:start"):
            return self._since_start(cue, end, year)
        if cue.has("t:mid"):
            return Moment(cue.start, end, "day", date(year, 6, 30), date(year, 6, 30))
        if cue.has("t:quarter"):
            return self._quarter(cue, end, year)
        return None

    def _since_start(self, cue: Cue, end: int, year: int) -> Moment:
        opener = self._left(cue.start)
        since = cue if cue.has("t:from") else opener if opener and opener.has("t:from") else None
        first = date(year, 1, 1)
        if since is None:
            return Moment(cue.start, end, "day", first, first)
        published = self.published_on
        last = published if published and published.year == year else date(year, 12, 31)
        return Moment(since.start, end, "span", first, last)

    def _first_months(self, cue: Cue, end: int, year: int) -> Moment | None:
        number = self._number_left(cue.start)
        word = self._left(cue.start)
        count = number.value if number else (word.value("num") if word else None)
        if count is None or not 1 <= (months := int(float(count))) <= 12:
            return None
        start = number.start if number else word.start if word else cue.start
        ahead = self._left(start)
        first = ahead is not None and ahead.has("t:first_word")
        if cue.has("no") and not first:
            return None
        start = ahead.start if first and ahead else start
        last = date(year, months, monthrange(year, months)[1])
        return Moment(start, end, "span", date(year, 1, 1), last)

    def _quarter(self, cue: Cue, end: int, year: int) -> Moment | None:
        words = self.cued.text[cue.end : cue.end + 5].replace("/", " ").split()
        which = _ROMAN.get(words[0], 0) if words else 0
        if words and words[0].isdecimal():
            which = int(words[0])
        if not 1 <= which <= 4:
            return None
        last = date(year, 3 * which, monthrange(year, 3 * which)[1])
        return Moment(cue.start, end, "span", date(year, 3 * which - 2, 1), last)

    def day_of_this_year(self, numeral: Numeral) -> Moment | None:
        """Read "ngày 10/7" by the day of publication."""
        month = self.starting.get(numeral.end + 1)
        named = self._left(numeral.start)
        if self.published_on is None or month is None or named is None or not named.has("t"):
            return None
        follows = self.cued.text[month.end : month.end + 1]
        if self.cued.text[numeral.end] not in "/-" or not month.plain or follows in ("/", "-"):
            return None
        year, day = self.published_on.year, int(numeral.value) if numeral.plain else 0
        if not (1 <= month.value <= 12 and 1 <= day <= monthrange(year, int(month.value))[1]):
            return None
        on = date(year, int(month.value), day)
        return Moment(numeral.start, month.end, "day", on, on) if on <= self.published_on else None

    def relative(self, found: Sequence[Moment]) -> list[Moment]:
        """Read "this year" by the day of publication, "the year's end" by the year named last."""
        return [m for cue in self.cued.cues if (m := self._relative(cue, found))]

    def _relative(self, cue: Cue, found: Sequence[Moment]) -> Moment | None:
        shifts = [years for tag, years in _SHIFTS.items() if tag in cue.tags]
        if shifts:
            published = self.published_on
            return self._relative_year(cue, published.year + shifts[0]) if published else None
        if not (cue.has("t:first") or cue.has("t:half") or cue.has("t:year_end")):
            return None
        year = self._year_before(cue.start, found)
        if year is None:
            return None
        if cue.has("t:first"):
            return self._first_months(cue, cue.end, year)
        half = cue.has("t:half")
        first, last = date(year, 1 if half else 12, 1 if half else 31), date(year, 12, 31)
        shape: Shape = "span" if half else "day"
        return Moment(cue.start, cue.end, shape, first, date(year, 6, 30) if half else last)

    def _year_before(self, at: int, found: Sequence[Moment]) -> int | None:
        before = [m.last.year for m in found if m.end <= at and m.shape != "span"]
        if before:
            return before[-1]
        return self.published_on.year if self.published_on else None

    def _relative_year(self, cue: Cue, year: int) -> Moment:
        close = date(year, 12, 31)
        left = self._left(cue.start)
        if cue.has("t:end") or (left and left.has("t:end")):
            start = cue.start if cue.has("t:end") or left is None else left.start
            return Moment(start, cue.end, "day", close, close)
        return Moment(cue.start, cue.end, "year", date(year, 1, 1), close)

    def _left(self, at: int) -> Cue | None:
        cue = self.cued.before(at)
        if cue is None or at - cue.end > _NEAR:
            return None
        gap = self.cued.text[cue.end : at]
        return cue if not any(c.isalnum() for c in gap) else None

    def _number_left(self, at: int) -> Numeral | None:
        for gap in range(_NEAR):
            number = self.ending.get(at - gap)
            if number and not self.cued.text[number.end : at].strip(" ,/.-"):
                return number
        return None


def _joined(cued: Cued, found: list[Moment]) -> list[Moment]:
    """Join the two ends of a span: "2021-2025", "from 2021 to August 2023"."""
    joined: list[Moment] = []
    for moment in found:
        if joined and _spans(cued, joined[-1], moment):
            first = joined.pop()
            both = replace(first, end=moment.end, shape="span", last=moment.last)
            joined.append(both)
        else:
            joined.append(moment)
    return joined


def _spans(cued: Cued, one: Moment, other: Moment) -> bool:
    if one.first >= other.last or one.shape == "span":
        return False
    gap = cued.text[one.end : other.start].strip()
    if gap in ("-", "/"):
        return gap == "-"
    if len(gap) > 20:
        return False
    inside = cued.between(one.end, other.start)
    absorbed = cued.at(other.start)
    to = any(c.has("t:to") or c.has("t:asof") or c.has("and") for c in inside) or (
        not gap and absorbed is not None
    )
    opener = cued.before(one.start)
    opened = opener is not None and one.start - opener.end <= 2
    opened = opened and opener is not None and (opener.has("t:from") or opener.has("t:period"))
    own = cued.at(one.start)
    return to and (opened or (own is not None and own.has("t:from")))


def _with_role(cued: Cued, moment: Moment) -> Moment:
    text = cued.text[max(cued.start, moment.start - 28) : moment.start]
    cue = cued.before(moment.start)
    opener, hops = cue, 0
    while cue and hops < 2 and (cue.has("t") or cue.has("from")) and not cue.has("docdate"):
        cue, hops = cued.before(cue.start), hops + 1
    own = cued.at(moment.start)
    if own and own.has("docdate"):
        return replace(moment, role="document")
    if cue and moment.start - cue.end <= 12:
        if cue.has("dob") or (cue.has("docdate") and _CODE.search(text)):
            return replace(moment, role="document")
        if cue.has("vs"):
            return replace(moment, role="vs")
    if moment.shape in ("day", "month") and _CODE.search(text):
        return replace(moment, role="document")
    if own and own.has("vs"):
        return replace(moment, role="vs")
    if (
        moment.shape == "year"
        and opener
        and moment.start - opener.end <= _NEAR
        and opener.has("t:from")
    ):
        return replace(moment, since=True)
    if moment.shape == "span" and _named_after_programme(cued, moment):
        return replace(moment, role="programme")
    return moment


def _named_after_programme(cued: Cued, moment: Moment) -> bool:
    near = cued.between(max(cued.start, moment.start - 120), moment.start)
    standard = [c for c in near if moment.start - c.end < 30 and c.has("topic:poverty_line")]
    norm = [c for c in near if moment.start - c.end < 12 and "kind:norm" in c.tags]
    return bool(standard or norm) or any("kind:none" in c.tags for c in near)
