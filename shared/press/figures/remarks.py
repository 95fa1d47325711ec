"""The small words around a number: qualifier, kind, per what, and its place in a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from shared.press.figures.context import Context
from shared.press.figures.cues import Cue
from shared.press.figures.figure import Kind, Per, Qualifier
from shared.press.figures.quantities import Quantity

_QUALIFIERS = frozenset(get_args(Qualifier))
_PASSED = frozenset({"count", "prefix", "unit", "to", "by", "avg"})  # may stand between
_GAP = 14
_TOUCH = 1
_ADJACENT = 6  # a word so near to the number before speaks of that one
_AFTER = 40
_INTRO = 12
_HEADING = 120


def qualifier(context: Context) -> Qualifier:
    """Return "nearly", "more than" and so on, from right before the number or behind it."""
    position = context.quantity.start
    for cue in reversed(context.lead):
        if position - cue.end > _GAP:
            break
        value = cue.value("qual")
        if value in _QUALIFIERS:
            return _known(value)
        if not cue.has_any(_PASSED):
            break
        position = cue.start
    return _behind(context)


def _known(value: str | None) -> Qualifier:
    return next((q for q in get_args(Qualifier) if q == value), "exact")


def _behind(context: Context) -> Qualifier:
    end = context.quantity.digits_end or context.quantity.end
    for cue in context.tail:
        if cue.start - end > _AFTER:
            break
        value = cue.value("after")
        if value and _directly(context, cue):
            return _known(value)
    return "exact"


def _directly(context: Context, cue: Cue) -> bool:
    unit = context.quantity.unit
    ends = [context.quantity.end, context.quantity.digits_end, unit.end if unit else 0]
    year = context.cued.next_to(context.quantity.end)
    ends.append(year.end if year else 0)
    return any(0 <= cue.start - end <= 1 for end in ends)


def heading(cues: Sequence[Cue], text: str) -> Kind | None:
    """Return the kind that a heading or a question gives to the paragraph below it."""
    text = text.rstrip(' "”»)')
    asks = text.endswith(("?", ":"))
    titles = len(text) < _HEADING and not text.endswith((".", "!", ";"))
    if (asks or titles) and introduced(cues) == "target":
        return "target"
    return "actual" if titles else None


def introduced(cues: Sequence[Cue]) -> Kind:
    """Return the kind that the line above a list gives its entries."""
    for cue in reversed(cues[-_INTRO:]):
        if "kind:target" in cue.tags:
            return "target"
        if "kind:forecast" in cue.tags:
            return "forecast"
    return "actual"


def per(context: Context) -> Per | None:
    """Return year, month or each, where the number is one of many of its kind."""
    own = [cue for cue in context.lead[-5:] if not _of_the_number_before(context, cue)]
    for cue in [*_close(context), *reversed(own)]:
        for value in sorted(cue.values("per")):
            if value == "each":
                return "each"
            return "month" if value == "month" else "year"
    return None


def _of_the_number_before(context: Context, cue: Cue) -> bool:
    """Say whether "/house" stands at the number before, and not "each house" before this one."""
    last = context.previous
    if last is None or cue.start - last.end > _ADJACENT:
        return False
    return "," not in context.cued.text[last.end : cue.start] and not _leads(cue, context.quantity)


def _leads(cue: Cue, quantity: Quantity) -> bool:
    """Say whether a word touches the number behind it: "each 60 million"."""
    return cue.has("per:each") and 0 <= quantity.start - cue.end <= _TOUCH


def _close(context: Context) -> Sequence[Cue]:
    end, following = context.quantity.end, context.following
    found: list[Cue] = []
    for cue in context.to_stop:
        if cue.start - end > 24 or (following and _leads(cue, following)):
            break
        found.append(cue)
        end = max(end, cue.end)
    return found
