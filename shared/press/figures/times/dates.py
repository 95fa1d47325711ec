"""Dates, months, quarters and years that are named with their year."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from shared.press.figures.cues import Cue, Cued
from shared.press.figures.numerals import Numeral
from shared.press.figures.times.moment import BASE_GAP, NEAR, Moment, year_of

_CODED = re.compile(r"[/-][^\W\d_]{2}")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_SHORT_YEAR = 2  # digits
_SHORT_SPAN = 15
_FIRST_THIRD = 10  # the days of "early May"
_MID = 15


@dataclass(frozen=True)
class Dates:
    """Reads the times of a passage; `ending` and `starting` are its numbers by their ends."""

    cued: Cued
    ending: dict[int, Numeral]
    starting: dict[int, Numeral]
    published_on: date | None

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
        if cue is None and quarter and quarter.has("t:quarter") and start - quarter.end < BASE_GAP:
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

    def _left(self, at: int) -> Cue | None:
        cue = self.cued.before(at)
        if cue is None or at - cue.end > NEAR:
            return None
        gap = self.cued.text[cue.end : at]
        return cue if gap in ("", " ") or not any(c.isalnum() for c in gap) else None

    def _number_left(self, at: int) -> Numeral | None:
        for gap in range(NEAR):
            number = self.ending.get(at - gap)
            if number and not self.cued.text[number.end : at].strip(" ,/.-"):
                return number
        return None
