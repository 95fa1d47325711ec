"""Numbers with what they count: multipliers, currencies, ranges, "18/34", number words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from shared.press.figures.cues import Cue, Cued
from shared.press.figures.exclusions import is_excluded
from shared.press.figures.language import Language
from shared.press.figures.numerals import Habits, Numeral, readings
from shared.press.figures.units import CURRENCIES, PRINTED, RATES, UNTAGGED, Unit, unit_after

_NUMBER_WORDS = frozenset({"num", "mult", "ones"})
_RANGE_MAX = 3  # "down by 4 to 5 percent" is a range
_HUGE = Decimal(10) ** 18


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of the text with its unit; `start`, `end` span its own words."""

    start: int
    end: int
    value: Decimal
    unit: Unit | None
    high: Decimal | None = None
    others: tuple[Decimal, ...] = ()
    scale: int = 0
    worded: bool = False
    of_total: Decimal | None = None
    digits_end: int = 0

    @property
    def is_rate(self) -> bool:
        """Say whether the number is printed as percent or points."""
        return self.unit is not None and self.unit.name in RATES

    @property
    def is_money(self) -> bool:
        """Say whether the number is an amount of money."""
        return self.unit is not None and self.unit.name in CURRENCIES


@dataclass(frozen=True)
class _Raw:
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
) -> list[Quantity]:
    """Return the numbers of a passage that are not dates, names or document numbers."""
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
    return [q for q in found if q.value < _HUGE]


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


@dataclass(frozen=True)
class _Reader:
    cued: Cued
    language: Language
    known: Habits
    numbers: Mapping[int, Numeral]

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
    ) -> Quantity | None:
        value, others = self._value(raw, unit, scale)
        top = self._value(high, unit, scale)[0] if high else None
        span_end = unit.end if unit and unit.attached and unit.in_span else end
        factor = Decimal(10) ** scale
        extra, span_end = self._remainder(end, scale, span_end)
        if extra and unit is None:
            unit = Unit("VND", end, span_end, UNTAGGED, True, True)
        own = self._own_scale(raw)
        inner = Decimal(10) ** own if own else factor
        return Quantity(
            start=prefix.start if prefix else raw.start,
            end=max(span_end, end),
            value=value * inner + extra,
            unit=unit,
            high=top * factor if top is not None else None,
            others=tuple(o * factor for o in others),
            scale=scale,
            worded=raw.numeral is None,
            of_total=self._value(ratio, unit, 0)[0] if ratio else None,
            digits_end=end,
        )

    def _own_scale(self, raw: _Raw) -> int:
        """Return the multiplier of the lower end of a range that has its own."""
        scale, _ = self._scale(raw.end)
        return scale

    def _remainder(self, at: int, scale: int, end: int) -> tuple[Decimal, int]:
        """Read the smaller part of "1 tỷ 200 triệu" and "2 triệu rưỡi"."""
        half = self.cued.next_to(at)
        if half and "half" in half.tags and scale:
            follows = self.cued.next_to(half.end)
            stop = follows.end if follows and follows.value("unit") in CURRENCIES else half.end
            return Decimal(10) ** scale / 2, stop
        return self._smaller_part(at, scale, end)

    def _smaller_part(self, at: int, scale: int, end: int) -> tuple[Decimal, int]:
        part = self.numbers.get(at + 1)
        if not scale or part is None or not part.plain or self.cued.text[at] != " ":
            return Decimal(0), end
        power, stop = self._scale(part.end)
        unit = self.cued.next_to(stop)
        if not 0 < power < scale or unit is None or unit.value("unit") not in CURRENCIES:
            return Decimal(0), end
        return part.value * Decimal(10) ** power, unit.end

    def _value(
        self, raw: _Raw | None, unit: Unit | None, scale: int
    ) -> tuple[Decimal, tuple[Decimal, ...]]:
        if raw is None:
            return Decimal(0), ()
        if raw.numeral is None:
            return raw.word or Decimal(0), ()
        rate = unit is not None and unit.name in RATES
        whole = not rate and scale == 0 and (unit is None or not unit.continuous)
        return readings(raw.numeral, self.language, self.known, whole=whole, rate=rate)

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
            return (
                replace(cue, tags=frozenset({"unit", "unit:percent"}))
                if cue.value("prefix")
                else cue
            )
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
