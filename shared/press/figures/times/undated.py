"""Times without a year: "this year", "by 31 July", "ten years on", "the first six months"."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.press.figures.cues import Cue
from shared.press.figures.numerals import Numeral
from shared.press.figures.times.dates import Dates
from shared.press.figures.times.moment import NEAR, Moment

_AHEAD = 80
_EARLY = 2  # up to this month "the year" without a name is the year before
_FAR = 40
_SHIFTS = {"t:this_year": 0, "t:last_year": -1, "t:next_year": 1}


@dataclass(frozen=True)
class Undated(Dates):
    """Reads times by the day of publication and by the years named before them.

    `told` is the year named last before the passage, `years` those of the passage by their ends.
    """

    told: int | None = None
    years: list[tuple[int, int]] = field(default_factory=list)

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
        if self.published_on.month <= NEAR and month.value > 12 - NEAR:
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
