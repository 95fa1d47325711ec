"""Level or change: what the verbs before a number say that it is."""

from __future__ import annotations

from dataclasses import dataclass

from shared.press.figures.context import Context, before_stop
from shared.press.figures.cues import Cue
from shared.press.figures.figure import Direction

_NEAR = 28


@dataclass(frozen=True, slots=True)
class Trend:
    """`change`: the number is how much something moved; `moves`: something moved to or from it."""

    change: bool
    moves: bool
    direction: Direction | None


def trend(context: Context) -> Trend:
    """Read the nearest verb: "by" and a bare fall tell a change, "to" and "from" a level."""
    touching = _touching(context)
    return Trend(True, True, touching) if touching else _led(context)


def _led(context: Context) -> Trend:
    direction = _direction(context)
    for cue in reversed(context.lead):
        if cue.has("qual") and cue.value("qual") == "below" and not cue.has("dir"):
            return Trend(False, True, direction)
        if _ends_reach(context, cue):
            break
        if cue.has("from") and context.quantity.high is not None:
            continue
        if cue.has("to") or cue.has("from"):
            return Trend(False, True, direction)
        if cue.has("by") and direction:
            return Trend(True, True, direction)
        if cue.has("dir"):
            return Trend(True, True, direction)
        if cue.has("vs"):
            break
    behind = _behind(context)
    if behind:
        return Trend(True, True, behind)
    return Trend(False, bool(context.lead and direction), None)


def _ends_reach(context: Context, cue: Cue) -> bool:
    """Say whether a noun of its own stands between a verb and the number."""
    return cue.has("share") and not (cue.has("by") or cue.has("to") or cue.has("link"))


def _direction(context: Context) -> Direction | None:
    cue = context.near("dir")
    value = cue.value("dir") if cue else None
    if value == "increase":
        return "increase"
    return "decrease" if value == "decrease" else None


def _touching(context: Context) -> Direction | None:
    """Read "a target of a 3 % reduction": the noun behind outweighs the words before."""
    cue = context.cued.next_to(context.quantity.end)
    return _behind(context) if cue is not None and cue.has("dir") and not cue.has("to") else None


def _behind(context: Context) -> Direction | None:
    """Read "586 fewer poor households" and "5 points lower"."""
    end = context.quantity.digits_end or context.quantity.end
    for cue in before_stop(context):
        if cue.start - end > _NEAR:
            return None
        if cue.has("dir") and not cue.has("to"):
            following = context.following
            if following and following.start - cue.end < _NEAR:
                return None
            return "increase" if cue.value("dir") == "increase" else "decrease"
    return None
