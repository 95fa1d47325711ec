"""The two ends of a span, told apart: "2021-2025", "from 2021 to August 2023"."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from shared.press.figures.cues import Cue, Cued
from shared.press.figures.times.moment import BASE_GAP, NEAR, Moment, Role


def joined(cued: Cued, found: list[Moment]) -> list[Moment]:
    """Join the two ends of a span: "2021-2025", "from 2021 to August 2023"."""
    joined: list[Moment] = []
    for moment in found:
        if joined and _spans(cued, joined[-1], moment):
            first = joined.pop()
            opened = first.shape == "day" and moment.shape == "year"
            role: Role = (
                "event" if opened and (first.first.month, first.first.day) == (1, 1) else ""
            )
            both = replace(
                first, end=moment.end, shape="span", last=moment.last, open=False, role=role
            )
            joined.append(both)
        else:
            joined.append(moment)
    return joined


def _spans(cued: Cued, one: Moment, other: Moment) -> bool:
    if one.first >= other.last or (one.shape == "span" and not one.open):
        return False
    gap = cued.text[one.end : other.start].strip()
    if gap in ("-", "/"):
        return gap == "-"
    if len(gap) > 20:
        return False
    inside = cued.between(one.end, other.start)
    absorbed = cued.at(other.start)
    to = any(c.has("t:to") or c.has("t:asof") or c.has("and") for c in inside) or (
        not gap and absorbed is not None
    )
    opener = cued.before(one.start)
    if any(c.has("and") for c in inside) and _are_two_years(cued, one, other, opener):
        return True
    opened = opener is not None and one.start - opener.end <= 2
    opened = opened and opener is not None and (opener.has("t:from") or opener.has("t:period"))
    own = cued.at(one.start)
    return to and (opened or (own is not None and own.has("t:from")))


def _are_two_years(cued: Cued, one: Moment, other: Moment, opener: Cue | None) -> bool:
    """Read "in the two years 2022 and 2023"."""
    following = other.first.year == one.first.year + 1 and other.shape == one.shape == "year"
    start = cued.text.find(" ", max(cued.start, one.start - BASE_GAP), one.start)
    words = cued.text[start : one.start].split() if start >= 0 else []
    named = opener is not None and opener.value("num") == "2"
    return following and ("2" in words or (named and bool(words)))


def until_now(cued: Cued, moment: Moment, published_on: date | None) -> Moment:
    """Let "from 2021 to date" end on the day of publication."""
    if not moment.since or published_on is None or moment.first >= published_on:
        return moment
    onward = cued.between(moment.end, moment.end + NEAR + 1)
    onward = [*onward, *cued.between(onward[0].end, onward[0].end + NEAR)] if onward else onward
    if not any(c.has("t:now") for c in onward):
        return moment
    return replace(moment, shape="span", last=published_on, since=False, open=True)
