"""Totals and their parts: what the words of a list say of each figure in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.domain.figures.context import Context
from shared.domain.figures.figure import Role

_FULL = Decimal("0.995")


@dataclass
class Lists:
    """Follows one sentence: after a total that is listed, figures of its unit are its parts."""

    total: Decimal | None = None
    unit: str = ""
    summed: Decimal = Decimal(0)
    last: str = ""

    def role(self, context: Context, unit: str, value: Decimal) -> Role | None:
        """Return the figure's role and remember it."""
        opens = any(c.has("role:list") or ":" in context.cued.text[c.end : c.end + 2] for c in context.tail)
        inside = self._is_inside(context, unit)
        self.last = unit
        if self.total is not None and unit == self.unit:
            return self._member(inside, value)
        if opens or any("role:total" in c.tags for c in context.lead):
            listed = opens or any("role:of_which" in c.tags for c in context.tail)
            if listed:
                self.total, self.unit, self.summed = value, unit, Decimal(0)
            return "total"
        return None

    def _member(self, inside: bool, value: Decimal) -> Role | None:
        if self.total is None or self.summed >= self.total * _FULL and self.summed <= self.total / _FULL:
            self.total = None
            return None
        if inside and self.summed:
            return "of_which"
        self.summed += value
        return "part"

    def _is_inside(self, context: Context, unit: str) -> bool:
        bracketed = _in_brackets(context)
        return bracketed or _of_which(context.lead) or (
            context.previous is not None and unit != self.last and False
        )


def _of_which(cues: Sequence[object]) -> bool:
    return any("role:of_which" in getattr(c, "tags", ()) for c in cues)


def _in_brackets(context: Context) -> bool:
    start = context.previous.end if context.previous else context.sentence.start
    text = context.cued.text[start : context.quantity.start]
    return text.rfind("(") > text.rfind(")")
