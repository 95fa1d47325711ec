"""The small words around a number: qualifier, kind, per what, and its place in a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import get_args

from shared.press.figures.context import Context, before_stop
from shared.press.figures.cues import Cue
from shared.press.figures.figure import Kind, Per, Qualifier
from shared.press.figures.moments import Moment
from shared.press.figures.quantities import Quantity

_QUALIFIERS = frozenset(get_args(Qualifier))
_GAP = 14
_ADJACENT = 6  # a word so near to the number before speaks of that one
_AFTER = 40
_CLOSE = 30
_INTRO = 12
_WISH = 60
_HEADING = 120
_SECOND = 70
_EARLY = 2  # so early in a year the figures of the year before may still be forecasts
_SET = ("support_amount", "other_amount", "loan_amount")
_CAPITAL = ("budget_total", "fund_allocated", "fund_disbursed", "support_amount")
_SET_MAX = 500_000_000  # a set amount is for one house, household or person


def qualifier(context: Context) -> Qualifier:
    """Return "nearly", "more than" and so on, from right before the number or behind it."""
    position = context.quantity.start
    for cue in reversed(context.lead):
        if position - cue.end > _GAP:
            break
        value = cue.value("qual")
        if value in _QUALIFIERS:
            return _known(value)
        if not (
            cue.has("count")
            or cue.has("prefix")
            or cue.has("unit")
            or cue.has("to")
            or cue.has("by")
            or cue.has("avg")
        ):
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


def kind(context: Context, measure: str, per: Per | None, kept: Kind) -> Kind:
    """Return actual, forecast, target or norm: the last cue of the sentence before the number."""
    if measure in ("poverty_line", "near_poverty_line", "housing_standard"):
        return "norm"
    if measure == "support_amount" and per == "each" and not _is_past(context):
        return "norm"
    if measure in _SET and (_is_set_amount(context) or _is_ceiling(context)):
        return "norm"
    found = _by_cues(context, kept)
    if found == "target" and measure in _CAPITAL:
        return "actual"
    if found == "actual" and _is_wished(context, measure):
        return "target"
    if measure != "progress_rate" and found != "forecast" and _is_aimed(context, measure):
        return "target"
    return "forecast" if found == "actual" and _directly_forecast(context) else found


def _by_cues(context: Context, kept: Kind) -> Kind:
    """Return the kind of the last cue before the number; a target met is an actual."""
    found, told, text = kept, -1, context.cued.text
    for cue in context.ahead:
        aimed = found == "target" and told >= 0 and ";" not in text[told : cue.start]
        if "kind:none" in cue.tags:
            found = "actual"
        elif "kind:forecast" in cue.tags:
            found = "target" if aimed and cue.has("future") else "forecast"
        elif "kind:target" in cue.tags:
            found, told = "target", cue.end
        elif "kind:actual" in cue.tags and not cue.has("to") and not aimed:
            found = "actual"
    return found


def dated(sort: Kind, moment: Moment | None, published_on: date | None, *, own: bool) -> Kind:
    """Correct a kind by its time: what is to come is no actual, what is long over no forecast."""
    if moment is None or published_on is None or sort == "norm":
        return sort
    if sort == "actual":
        return "target" if moment.last.year > published_on.year and moment.shape != "span" else sort
    over = moment.last.year < published_on.year
    if over and (not own or (sort == "forecast" and published_on.month > _EARLY)):
        return "actual"
    return sort


def is_second_norm(context: Context, measure: str, norm: Quantity | None) -> bool:
    """Read "60 million for a new house and 30 million for a repaired one"."""
    if norm is None or context.previous is not norm or measure not in _SET:
        return False
    near = context.quantity.start - norm.end < _SECOND and not _is_past(context)
    return near and norm.value <= 10 * context.quantity.value <= 100 * norm.value


def _is_wished(context: Context, measure: str) -> bool:
    """Read "the rate must stay below 7 %": the verb stands right before the number's clause."""
    if measure.endswith("amount") or measure in _CAPITAL:
        return False
    start = context.quantity.start
    for cue in reversed(context.lead):
        if start - cue.end > _WISH or ("kind:actual" in cue.tags and not cue.has("to")):
            return False
        if cue.has("aim"):
            return "," not in context.cued.text[cue.end : start]
    return False


def _is_ceiling(context: Context) -> bool:
    """Read "up to 100 million": what one can get at most is a rule."""
    near = [c for c in context.lead if context.quantity.start - c.end <= _GAP]
    capped = any(c.value("qual") == "at_most" for c in near)
    return capped and context.quantity.value < _SET_MAX


def heading(cues: Sequence[Cue], text: str) -> Kind | None:
    """Return the kind that a heading or a question gives to the paragraph below it."""
    text = text.rstrip(' "”»)')
    asks = text.endswith(("?", ":"))
    titles = len(text) < _HEADING and not text.endswith((".", "!", ";"))
    if (asks or titles) and introduced(cues) == "target":
        return "target"
    return "actual" if titles else None


def _is_set_amount(context: Context) -> bool:
    """Read "the support level is 60 million for a new house"."""
    named = any("set_amount" in c.tags for c in (*context.ahead, *context.tail[:6]))
    return named and context.quantity.value < _SET_MAX


def introduced(cues: Sequence[Cue]) -> Kind:
    """Return the kind that the line above a list gives its entries."""
    for cue in reversed(cues[-_INTRO:]):
        if "kind:target" in cue.tags:
            return "target"
        if "kind:forecast" in cue.tags:
            return "forecast"
    return "actual"


def _is_aimed(context: Context, measure: str) -> bool:
    """Read "the 4 % target" and "beating the target of 4 %"."""
    behind = context.tail[0] if context.tail else None
    if behind and "kind:target" in behind.tags and behind.start - context.quantity.end <= 1:
        return True
    if not measure.endswith("_change_pp"):
        return False
    return any(
        "kind:none" in c.tags and context.quantity.start - c.end < _CLOSE for c in context.lead
    )


def _directly_forecast(context: Context) -> bool:
    tail = before_stop(context)
    return bool(tail) and "kind:forecast" in tail[0].tags


def _is_past(context: Context) -> bool:
    around = [*context.lead, *_close(context)]
    return any("role:total" in c.tags for c in context.lead) or any(c.has("avg") for c in around)


def per(context: Context) -> Per | None:
    """Return year, month or each, where the number is one of many of its kind."""
    tail = _close(context)
    end = context.previous.end if context.previous else -_GAP
    own = [cue for cue in context.lead[-5:] if cue.start - end > _ADJACENT]
    for cue in [*tail, *reversed(own)]:
        for value in sorted(cue.values("per")):
            if value == "each":
                return "each"
            return "month" if value == "month" else "year"
    return None


def _close(context: Context) -> Sequence[Cue]:
    end = context.quantity.end
    found: list[Cue] = []
    for cue in before_stop(context):
        if cue.start - end > 24:
            break
        found.append(cue)
        end = max(end, cue.end)
    return found
