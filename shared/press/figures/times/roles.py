"""What a time is there for: a level, a base of comparison, a decree, a programme, an event."""

from __future__ import annotations

import re
from calendar import monthrange

from msgspec.structs import replace

from shared.press.figures.cues import Cue, Cued
from shared.press.figures.times.moment import BASE_GAP, NEAR, Moment

_CODE = re.compile(r"\d/[\da-zđ]|/[a-zđ]{2,}-[a-zđ]{2}|\d-[a-zđ]{2}")
_REVIEW = 70
_PLAN = 40


def with_role(cued: Cued, moment: Moment) -> Moment:
    if moment.role:
        return moment
    own = cued.at(moment.start)
    if _is_document(cued, moment, own):
        return replace(moment, role="document")
    if _is_base(cued, moment) or (own and own.has("vs")):
        return replace(moment, role="vs")
    opener = cued.before(moment.start)
    close = opener is not None and moment.start - opener.end <= NEAR
    if moment.shape == "year" and _is_reviewed(cued, moment):
        return replace(moment, review=True)
    if moment.shape == "year" and close and opener and opener.has("t:from"):
        return replace(moment, since=True)
    years = moment.last.year - moment.first.year
    if moment.shape == "span" and years and _named_after_programme(cued, moment):
        return replace(moment, role="programme")
    if moment.shape == "day" and close and opener and _is_event(cued, moment, opener):
        return replace(moment, role="event")
    return moment


def _is_document(cued: Cued, moment: Moment, own: Cue | None) -> bool:
    """Say whether a decree or a person has this date."""
    text = cued.text[max(cued.start, moment.start - 28) : moment.start]
    if own and own.has("docdate"):
        return True
    cue, gap = _opening(cued, moment)
    if cue and gap <= BASE_GAP and (cue.has("dob") or (cue.has("docdate") and _CODE.search(text))):
        return True
    return moment.shape in ("day", "month") and _CODE.search(text) is not None


def _opening(cued: Cued, moment: Moment) -> tuple[Cue | None, int]:
    """Return the word that leads to a time, words about time left out, and how far off it is."""
    cue = cued.before(moment.start)
    gap = moment.start - cue.end if cue else 0
    hops = 0
    while cue and hops < 3 and (cue.has("t") or cue.has("from")):
        if cue.has("docdate") or cue.has("vs"):
            break
        before = cued.before(cue.start)
        gap += cue.start - before.end if before else 0
        cue, hops = before, hops + 1
    return cue, gap


def _is_base(cued: Cued, moment: Moment) -> bool:
    """Say whether a change is counted from this time: "lower than in 2022", "2 % from 2022"."""
    cue, gap = _opening(cued, moment)
    if cue is None or gap > BASE_GAP or cue.end <= moment.start - 40:
        return False
    if cue.has("vs"):
        return True
    if moment.shape == "span":
        return False
    return cue.has("than") or _counted_from(cued, moment)


def _counted_from(cued: Cued, moment: Moment) -> bool:
    """Read "up 533 billion from the end of 2023"."""
    own, opener = cued.at(moment.start), cued.before(moment.start)
    opener = own if own and own.has("from") else opener
    if opener is None or moment.start - opener.end > NEAR:
        return False
    if not (opener.has("from") or opener.has("t:from") or opener.value("qual") == "more_than"):
        return False
    before = cued.before(opener.start)
    if before is None or not before.has("unit") or opener.start - before.end > 1:
        return False
    near = cued.between(max(cued.start, before.start - 40), before.start)
    return any(c.has("dir") for c in near)


def _is_reviewed(cued: Cued, moment: Moment) -> bool:
    """Say whether this is the year of a review: "rà soát hộ nghèo năm 2025", "the 2025 review"."""
    near = cued.between(max(cued.start, moment.start - _REVIEW), moment.end + BASE_GAP)
    for cue in near:
        if cue.has("review"):
            gap = cued.text[cue.end : moment.start]
            return not any(c in gap for c in ".;:\n")
    return False


def _is_event(cued: Cued, moment: Moment, opener: Cue) -> bool:
    """Say whether something was done or said on this day: no level holds on it."""
    if not opener.has("t:day") or opener.has("t:asof") or opener.has("t:end"):
        return False
    if moment.last.day == monthrange(moment.last.year, moment.last.month)[1]:
        return False
    before = cued.before(opener.start)
    if before is None or opener.start - before.end > NEAR:
        return True
    return not any(before.has(t) for t in ("t:asof", "t:end", "t:to", "t:from"))


def _named_after_programme(cued: Cued, moment: Moment) -> bool:
    near = cued.between(max(cued.start, moment.start - 120), moment.start)
    standard = [c for c in near if moment.start - c.end < 30 and c.has("topic:poverty_line")]
    norm = [c for c in near if moment.start - c.end < 12 and "kind:norm" in c.tags]
    plan = [c for c in near if moment.start - c.end < _PLAN and c.has("plan")]
    return bool(standard or norm or plan) or any("kind:none" in c.tags for c in near)
