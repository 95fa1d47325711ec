"""Which of the times that a text names a figure is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared.press.figures.context import Context
from shared.press.figures.cues import Cue
from shared.press.figures.figure import Comparison, Period
from shared.press.figures.moments import Moment
from shared.press.figures.rates import Meaning

_REACH = 90
_STATES = frozenset(
    {
        "poor_households",
        "near_poor_households",
        "poor_and_near_poor_households",
        "multidimensionally_poor_households",
        "households_total",
        "poor_persons",
        "loan_amount",
        "coverage_rate",
        "share_of_total",
        "income_per_capita",
        "houses_remaining",
    }
)
_NEAR = 16
_ONWARD = 12
_ASIDE = 12
_AIMS = frozenset({"kind:target", "kind:forecast"})
_VERBS = ("from", "to", "dir", "by", "share", "topic", "vs")
_RUNNING = ("poverty_line", "housing_standard")


def is_state(meaning: Meaning) -> bool:
    """Say whether a figure holds on a day, not over a span."""
    return meaning.measure in _STATES or (meaning.stem is not None and meaning.direction is None)


def moment_for(
    context: Context,
    meaning: Meaning,
    found: Sequence[Moment],
    kept: Moment | None,
    base: Moment | None,
    *,
    aimed: bool = False,
) -> Moment | None:
    """Return the time of a figure: behind it, before it, or of the sentences before."""
    usable = usable_for(meaning, found)
    ends = _averaged(context, meaning, usable)
    if ends:
        return ends
    behind = _behind(context, meaning, usable)
    if behind:
        return behind
    if is_base(context, meaning):
        return _base_moment(context, found, base)
    before = [m for m in usable if m.end <= context.quantity.start and not _in_aside(context, m)]
    if before and before[-1] is base and context.leads("to"):
        before = []
    if before and is_state(meaning) and _by_now(context, before[-1]):
        return None
    if before:
        return before[-1]
    loose = [m for m in usable if m.start >= context.quantity.end]
    if loose and context.previous is None and len(usable) == 1 and _same_clause(context, loose[0]):
        return loose[0]
    programme = [m for m in found if m.role == "programme" and m.end <= context.quantity.start]
    own = programme[-1] if programme and (aimed or not is_state(meaning)) else None
    return own if own and (aimed or meaning.unit == "VND") else kept or own


def usable_for(meaning: Meaning, found: Sequence[Moment]) -> list[Moment]:
    """Return the times that a figure can be about; no level holds on the day of a meeting."""
    state = is_state(meaning) or (meaning.direction is not None and meaning.stem is not None)
    if state:
        return [m for m in found if m.role == "" and not m.open]
    return [m for m in found if m.role == ""]


def _by_now(context: Context, moment: Moment) -> bool:
    """Say whether "now" stands between a time and the number: "in 2022 …, now only 400"."""
    return any(c.has("t:now") and c.start >= moment.end for c in context.lead)


def not_to_come(
    meaning: Meaning, found: Sequence[Moment], published_on: date | None
) -> Sequence[Moment]:
    """Leave out the spans that are not over yet: no level that was read holds at their end."""
    if published_on is None or not is_state(meaning):
        return found
    return [m for m in found if m.shape != "span" or m.last.year <= published_on.year]


def _in_aside(context: Context, moment: Moment) -> bool:
    """Say whether a time is told in brackets that speak of something else."""
    text, start = context.cued.text, context.sentence.start
    opened = text.rfind("(", start, moment.start)
    if opened < 0 or text.rfind(")", opened, moment.start) >= 0:
        return False
    closed = text.find(")", moment.end, context.quantity.start)
    return closed >= 0 and moment.start - opened > _ASIDE


def is_base(context: Context, meaning: Meaning) -> bool:
    """Say whether the number is where a move began: "from 6,102 …", "against 15 % in 2021"."""
    if meaning.direction is not None or context.quantity.high is not None:
        return False
    nearest = next((c for c in reversed(context.lead) if any(c.has(f) for f in _VERBS)), None)
    return nearest is not None and (nearest.has("from") or "vs" in nearest.tags)


def _base_moment(context: Context, found: Sequence[Moment], base: Moment | None) -> Moment | None:
    """Return the time that a move is counted from, or that of the last such number."""
    against = [m for m in found if m.role == "vs"]
    from_now = [m for m in found if m.role == "" and m.end <= context.quantity.start]
    near = [m for m in from_now if context.quantity.start - m.end < _NEAR]
    return against[-1] if against else (near[-1] if near else base)


def _averaged(context: Context, meaning: Meaning, usable: Sequence[Moment]) -> Moment | None:
    """Read "fell by 2.14 a year, from … at the end of 2021 to … at the end of 2024"."""
    if meaning.direction is None:
        return None
    steady = any(c.has("avg") or "per:year" in c.tags for c in context.lead)
    after = [
        m
        for m in usable
        if (m.start >= context.quantity.end and m.first != m.last) or m.shape == "day"
    ]
    after = [m for m in after if m.start >= context.quantity.end]
    if not steady or len(after) < 2 or after[0].last >= after[1].last:
        return None
    gap = context.cued.between(context.quantity.end, after[0].start)
    if not any(c.has("from") for c in gap):
        return None
    return Moment(after[0].start, after[1].end, "span", after[0].last, after[1].last)


def _behind(context: Context, meaning: Meaning, usable: Sequence[Moment]) -> Moment | None:
    stop = _next_start(context)
    for moment in usable:
        if context.quantity.end <= moment.start < min(stop, context.quantity.end + _REACH):
            gap = _outside_brackets(context.cued.text[context.quantity.end : moment.start])
            inside = context.cued.between(context.quantity.end, moment.start)
            if any(c in gap for c in ",;:.\n") or any(_parts(c) for c in inside):
                return None
            if _opens_an_aim(context, moment):
                return None
            held = is_base(context, meaning)
            return moment if held or not _leads_on(context, moment) else None
    return None


def _opens_an_aim(context: Context, moment: Moment) -> bool:
    """Say whether a time opens the clause of an aim: "… is 94.2 %. In 2023 the province aims"."""
    if any(not c.tags.isdisjoint(_AIMS) for c in context.ahead):
        return False
    onward = context.cued.between(moment.end, moment.end + _ONWARD * 2)
    return any(not c.tags.isdisjoint(_AIMS) for c in onward)


def _parts(cue: Cue) -> bool:
    """Say whether another clause begins with this word."""
    return cue.has("and") or cue.has("dir") or not cue.tags.isdisjoint(_AIMS)


def _outside_brackets(gap: str) -> str:
    opened, closed = gap.find("("), gap.find(")")
    return gap[:opened] + gap[closed + 1 :] if 0 <= opened < closed else gap


def _leads_on(context: Context, moment: Moment) -> bool:
    """Say whether a time is nearer to the next number: "4.08 % by the year's end 12,744 left"."""
    following = context.following
    if following is None or following.start < moment.end:
        return False
    onward = context.cued.between(moment.end, following.start)
    close = following.start - moment.end < moment.start - context.quantity.end + _ONWARD
    verb = any(c.has("to") and not c.has("link") for c in onward)
    return close and verb and "," not in context.cued.text[moment.end : following.start]


def _next_start(context: Context) -> int:
    """Return where the next number begins, one in brackets right behind left out."""
    following = context.following
    if following is None:
        return context.sentence.end
    gap = context.cued.text[context.quantity.end : following.start]
    return following.end + _REACH // 2 if "(" in gap and ")" not in gap else following.start


def _same_clause(context: Context, moment: Moment) -> bool:
    return ";" not in context.cued.text[context.quantity.end : moment.start]


def period_of(meaning: Meaning, moment: Moment | None) -> Period | None:
    """Turn a time into the period of a figure: a level and a change hold at its end."""
    if moment is None or (meaning.measure in _RUNNING and moment.shape == "day"):
        return None if moment is None else moment.period
    if moment.shape == "span" and (meaning.direction is not None or meaning.unit == "VND"):
        return moment.period
    if is_state(meaning) or (meaning.direction is not None and meaning.stem is not None):
        return Period(moment.last, moment.last)
    return moment.period


def comparison(
    context: Context,
    meaning: Meaning,
    period: Period | None,
    found: Sequence[Moment],
    forecast: bool,
) -> Comparison | None:
    """Return the direction of a change and the day that it is counted from."""
    if meaning.direction is None:
        return None
    if period and period.start < period.end and meaning.stem:
        return Comparison(meaning.direction, period.start.isoformat())
    base = _base(context, found) or _from_level(context, found, period)
    if base is None and period and (forecast or _against_last_year(context)):
        base = date(period.end.year - 1, 12, 31)
    return Comparison(meaning.direction, base.isoformat() if base else None)


def _base(context: Context, found: Sequence[Moment]) -> date | None:
    stop = context.following.start if context.following else context.sentence.end
    start = context.previous.end if context.previous else context.sentence.start
    near = [m for m in found if m.role == "vs" and start <= m.start < stop]
    after = [m for m in near if m.start >= context.quantity.end]
    chosen = after[0] if after else near[-1] if near else None
    return chosen.state() if chosen else None


def _from_level(context: Context, found: Sequence[Moment], period: Period | None) -> date | None:
    """Read the base off "from 20 % at the end of 2022 to 15 % at the end of 2023"."""
    after = [m for m in found if m.start >= context.quantity.end and m.role == ""]
    if len(after) < 2 or period is None or after[0].last >= after[1].last:
        return None
    gap = context.cued.between(context.quantity.end, after[0].start)
    return after[0].last if any(c.has("from") for c in gap) else None


def _against_last_year(context: Context) -> bool:
    around = [*context.lead, *context.tail]
    return any(c.has("t:last_year") or ("vs" in c.tags and c.has("per")) for c in around)
