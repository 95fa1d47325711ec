"""Numbers with what they count: multipliers, currencies, ranges, "18/34", number words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import msgspec

from shared.press.figures.amounts import NOTHING, ONE, Amount
from shared.press.figures.cues import Cue, Cued
from shared.press.figures.exclusions import is_excluded
from shared.press.figures.language import Language
from shared.press.figures.numerals import Habits, Numeral
from shared.press.figures.units import CURRENCIES, PRINTED, RATES, UNTAGGED, Unit, unit_after

_NUMBER_WORDS = frozenset({"num", "mult", "ones"})
_PERCENT = frozenset({"unit", "unit:percent"})
_RANGE_MAX = 3  # "down by 4 to 5 percent" is a range
_HUGE = Decimal(10) ** 18


class Quantity(msgspec.Struct, frozen=True, gc=False):
    """A number of the text with its unit; `start`, `end` span its own words."""

    start: int
    end: int
    value: Decimal
    unit: Unit | None
    amount: Amount
    high: Decimal | None = None
    others: tuple[Decimal, ...] = ()
    scale: int = 0
    worded: bool = False
    of_total: bool = False
    digits_end: int = 0

    @property
    def is_rate(self) -> bool:
        """Say whether the number is printed as percent or points."""
        return self.unit is not None and self.unit.name in RATES

    @property
    def is_money(self) -> bool:
        """Say whether the number is an amount of money."""
        return self.unit is not None and self.unit.name in CURRENCIES


class _Raw(msgspec.Struct, frozen=True, gc=False):
    """A number in digits or words before its unit is known."""

    start: int
    end: int
    numeral: Numeral | None
    word: Decimal | None = None


def quantities(
    cued: Cued,
    numbers: Sequence[Numeral],
    taken: Sequence[tuple[int, int]],
    language: Language,
    known: Habits,
    masks: list[tuple[int, int]],
) -> tuple[list[Quantity], bool]:
    """Return the numbers of a passage that are not dates, names or document numbers.

    With them: whether what was read hangs on which of two numbers is the greater.
    """
    reader = _Reader(cued, language, known, {n.start: n for n in numbers})
    raws = sorted([*_digits(numbers), *_words(cued)], key=lambda raw: (raw.start, -raw.end))
    found: list[Quantity] = []
    skip_to = cued.start
    for raw in _outside(raws, sorted(taken)):
        excluded = raw.numeral and is_excluded(raw.numeral, cued, masks, cued.start)
        if raw.start < skip_to or excluded:
            continue
        quantity = reader.read(raw, raws, skip_to)
        if quantity:
            found.append(quantity)
            skip_to = quantity.end
    return [q for q in found if q.value < _HUGE], reader.compares


def _outside(raws: Sequence[_Raw], taken: Sequence[tuple[int, int]]) -> Iterator[_Raw]:
    """Yield the numbers that begin in none of the stretches."""
    spans = iter(taken)
    span = next(spans, None)
    for raw in raws:
        while span and span[1] <= raw.start:
            span = next(spans, None)
        if span is None or raw.start < span[0]:
            yield raw


def _digits(numbers: Iterable[Numeral]) -> list[_Raw]:
    return [_Raw(n.start, n.end, n) for n in numbers]


def _words(cued: Cued) -> list[_Raw]:
    """Read runs of number words as one: "twenty-five", "ba mươi lăm", "two hundred and ten"."""
    found: list[_Raw] = []
    run: list[Cue] = []
    for cue in cued.cues:
        if cue.tags.isdisjoint(_NUMBER_WORDS) or not _is_number_word(cue, run):
            continue
        if run and cue.start - run[-1].end > 1:
            found.append(_word(run))
            run = []
        if run or cue.value("num"):
            run.append(cue)
    return [*found, _word(run)] if run else found


def _is_number_word(cue: Cue, run: Sequence[Cue]) -> bool:
    if cue.value("num") or cue.value("mult") in ("1", "2"):
        return True
    return bool(run) and cue.has("ones") and cue.start - run[-1].end <= 1


def _word(run: Sequence[Cue]) -> _Raw:
    total = part = Decimal(0)
    for cue in run:
        power = cue.value("mult")
        if power and (part or not cue.value("num")):
            total, part = total + (part or 1) * Decimal(10) ** int(power), Decimal(0)
            continue
        total += part
        part = Decimal(cue.value("num") or cue.value("ones") or 0)
    return _Raw(run[0].start, run[-1].end, None, total + part)


@dataclass
class _Reader:
    cued: Cued
    language: Language
    known: Habits
    numbers: Mapping[int, Numeral]
    compares: bool = False

    def read(self, raw: _Raw, raws: Sequence[_Raw], free: int) -> Quantity | None:
        high = self._upper(raw, raws)
        ratio = self._ratio(raw, raws)
        last = high or ratio or raw
        scale, end = self._scale(last.end)
        unit = unit_after(self.cued, last.start, end, self.language)
        prefix = self._prefix(raw.start, free)
        if prefix and (unit is None or not unit.in_span):
            unit = Unit(prefix.value("unit") or "percent", raw.start, end, UNTAGGED, True, True)
        if self._is_named(raw, unit, scale) or (ratio and unit is None):
            return None
        if raw.numeral is None and not _worth_reading(raw, scale, unit):
            return None
        return self._quantity(raw, high, ratio, scale, end, unit, prefix)

    def _quantity(
        self,
        raw: _Raw,
        high: _Raw | None,
        ratio: _Raw | None,
        scale: int,
        end: int,
        unit: Unit | None,
        prefix: Cue | None,
    ) -> Quantity:
        span_end = unit.end if unit and unit.attached and unit.in_span else end
        half, smaller, span_end = self._remainder(end, scale, span_end)
        if (half or smaller) and unit is None:
            unit = Unit("VND", end, span_end, UNTAGGED, True, True)
        rate = unit is not None and unit.name in RATES
        inner = _powered(self._own_scale(raw) or scale)
        words = raw.word * inner if raw.word is not None else NOTHING
        amount = Amount(
            number=raw.start if raw.numeral else None,
            factor=inner,
            added=words + _powered(scale) / 2 if half else words,
            smaller=smaller.start if smaller else None,
            smaller_factor=_powered(self._scale(smaller.end)[0]) if smaller else ONE,
            high=high.start if high and high.numeral else None,
            high_added=high.word * _powered(scale) if high and high.word is not None else None,
            high_factor=_powered(scale),
            whole=not rate and scale == 0 and (unit is None or not unit.continuous),
            rate=rate,
        )
        value, top, others = amount.values(self.numbers, self.language, self.known)
        return Quantity(
            start=prefix.start if prefix else raw.start,
            end=max(span_end, end),
            value=value,
            unit=unit,
            amount=amount,
            high=top,
            others=others,
            scale=scale,
            worded=raw.numeral is None,
            of_total=ratio is not None,
            digits_end=end,
        )

    def _own_scale(self, raw: _Raw) -> int:
        """Return the multiplier of the lower end of a range that has its own."""
        return self._scale(raw.end)[0]

    def _remainder(self, at: int, scale: int, end: int) -> tuple[bool, Numeral | None, int]:
        """Find "rưỡi" in "2 triệu rưỡi" and the smaller part of "1 tỷ 200 triệu"."""
        half = self.cued.next_to(at)
        if half and "half" in half.tags and scale:
            follows = self.cued.next_to(half.end)
            stop = follows.end if follows and follows.value("unit") in CURRENCIES else half.end
            return True, None, stop
        smaller = self._smaller_part(at, scale)
        if smaller is None:
            return False, None, end
        unit = self.cued.next_to(self._scale(smaller.end)[1])
        return (False, smaller, unit.end) if unit else (False, None, end)

    def _smaller_part(self, at: int, scale: int) -> Numeral | None:
        part = self.numbers.get(at + 1)
        if not scale or part is None or not part.plain or self.cued.text[at] != " ":
            return None
        power, stop = self._scale(part.end)
        unit = self.cued.next_to(stop)
        if not 0 < power < scale or unit is None or unit.value("unit") not in CURRENCIES:
            return None
        return part

    def _scale(self, at: int) -> tuple[int, int]:
        """Add up the multipliers after a number: "nghìn tỷ" is 12."""
        scale, end = 0, at
        while (cue := self.cued.next_to(end)) and (power := cue.value("mult")):
            if cue.end - cue.start == 1 and self.cued.text[end : cue.start]:
                break
            scale, end = scale + int(power), cue.end
        return scale, end

    def _prefix(self, start: int, free: int) -> Cue | None:
        cue = self.cued.ending_at(start)
        if cue is None or cue.start < free:
            return None
        if cue.value("prefix") or cue.value("unit") in CURRENCIES:
            return Cue(cue.start, cue.end, _PERCENT) if cue.value("prefix") else cue
        return None

    def _upper(self, raw: _Raw, raws: Sequence[_Raw]) -> _Raw | None:
        """Find the upper end of a range: "4-5%", "4% to 5%", "between 4 and 5"."""
        _, end = self._scale(raw.end)
        cue = self.cued.next_to(end)
        if cue and cue.value("unit") in PRINTED:
            cue = self.cued.next_to(cue.end)
        if cue is None or not (cue.has("range") or cue.has("and")):
            return None
        if cue.has("and") and not self._after_between(raw.start):
            return None
        other = _starting(raws, cue.end) or _starting(raws, cue.end + 1)
        self.compares = self.compares or other is not None
        if other is None or not self._rises(raw, other):
            return None
        if self._is_move(raw, cue) or self._is_fall(raw, other):
            return None
        if self._own_scale(raw) and not self._scale(other.end)[0]:
            return None
        return other

    def _after_between(self, start: int) -> bool:
        cue = self.cued.ending_at(start)
        return cue is not None and cue.has("between")

    def _is_move(self, raw: _Raw, to: Cue) -> bool:
        """Say whether "from 5% to 8%" tells two levels and not a range."""
        if self.cued.text[to.start : to.end] == "-":
            return False
        cue = self.cued.ending_at(raw.start)
        if cue is None or not cue.has("from"):
            return False
        ahead = self.cued.between(max(self.cued.start, raw.start - 60), raw.start)
        return any(c.has("dir:increase") for c in ahead) or raw.numeral is None

    def _is_fall(self, raw: _Raw, other: _Raw) -> bool:
        """Say whether "down by 812 to 4,619" tells a change and a level."""
        cue, low, high = self.cued.ending_at(raw.start), _plain_value(raw), _plain_value(other)
        moved = cue is not None and (cue.has("by") or cue.has("dir"))
        return moved and low is not None and high is not None and high > low * _RANGE_MAX

    def _rises(self, one: _Raw, other: _Raw) -> bool:
        low, high = _plain_value(one), _plain_value(other)
        return low is not None and high is not None and (low < high or self._own_scale(one) > 0)

    def _ratio(self, raw: _Raw, raws: Sequence[_Raw]) -> _Raw | None:
        """Find the whole of "18/34"."""
        text = self.cued.text
        at = raw.end + (text[raw.end : raw.end + 1] == " ")
        if raw.numeral is None or text[at : at + 1] != "/":
            return None
        other = _starting(raws, at + 1) or _starting(raws, at + 2)
        self.compares = self.compares or other is not None
        if other is None or other.numeral is None or other.numeral.value < raw.numeral.value:
            return None
        return other

    def _is_named(self, raw: _Raw, unit: Unit | None, scale: int) -> bool:
        """Say whether the number only names or dates something."""
        text = self.cued.text
        if text[raw.end : raw.end + 1] == "/" and text[raw.end + 1 : raw.end + 2].isdigit():
            at = raw.end + 1
            return unit is None or not text[at : at + 1].isdigit()
        cue = self.cued.before(raw.start)
        if cue is None or text[cue.end : raw.start].strip(" :.") or scale:
            return False
        if unit is not None and (unit.attached or cue.has("unit")):
            return cue.has("age")
        return cue.has("id") and not cue.has("count")


@lru_cache
def _powered(scale: int) -> Decimal:
    return Decimal(10) ** scale


def _plain_value(raw: _Raw) -> Decimal | None:
    return raw.numeral.value if raw.numeral else raw.word


def _starting(raws: Sequence[_Raw], at: int) -> _Raw | None:
    low, high = 0, len(raws)
    while low < high:
        middle = (low + high) // 2
        if raws[middle].start < at:
            low = middle + 1
        else:
            high = middle
    return raws[low] if low < len(raws) and raws[low].start == at else None


def _worth_reading(raw: _Raw, scale: int, unit: Unit | None) -> bool:
    """Number words are figures when they count something exact: not "one of the movements"."""
    if raw.word is None or unit is None:
        return False
    if scale >= 3 or unit.name in RATES or unit.name in CURRENCIES:
        return scale > 0 or unit.name in RATES
    return raw.word >= 10 and unit.attached
