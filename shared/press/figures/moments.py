"""Words about time: each date, year or span that a text names, and what it is there for."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from shared.press.figures.cues import Cue, Cued
from shared.press.figures.figure import Period
from shared.press.figures.numerals import Numeral

Shape = Literal["day", "month", "year", "span"]
Role = Literal["", "vs", "document", "programme", "event"]
_BUDDHIST = 543
_CODE = re.compile(r"\d/[\da-zđ]|/[a-zđ]{2,}-[a-zđ]{2}|\d-[a-zđ]{2}")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_CODED = re.compile(r"[/-][^\W\d_]{2}")
_NEAR = 3
_BASE_GAP = 12
_REVIEW = 70
_AHEAD = 80
_PLAN = 40
_EARLY = 2  # up to this month "the year" without a name is the year before
_SHORT_YEAR = 2  # digits
_SHORT_SPAN = 15
_FIRST_THIRD = 10  # the days of "early May"
_MID = 15
_FAR = 40
_MONTHS = frozenset({"month", "t:month"})
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
    open: bool = False  # "since the start of the year": its end is only the day of reading
    review: bool = False  # the year of a review of the poor: its results hold at the year's end

    @property
    def period(self) -> Period:
        """Return the days covered."""
        return Period(self.first, self.last)

    def state(self) -> date:
        """Return the day that a level of this time holds on: its last."""
        return self.last


def moments(
    cued: Cued, numbers: Sequence[Numeral], published_on: date | None, told: int | None = None
) -> list[Moment]:
    """Return the times named in a passage, first to last; `told` is the year named last before."""
    reader = _Reader(
        cued, {n.end: n for n in numbers}, {n.start: n for n in numbers}, published_on, told
    )
    found = [m for n in numbers if (m := reader.at_year(n))]
    reader.years.extend((m.end, m.last.year) for m in found)
    days = [m for n in numbers if (m := reader.day_of_this_year(n))]
    months = [cue for cue in cued.cues if not cue.tags.isdisjoint(_MONTHS)]
    days += [m for cue in months if (m := reader.without_year(cue))]
    named = [_with_role(cued, m) for m in found]
    known = [m for m in [*named, *days] if m.role == "" and m.shape != "span"]
    found += reader.relative(sorted(known, key=lambda m: m.start))
    found += days
    single: list[Moment] = []
    for moment in sorted(found, key=lambda m: (m.start, -m.end)):
        if not single or moment.start >= single[-1].end:
            single.append(moment)
    return [_until_now(cued, _with_role(cued, m), published_on) for m in _joined(cued, single)]


def _until_now(cued: Cued, moment: Moment, published_on: date | None) -> Moment:
    """Let "from 2021 to date" end on the day of publication."""
    if not moment.since or published_on is None or moment.first >= published_on:
        return moment
    onward = cued.between(moment.end, moment.end + _NEAR + 1)
    onward = [*onward, *cued.between(onward[0].end, onward[0].end + _NEAR)] if onward else onward
    if not any(c.has("t:now") for c in onward):
        return moment
    return replace(moment, shape="span", last=published_on, since=False, open=True)


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


@dataclass(frozen=True)
class _Reader:
    cued: Cued
    ending: dict[int, Numeral]
    starting: dict[int, Numeral]
    published_on: date | None
    told: int | None = None
    years: list[tuple[int, int]] = field(default_factory=list)

    def at_year(self, numeral: Numeral) -> Moment | None:
        year = year_of(numeral)
        if year is None or _CODED.match(self.cued.text, numeral.end):
            return None
        named = self._left(numeral.start)
        follows = self.cued.next_to(numeral.end)
        counts = follows is not None and (follows.has("mult") or follows.has("unit"))
        timed = named is not None and (named.has("t") or named.has("month"))
        if counts and not timed and self._date_before(numeral.start)[1] is None:
            return None
        short = self._short_end(numeral, year)
        if short is not None:
            return Moment(numeral.start, short[0], "span", date(year, 1, 1), date(short[1], 12, 31))
        return self._dated(numeral.start, numeral.end, year)

    def _short_end(self, numeral: Numeral, year: int) -> tuple[int, int] | None:
        """Read the last year of "2009-11" and of "2009/11" after a word for a period."""
        other = self.starting.get(numeral.end + 1)
        if other is None or self.cued.text[numeral.end] != "-" or not other.plain:
            return None
        last = year - year % 100 + int(other.value)
        alone = self.cued.text[other.end : other.end + 1] not in ("-", "/")
        named = other.end - other.start == _SHORT_YEAR and alone
        return (other.end, last) if named and year < last <= year + _SHORT_SPAN else None

    def _dated(self, start: int, end: int, year: int) -> Moment:
        """Read what of a year is meant by the words to the left of its name."""
        start, month, day = self._date_before(start)
        if month is None:
            return self._part_of_year(start, end, year)
        if day and day <= monthrange(year, month)[1]:
            on = date(year, month, day)
            return Moment(start, end, "day", on, on)
        return self._month(start, end, year, month)

    def _month(self, start: int, end: int, year: int, month: int) -> Moment:
        last = date(year, month, monthrange(year, month)[1])
        cue = self._left(start)
        if cue and cue.has("t:month") and not cue.has("t:end"):
            cue = self._left(cue.start) or cue
        if cue and cue.has("t:end"):
            return Moment(cue.start, end, "day", last, last)
        if cue and (cue.has("t:month_mid") or cue.has("t:mid")):
            on = date(year, month, _MID)
            return Moment(cue.start, end, "day", on, on)
        if cue and (cue.has("t:month_early") or cue.has("t:start")):
            first = date(year, month, 1)
            return Moment(cue.start, end, "span", first, first.replace(day=_FIRST_THIRD))
        since = self._month_before(cue) if cue else None
        if since and since[1] < month:
            return Moment(since[0], end, "span", date(year, since[1], 1), last)
        return Moment(start, end, "month", date(year, month, 1), last)

    def _month_before(self, cue: Cue) -> tuple[int, int] | None:
        """Read the first month of "January to July 2025", "từ tháng 1 đến tháng 7 năm 2025"."""
        if not (cue.has("t:to") or cue.has("t:asof") or cue.has("range")):
            return None
        named, number = self._left(cue.start), self._number_left(cue.start)
        if named and (month := named.value("month")):
            return named.start, int(month)
        if number is None or not (number.plain and 1 <= number.value <= 12):
            return None
        named = self._left(number.start)
        return (named.start, int(number.value)) if named and named.has("t:month") else None

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
        quarter = self.cued.before(start)
        if cue is None and quarter and quarter.has("t:quarter") and start - quarter.end < _BASE_GAP:
            cue = quarter
        part = self._part(cue, end, year) if cue else None
        return part or Moment(start, end, "year", date(year, 1, 1), date(year, 12, 31))

    def _part(self, cue: Cue, end: int, year: int) -> Moment | None:
        close = date(year, 12, 31)
        if cue.has("t:first") or cue.has("t:month"):
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
        now = published is not None and published.year == year
        last = published if published and now else date(year, 12, 31)
        return Moment(since.start, end, "span", first, last, open=now)

    def _first_months(self, cue: Cue, end: int, year: int) -> Moment | None:
        number = self._number_left(cue.start)
        word = self._left(cue.start)
        count = number.value if number else (word.value("num") if word else None)
        if count is None or not 1 <= (months := int(float(count))) <= 12:
            return None
        start = number.start if number else word.start if word else cue.start
        ahead = self._left(start)
        first = ahead is not None and ahead.has("t:first_word")
        if cue.has("no") and not (first or cue.has("t:month")):
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
        if self.published_on.month <= _NEAR and month.value > 12 - _NEAR:
            year -= 1
        if not (1 <= month.value <= 12 and 1 <= day <= monthrange(year, int(month.value))[1]):
            return None
        on = date(year, int(month.value), day)
        return Moment(numeral.start, month.end, "day", on, on) if on <= self.published_on else None

    def relative(self, found: Sequence[Moment]) -> list[Moment]:
        """Read "this year" by the day of publication, "the year's end" by the year named last."""
        cues = [cue for cue in self.cued.cues if "t" in cue.tags]
        sure = [m for cue in cues if (m := self._shifted(cue))]
        known = sorted([*found, *sure], key=lambda m: m.start) if sure else found
        return sure + [m for cue in cues if (m := self._relative(cue, known))]

    def _shifted(self, cue: Cue) -> Moment | None:
        shifts = [years for tag, years in _SHIFTS.items() if tag in cue.tags]
        if not shifts or self.published_on is None or self._is_counted(cue):
            return None
        return self._relative_year(cue, self.published_on.year + shifts[0])

    def _relative(self, cue: Cue, found: Sequence[Moment]) -> Moment | None:
        if cue.has("t:previous_year"):
            year = self._year_before(cue.start, found)
            return self._relative_year(cue, year - 1) if year else None
        if cue.has("t:year_later") or cue.has("t:years_on"):
            return self._later(cue, found)
        if any(tag in cue.tags for tag in _SHIFTS):
            return None
        return self._unnamed_year(cue, found) or self._several_months(cue, found)

    def _later(self, cue: Cue, found: Sequence[Moment]) -> Moment | None:
        """Read "a year later" and "ten years on" from the year named last."""
        before = [m.last.year for m in found if m.end <= cue.start]
        year = before[-1] if before else self.told
        if year is None:
            return None
        if cue.has("t:year_later"):
            return self._relative_year(cue, year + 1)
        number, word = self._number_left(cue.start), self._left(cue.start)
        count = number.value if number else word.value("num") if word else None
        start = number.start if number else word.start if word else cue.start
        if count is None or not 1 <= (years := int(float(count))) <= _FAR:
            return None
        later = date(year + years, 1, 1)
        return Moment(start, cue.end, "year", later, later.replace(month=12, day=31))

    def _several_months(self, cue: Cue, found: Sequence[Moment]) -> Moment | None:
        """Read "in seven months" right after "by 31 July" as those of that year so far."""
        if not (cue.has("no") and (cue.has("t:month") or cue.has("t:first"))):
            return None
        number = self._number_left(cue.start)
        word = None if number else self._left(cue.start)
        count = number.value if number else word.value("num") if word else None
        start = number.start if number else word.start if word else cue.start
        opened = self.cued.text[max(self.cued.start, start - 8) : start]
        if count is None or not (start - 8 <= self.cued.start or any(c in opened for c in ".,;:")):
            return None
        ended = self._last_month(cue.start, found)
        if ended is None or ended[1] != int(float(count)) or ended[1] < 2:
            return None
        last = date(*ended, monthrange(*ended)[1])
        return Moment(start, cue.end, "span", date(ended[0], 1, 1), last)

    def _last_month(self, at: int, found: Sequence[Moment]) -> tuple[int, int] | None:
        days = [m.last for m in found if m.end <= at and m.shape in ("day", "month")]
        last = days[-1] if days else None
        return (last.year, last.month) if last else None

    def _is_counted(self, cue: Cue) -> bool:
        """Say whether these are several years: "5 năm qua"."""
        number, word = self._number_left(cue.start), self._left(cue.start)
        if number is None:
            return word is not None and word.has("num")
        named = self._left(number.start)
        return number.plain and number.value <= 50 and not (named and named.has("t:month"))

    def _unnamed_year(self, cue: Cue, found: Sequence[Moment]) -> Moment | None:
        """Read "the first six months", "the year's end", "during the year"."""
        start, end, published = cue.start, cue.end, self.published_on
        if cue.has("t:first"):
            year = self._running_year(cue, found)
            return self._first_months(cue, end, year) if year else None
        if cue.has("t:start") and cue.has("t:from"):
            return self._since_start(cue, end, published.year) if published else None
        if cue.has("t:half") and (year := self._running_year(cue, found)):
            return Moment(start, end, "span", date(year, 1, 1), date(year, 6, 30))
        if cue.has("t:year_end") and (year := self._year_to_end(cue, found)):
            return Moment(start, end, "day", date(year, 12, 31), date(year, 12, 31))
        if cue.has("t:the_year") and (year := self._year_before(start, found)):
            return Moment(start, end, "year", date(year, 1, 1), date(year, 12, 31))
        return None

    def _running_year(self, cue: Cue, found: Sequence[Moment]) -> int | None:
        """Return the year of "the first six months": that of publication if they are over."""
        published = self.published_on
        if published is None or published.month <= _EARLY:
            return self._year_before(cue.start, found)
        return published.year

    def _year_to_end(self, cue: Cue, found: Sequence[Moment]) -> int | None:
        year = self._year_before(cue.start, found)
        published = self.published_on
        if year is None or published is None or year >= published.year:
            return year
        near = self.cued.between(max(self.cued.start, cue.start - _AHEAD), cue.end + _AHEAD)
        ahead = any("kind:target" in c.tags or "kind:forecast" in c.tags for c in near)
        return published.year if ahead else year

    def _year_before(self, at: int, found: Sequence[Moment]) -> int | None:
        before = [m.last.year for m in found if m.end <= at]
        if before:
            return before[-1]
        published = self.published_on
        if published is None:
            return None
        return published.year - (published.month <= _EARLY)

    def _relative_year(self, cue: Cue, year: int) -> Moment:
        close = date(year, 12, 31)
        if cue.has("t:end"):
            return Moment(cue.start, cue.end, "day", close, close)
        return self._dated(cue.start, cue.end, year)

    def without_year(self, cue: Cue) -> Moment | None:
        """Read "by 31 July" and "cuối tháng 6" by the day of publication; "in seven months"."""
        if cue.has("month"):
            return self._named_month(cue)
        if not cue.has("t:month"):
            return None
        number = self.starting.get(cue.end + 1)
        if number is None or not (number.plain and 1 <= number.value <= 12):
            return None
        if self.cued.text[number.end : number.end + 1] in ("/", "-"):
            return None
        day = self._number_left(cue.start)
        opener = self._left(day.start if day else cue.start)
        return self._in_month(int(number.value), day, opener, (cue.start, number.end))

    def _named_month(self, cue: Cue) -> Moment | None:
        day = self._number_left(cue.start)
        behind = None if day else self.starting.get(cue.end + 1)
        day = day or (behind if behind and behind.plain and behind.value <= 31 else None)
        start, end = cue.start, max(cue.end, day.end) if day else cue.end
        opener = self._left(min(start, day.start) if day else start)
        return self._in_month(int(cue.value("month") or 0), day, opener, (start, end))

    def _in_month(
        self, month: int, day: Numeral | None, opener: Cue | None, where: tuple[int, int]
    ) -> Moment | None:
        if opener is None or (day and not (day.plain and 1 <= day.value < 32)):
            return None
        if not (opener.has("t:end") or (day and (opener.has("t:asof") or opener.has("t:day")))):
            return None
        year = self._year_of_month(month, where[0])
        if year is None:
            return None
        last = monthrange(year, month)[1]
        on = date(year, month, min(last, int(day.value)) if day else last)
        start = min(where[0], day.start) if day else opener.start
        return Moment(start, where[1], "day", on, on)

    def _year_of_month(self, month: int, at: int) -> int | None:
        """Return the year of a month without one: that of publication, else the one named last."""
        published = self.published_on
        if published is not None:
            return published.year - (month > published.month)
        before = [year for end, year in self.years if end <= at]
        return before[-1] if before else self.told

    def _left(self, at: int) -> Cue | None:
        cue = self.cued.before(at)
        if cue is None or at - cue.end > _NEAR:
            return None
        gap = self.cued.text[cue.end : at]
        return cue if gap in ("", " ") or not any(c.isalnum() for c in gap) else None

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
            opened = first.shape == "day" and moment.shape == "year"
            role: Role = (
                "event" if opened and (first.first.month, first.first.day) == (1, 1) else ""
            )
            both = replace(
                first, end=moment.end, shape="span", last=moment.last, open=False, role=role
            )
            joined.append(both)
        else:
            joined.append(moment)
    return joined


def _spans(cued: Cued, one: Moment, other: Moment) -> bool:
    if one.first >= other.last or (one.shape == "span" and not one.open):
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
    if any(c.has("and") for c in inside) and _are_two_years(cued, one, other, opener):
        return True
    opened = opener is not None and one.start - opener.end <= 2
    opened = opened and opener is not None and (opener.has("t:from") or opener.has("t:period"))
    own = cued.at(one.start)
    return to and (opened or (own is not None and own.has("t:from")))


def _are_two_years(cued: Cued, one: Moment, other: Moment, opener: Cue | None) -> bool:
    """Read "in the two years 2022 and 2023"."""
    following = other.first.year == one.first.year + 1 and other.shape == one.shape == "year"
    start = cued.text.find(" ", max(cued.start, one.start - _BASE_GAP), one.start)
    words = cued.text[start : one.start].split() if start >= 0 else []
    named = opener is not None and opener.value("num") == "2"
    return following and ("2" in words or (named and bool(words)))


def _with_role(cued: Cued, moment: Moment) -> Moment:
    if moment.role:
        return moment
    own = cued.at(moment.start)
    if _is_document(cued, moment, own):
        return replace(moment, role="document")
    if _is_base(cued, moment) or (own and own.has("vs")):
        return replace(moment, role="vs")
    opener = cued.before(moment.start)
    close = opener is not None and moment.start - opener.end <= _NEAR
    if moment.shape == "year" and _is_reviewed(cued, moment):
        return replace(moment, review=True)
    if moment.shape == "year" and close and opener and opener.has("t:from"):
        return replace(moment, since=True)
    years = moment.last.year - moment.first.year
    if moment.shape == "span" and years and _named_after_programme(cued, moment):
        return replace(moment, role="programme")
    if moment.shape == "day" and close and opener and _is_event(cued, moment, opener):
        return replace(moment, role="event")
    return moment


def _is_document(cued: Cued, moment: Moment, own: Cue | None) -> bool:
    """Say whether a decree or a person has this date."""
    text = cued.text[max(cued.start, moment.start - 28) : moment.start]
    if own and own.has("docdate"):
        return True
    cue, gap = _opening(cued, moment)
    if cue and gap <= _BASE_GAP and (cue.has("dob") or (cue.has("docdate") and _CODE.search(text))):
        return True
    return moment.shape in ("day", "month") and _CODE.search(text) is not None


def _opening(cued: Cued, moment: Moment) -> tuple[Cue | None, int]:
    """Return the word that leads to a time, words about time left out, and how far off it is."""
    cue = cued.before(moment.start)
    gap = moment.start - cue.end if cue else 0
    hops = 0
    while cue and hops < 3 and (cue.has("t") or cue.has("from")):
        if cue.has("docdate") or cue.has("vs"):
            break
        before = cued.before(cue.start)
        gap += cue.start - before.end if before else 0
        cue, hops = before, hops + 1
    return cue, gap


def _is_base(cued: Cued, moment: Moment) -> bool:
    """Say whether a change is counted from this time: "lower than in 2022", "2 % from 2022"."""
    cue, gap = _opening(cued, moment)
    if cue is None or gap > _BASE_GAP or cue.end <= moment.start - 40:
        return False
    if cue.has("vs"):
        return True
    if moment.shape == "span":
        return False
    return cue.has("than") or _counted_from(cued, moment)


def _counted_from(cued: Cued, moment: Moment) -> bool:
    """Read "up 533 billion from the end of 2023"."""
    own, opener = cued.at(moment.start), cued.before(moment.start)
    opener = own if own and own.has("from") else opener
    if opener is None or moment.start - opener.end > _NEAR:
        return False
    if not (opener.has("from") or opener.has("t:from") or opener.value("qual") == "more_than"):
        return False
    before = cued.before(opener.start)
    if before is None or not before.has("unit") or opener.start - before.end > 1:
        return False
    near = cued.between(max(cued.start, before.start - 40), before.start)
    return any(c.has("dir") for c in near)


def _is_reviewed(cued: Cued, moment: Moment) -> bool:
    """Say whether this is the year of a review: "rà soát hộ nghèo năm 2025", "the 2025 review"."""
    near = cued.between(max(cued.start, moment.start - _REVIEW), moment.end + _BASE_GAP)
    for cue in near:
        if cue.has("review"):
            gap = cued.text[cue.end : moment.start]
            return not any(c in gap for c in ".;:\n")
    return False


def _is_event(cued: Cued, moment: Moment, opener: Cue) -> bool:
    """Say whether something was done or said on this day: no level holds on it."""
    if not opener.has("t:day") or opener.has("t:asof") or opener.has("t:end"):
        return False
    if moment.last.day == monthrange(moment.last.year, moment.last.month)[1]:
        return False
    before = cued.before(opener.start)
    if before is None or opener.start - before.end > _NEAR:
        return True
    return not any(before.has(t) for t in ("t:asof", "t:end", "t:to", "t:from"))


def _named_after_programme(cued: Cued, moment: Moment) -> bool:
    near = cued.between(max(cued.start, moment.start - 120), moment.start)
    standard = [c for c in near if moment.start - c.end < 30 and c.has("topic:poverty_line")]
    norm = [c for c in near if moment.start - c.end < 12 and "kind:norm" in c.tags]
    plan = [c for c in near if moment.start - c.end < _PLAN and c.has("plan")]
    return bool(standard or norm or plan) or any("kind:none" in c.tags for c in near)
