"""How the value of a figure is made of the numbers that are printed: "1 tỷ 200 triệu", "4-5 %".

It is kept beside what was read, so that other numbers in the same words give their own values.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from shared.press.figures.language import Language
from shared.press.figures.numerals import Habits, Numeral, readings

NOTHING = Decimal(0)
ONE = Decimal(1)


class Amount(msgspec.Struct, frozen=True, gc=False):
    """Where the numbers of a value begin, and what each is multiplied by.

    `number` is None where the value is told in words: then it is all in `added`. `whole` and `rate`
    say how a mark in a number is to be read.
    """

    number: int | None
    factor: Decimal = ONE
    added: Decimal = NOTHING
    smaller: int | None = None  # the 200 of "1 tỷ 200 triệu"
    smaller_factor: Decimal = ONE
    high: int | None = None
    high_added: Decimal | None = None  # the upper end in words
    high_factor: Decimal = ONE
    whole: bool = False
    rate: bool = False

    def moved(self, by: int) -> Amount:
        """Return the same for numbers that begin so many characters further on."""
        places = {n: v + by for n in _PLACES if (v := getattr(self, n)) is not None}
        return msgspec.structs.replace(self, **places)

    def scaled(self, power: int) -> Amount:
        """Return the same, so many powers of ten greater."""
        factor = Decimal(10) ** power
        return msgspec.structs.replace(self, factor=self.factor * factor, added=self.added * factor)

    def values(
        self, numbers: Mapping[int, Numeral], language: Language, known: Habits
    ) -> tuple[Decimal, Decimal | None, tuple[Decimal, ...]]:
        """Return the value, the upper end of a range, and the other values it may be."""
        value = self.added
        others: tuple[Decimal, ...] = ()
        if self.number is not None:
            number, other = self._read(numbers[self.number], language, known)
            value += number * self.factor
            others = tuple([o * self.high_factor for o in other])
        if self.smaller is not None:
            value += numbers[self.smaller].value * self.smaller_factor
        high = self.high_added
        if self.high is not None:
            high = self._read(numbers[self.high], language, known)[0] * self.high_factor
        return value, high, others

    def _read(
        self, numeral: Numeral, language: Language, known: Habits
    ) -> tuple[Decimal, tuple[Decimal, ...]]:
        return readings(numeral, language, known, whole=self.whole, rate=self.rate)


_PLACES = ("number", "smaller", "high")
