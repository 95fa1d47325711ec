"""Words that were read before, with other numbers: what was read of them holds again.

A text of a hundred thousand rows says the same thing over and over. What is chosen for a number
hangs on the words around it, on what was told before, and of the number itself on no more than its
form (`numerals.form_of`); so where words and what was told are the same, the figures are the same
but for their values. Where two numbers are compared with each other ("4 to 5"), only the same
numbers will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec.structs import replace

from shared.press.figures.amounts import Amount
from shared.press.figures.evidence import Span
from shared.press.figures.figure import Figure
from shared.press.figures.language import Language
from shared.press.figures.lists import Lists, Signs
from shared.press.figures.mentions import Mention
from shared.press.figures.numerals import Habits, Numeral
from shared.press.figures.passages import Sentence
from shared.press.figures.times.moment import Moment

FROM = 200  # sentences: before an article has so many, none of them is kept
KEPT = 4000
_AROUND = 130  # characters before a sentence that its first words may be understood by
_BEHIND = 10


class Seen(NamedTuple):
    """A figure with what gives it again for other numbers.

    `run` is where the numbers begin that it may be a list with.
    """

    figure: Figure
    quote: Span
    signs: Signs
    amount: Amount
    run: int

    def moved(self, by: int, sentence: int) -> Seen:
        """Return the same so many characters further on, in the sentence of this number."""
        figure, (first, last) = self.figure, self.quote
        start, end = figure.start + by, figure.end + by
        figure = replace(figure, start=start, end=end, sentence=sentence)
        amount = self.amount.moved(by)
        return Seen(figure, (first + by, last + by), self.signs, amount, self.run + by)


class Form(NamedTuple):
    """What was read in a sentence, by its own offsets; `state` is what it hands on."""

    seen: Sequence[Seen]
    state: Any


def renumbered(
    seen: Sequence[Seen], numbers: Mapping[int, Numeral], language: Language, known: Habits
) -> list[Seen]:
    """Return the figures of the same words with other numbers."""
    found: list[Seen] = []
    lists = Lists()
    for at, one in enumerate(seen):
        if at and one.run != seen[at - 1].run:
            lists = Lists()
        value, high, others = one.amount.values(numbers, language, known)
        figure = replace(
            one.figure,
            value=plain(value),
            value_max=plain(high) if high is not None else None,
            ambiguous=tuple(map(plain, others)),
            role=lists.role(one.signs, one.figure.unit, value),
        )
        found.append(one._replace(figure=figure))
    return found


def plain(value: Decimal) -> Decimal:
    """Write 4.0E+9 as 4000000000 and 14.780 as 14.78."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()


def form_key(
    form: str, sentence: Sentence, times: Sequence[Moment], named: Sequence[Mention]
) -> tuple[object, ...]:
    """Return all that the reading of a sentence hangs on, but for what was told before it.

    `form` is that of the paragraph: its words give the cues and how its numbers are read.
    """
    start, end = sentence.start, sentence.end
    first = max(0, start - _AROUND)
    return (
        form[first : end + _BEHIND],
        start - first,
        end - start,
        sentence.first,
        tuple([(m.start - start, m.end - start, m.said) for m in times]),
        tuple([(m.start - start, m.end - start, m.named, m.leveled) for m in named]),
    )
