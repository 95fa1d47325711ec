"""Totals and their parts: what the words of a list say of each figure in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from shared.press.figures.context import Context
from shared.press.figures.cues import Cue, carries
from shared.press.figures.figure import Role

_FULL = Decimal("0.9995")
_NOUN = 40  # characters that a noun phrase takes
_BEHIND = 3
_CUT = re.compile("[,;(]")


class Signs(NamedTuple):
    """What the words say of a number in a list: inside another, a total, one whose parts follow."""

    inside: bool
    total: bool
    opens: bool


def signs(context: Context) -> Signs:
    """Return what the words around a number say of its place in a list."""
    inside = _in_brackets(context) or _of_which(context.lead)
    opens = carries(context.tail, "role:list") or _before_colon(context) or _divided(context)
    total = opens or carries(context.lead, "role:total") or _summed_up(context)
    return Signs(inside, total, opens or _of_which(context.tail))


@dataclass
class Lists:
    """Follows one sentence: after a total that is listed, figures of its unit are its parts."""

    total: Decimal | None = None
    unit: str = ""
    summed: Decimal = Decimal(0)
    nested: bool = False

    def role(self, signs: Signs, unit: str, value: Decimal) -> Role | None:
        """Return the figure's role and remember it."""
        if self.total is not None and unit == self.unit:
            return self._member(signs.inside, value)
        if self.total is not None and signs.inside:
            self.nested = True
            return "of_which"
        if not signs.total:
            return None
        if signs.opens:
            self.total, self.unit, self.summed = value, unit, Decimal(0)
        return "total"

    def _member(self, inside: bool, value: Decimal) -> Role | None:
        """Tell a part from what is inside a part; parts that reach the total end the list."""
        nested, self.nested = self.nested or inside, False
        if nested and self.summed:
            return "of_which"
        if self.total is None or self.total * _FULL <= self.summed <= self.total / _FULL:
            self.total = None
            return None
        self.summed += value
        return "part"


def _before_colon(context: Context) -> bool:
    """Say whether a number is the head of a list of its own: "925 houses: 697 built, 228 …"."""
    own, following = context.quantity.unit, context.following
    if own is None or following is None or following.unit is None:
        return False
    text = context.cued.text[context.quantity.end : following.start]
    colon = text.find(": ")
    alike = own.name == following.unit.name
    return alike and 0 <= colon <= _NOUN and not _CUT.search(text, 0, colon)


def _divided(context: Context) -> bool:
    """Say whether "of which" leads on to several numbers of this unit."""
    own, end = context.quantity.unit, context.quantity.end
    after = [q for q in context.numbers if q.start > end][:2]
    if own is None or len(after) < 2 or not _of_which(context.tail):
        return False
    alike = all(q.unit is not None and q.unit.name == own.name for q in after)
    return alike and ";" not in context.cued.text[end : after[-1].start]


def _summed_up(context: Context) -> bool:
    """Say whether "in total" stands right behind a number that no other one follows."""
    last = context.following is None and context.previous is not None
    return last and carries(context.to_stop[:_BEHIND], "role:total")


def _of_which(cues: Sequence[Cue]) -> bool:
    return carries(cues, "role:of_which")


def _in_brackets(context: Context) -> bool:
    start = context.previous.end if context.previous else context.sentence.start
    text = context.cued.text[start : context.quantity.start]
    return text.rfind("(") > text.rfind(")")
