"""Totals and their parts: what the words of a list say of each figure in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.press.figures.context import Context
from shared.press.figures.cues import Cue, carries
from shared.press.figures.figure import Role

_FULL = Decimal("0.9995")


@dataclass
class Lists:
    """Follows one sentence: after a total that is listed, figures of its unit are its parts."""

    total: Decimal | None = None
    unit: str = ""
    summed: Decimal = Decimal(0)
    nested: bool = False

    def role(self, context: Context, unit: str, value: Decimal) -> Role | None:
        """Return the figure's role and remember it."""
        inside = _in_brackets(context) or _of_which(context.lead)
        if self.total is not None and unit == self.unit:
            return self._member(inside, value)
        if self.total is not None and inside:
            self.nested = True
            return "of_which"
        opens = carries(context.tail, "role:list")
        if opens or carries(context.lead, "role:total"):
            if opens or _of_which(context.tail):
                self.total, self.unit, self.summed = value, unit, Decimal(0)
            return "total"
        return None

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


def _of_which(cues: Sequence[Cue]) -> bool:
    return carries(cues, "role:of_which")


def _in_brackets(context: Context) -> bool:
    start = context.previous.end if context.previous else context.sentence.start
    text = context.cued.text[start : context.quantity.start]
    return text.rfind("(") > text.rfind(")")
