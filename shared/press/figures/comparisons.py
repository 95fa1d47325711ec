"""What a change is counted from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared.press.figures.context import Context
from shared.press.figures.figure import Comparison, Period
from shared.press.figures.slots.measure import Meaning
from shared.press.figures.times.moment import Moment


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
    return any(
        c.has("t:last_year") or c.has("t:year_later") or ("vs" in c.tags and c.has("per"))
        for c in around
    )
