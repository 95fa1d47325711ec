"""Sentences of one form: the same words with other numbers are weighed once.

A text of a hundred thousand rows says the same thing over and over. What is chosen for a number
hangs on the words around it, on what was told before, and of the number itself on no more than
stands in `_size`; so a sentence of a form that was read before takes its readings from there, and
only the numbers from its own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shared.press.figures.cues import Cued
from shared.press.figures.evidence import Span
from shared.press.figures.figure import Figure
from shared.press.figures.lists import Lists, Signs
from shared.press.figures.mentions import Mention
from shared.press.figures.passages import Sentence
from shared.press.figures.quantities import Quantity
from shared.press.figures.slots.measure import sized
from shared.press.figures.times.moment import Moment

FROM = 200  # sentences: before an article has so many, none of them is kept
KEPT = 2000
_AROUND = 130  # characters before a sentence that its first words may be understood by
_BEHIND = 10
_DIGITS = str.maketrans("123456789", "000000000")
_ROUND = (10, 20, 50, 100, 1000)
_SMALL = 500_000_000


@dataclass(frozen=True)
class Form:
    """What was read in a sentence, by its own offsets; `state` is what it hands on."""

    figures: Sequence[Figure]
    quotes: Sequence[Span]
    signs: Sequence[Signs]
    state: Any

    def with_numbers(self, start: int, counted: Sequence[Quantity], number: int) -> list[Figure]:
        """Return the figures of another sentence of this form, which begins at `start`."""
        by_start = {quantity.start - start: quantity for quantity in counted}
        lists = Lists()
        return [
            _with_number(figure, by_start[figure.start], lists, signs, number)
            for figure, signs in zip(self.figures, self.signs, strict=True)
        ]


def _with_number(
    figure: Figure, quantity: Quantity, lists: Lists, signs: Signs, number: int
) -> Figure:
    return replace(
        figure,
        start=quantity.start,
        end=quantity.end,
        value=plain(quantity.value),
        value_max=plain(quantity.high) if quantity.high is not None else None,
        ambiguous=tuple(map(plain, quantity.others)),
        role=lists.role(signs, figure.unit, quantity.value),
        sentence=number,
    )


def plain(value: Decimal) -> Decimal:
    """Write 4.0E+9 as 4000000000 and 14.780 as 14.78."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()


def form_of(
    cued: Cued,
    sentence: Sentence,
    counted: Sequence[Quantity],
    times: Sequence[Moment],
    named: Sequence[Mention],
) -> tuple[object, ...]:
    """Return all that the reading of a sentence hangs on, but for what was told before it."""
    start, end = sentence.start, sentence.end
    first = max(0, start - _AROUND)
    words = cued.text[first : end + _BEHIND].translate(_DIGITS)
    return (
        words,
        start - first,
        end - start,
        sentence.first,
        tuple([(c.start - start, c.end, c.tags)[::2] for c in cued.between(first, end + _BEHIND)]),
        tuple([_shape(quantity, start) for quantity in counted]),
        tuple([(m.start - start, m.end - start, m) for m in times]),
        tuple([m.role for m in times]),
        tuple([(m.start - start, m.end - start, m.named, m.leveled) for m in named]),
    )


def _shape(quantity: Quantity, start: int) -> tuple[object, ...]:
    unit = quantity.unit
    own = unit and (unit.name, unit.start - start, unit.tags, unit.attached, unit.in_span)
    return (
        quantity.start - start,
        quantity.end - start,
        quantity.digits_end - start,
        own,
        quantity.scale,
        quantity.worded,
        len(quantity.others),
        *_size(quantity),
    )


def _size(quantity: Quantity) -> tuple[object, ...]:
    """Return what the size of a number says of its meaning."""
    value = quantity.value
    return (
        *sized(quantity),
        value if value in _ROUND else value < _ROUND[-1],
        value < _ROUND[0],
        value < _SMALL,
        value == value.to_integral_value(),
    )
