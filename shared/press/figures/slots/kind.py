"""Actual, forecast, target or norm: what the verbs and the time say of a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import get_args

from shared.press.figures.context import Context, before_stop, intro_cues
from shared.press.figures.cues import Cue, carries
from shared.press.figures.figure import Kind, Per
from shared.press.figures.slots.measure import Meaning
from shared.press.figures.times.moment import Moment

KINDS: tuple[Kind, ...] = get_args(Kind)
_VERBS = frozenset({"kind", "aim", "future", "set_amount"})
_SMALL = 500_000_000  # what one house, household or person gets lies below
_NEAR = 25


def features(
    context: Context,
    meaning: Meaning,
    per: Per | None,
    before: Kind | None,
    handed: Sequence[str],
    times: Sequence[Moment],
    today: date | None,
) -> list[str]:
    """Return the features that tell the kind of a number."""
    lead = [c for c in context.lead if c.has_any(_VERBS)]
    found = ["bias", f"measure {meaning.measure}", f"per {per}", *handed]
    found += _told(context, lead)
    if carries(context.lead, "avg") or carries(context.lead, "whole"):
        found += ["average", f"average per {per}"]
    found.append(f"before {before}")
    if lead == [] and before:
        found.append(f"before {before} alone")
    found += _dated(context, times, today)
    if meaning.unit not in ("percent", "percentage_points"):
        small = context.quantity.value < _SMALL
        found += [f"small {small} {meaning.measure}", f"small {small} per {per}"]
    if meaning.direction:
        found += ["change", *(f"change verb {t}" for t in _verbs(lead[-1:]))]
    if any(c.value("qual") == "at_most" for c in context.lead[-2:]):
        found.append("at most")
    return found


def _told(context: Context, lead: Sequence[Cue]) -> list[str]:
    """Say which verbs of telling and wanting stand where."""
    verbs = [c for c in context.ahead if c.has_any(_VERBS)]
    tail = [c for c in before_stop(context) if c.has_any(_VERBS)]
    near = [c for c in lead[-1:] if context.quantity.start - c.end < _NEAR]
    places = {
        "last": verbs[-1:],
        "second": verbs[-2:-1],
        "lead": lead[-1:],
        "behind": tail[:1],
        "intro": intro_cues(context)[-2:],
        "near": near,
    }
    found = [f"verb {place} {tag}" for place, cues in places.items() for tag in _verbs(cues)]
    return found if verbs else [*found, "verb none"]


def _verbs(cues: Sequence[Cue]) -> list[str]:
    return [tag for cue in cues for tag in _verb_tags(cue.tags)]


@lru_cache(maxsize=4096)
def _verb_tags(tags: frozenset[str]) -> tuple[str, ...]:
    return tuple(tag for tag in tags if tag.split(":")[0] in _VERBS and tag != "kind")


def _dated(context: Context, times: Sequence[Moment], today: date | None) -> list[str]:
    """Say where the time next to the number lies, seen from the day of the text."""
    before = [m for m in times if m.end <= context.quantity.start]
    behind = [m for m in times if m.start >= context.quantity.end]
    near = before[-1] if before else behind[0] if behind else None
    if near is None or today is None:
        return ["time unknown"]
    span = "span " if near.shape == "span" else ""
    if near.first > today:
        return [f"time {span}to come"]
    return [f"time {span}over" if near.last < today else f"time {span}now"]
