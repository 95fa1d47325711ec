"""Actual, forecast, target or norm: what the verbs and the time say of a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import get_args

from shared.press.figures.context import Context, intro_cues
from shared.press.figures.cues import Tags, carries
from shared.press.figures.evidence import Bundle
from shared.press.figures.figure import Kind, Per
from shared.press.figures.slots.measure import Meaning
from shared.press.figures.times.moment import Moment

KINDS: tuple[Kind, ...] = get_args(Kind)
_VERBS = frozenset({"kind", "aim", "future", "set_amount"})
_PLACES = ("last", "second", "lead", "behind", "intro", "near")
_SMALL = 500_000_000  # what one house, household or person gets lies below
_NEAR = 25


def features(
    context: Context,
    meaning: Meaning,
    per: Per | None,
    before: Kind | None,
    handed: Bundle,
    times: Sequence[Moment],
    today: date | None,
) -> list[Bundle]:
    """Return the features that tell the kind of a number."""
    last = next((c.tags for c in reversed(context.lead) if c.has_any(_VERBS)), None)
    amount = meaning.unit not in ("percent", "percentage_points")
    small = context.quantity.value < _SMALL if amount else None
    average = carries(context.lead, "avg") or carries(context.lead, "whole")
    at_most = any(c.value("qual") == "at_most" for c in context.lead[-2:])
    changed = meaning.direction is not None
    return [
        handed,
        _of_verbs(*_verbs(context)),
        _of_dates(context, times, today),
        _of_meaning(meaning.measure, per, average, small),
        _of_situation(before, last, changed, at_most),
    ]


@lru_cache(maxsize=4096)
def _of_meaning(measure: str, per: Per | None, average: bool, small: bool | None) -> Bundle:
    found = ["bias", f"measure {measure}", f"per {per}"]
    if average:
        found += ["average", f"average per {per}"]
    if small is not None:
        found += [f"small {small} {measure}", f"small {small} per {per}"]
    return tuple(found)


@lru_cache(maxsize=4096)
def _of_situation(before: Kind | None, verb: Tags | None, changed: bool, at_most: bool) -> Bundle:
    found = [f"before {before}"]
    if verb is None and before:
        found.append(f"before {before} alone")
    if changed:
        found += ["change", *(f"change verb {t}" for t in _verb_tags(verb or frozenset()))]
    return (*found, "at most") if at_most else tuple(found)


def _verbs(context: Context) -> Iterator[tuple[Tags, ...]]:
    """Yield the verbs of telling and wanting in each of the places of _PLACES."""
    start, quantity = context.sentence.start, context.quantity
    if context.ahead:
        start = context.ahead[0].start
    ahead = context.cued.only(_VERBS).between(start, quantity.start)
    lead = next((c for c in reversed(context.lead) if c.has_any(_VERBS)), None)
    behind = next((c for c in context.to_stop if c.has_any(_VERBS)), None)
    yield tuple(c.tags for c in ahead[-1:])
    yield tuple(c.tags for c in ahead[-2:-1])
    yield (lead.tags,) if lead else ()
    yield (behind.tags,) if behind else ()
    yield tuple(c.tags for c in intro_cues(context)[-2:])
    yield (lead.tags,) if lead and quantity.start - lead.end < _NEAR else ()


@lru_cache(maxsize=8192)
def _of_verbs(*places: tuple[Tags, ...]) -> Bundle:
    """Say which verbs of telling and wanting stand where."""
    found = [
        f"verb {place} {tag}"
        for place, cues in zip(_PLACES, places, strict=True)
        for tags in cues
        for tag in _verb_tags(tags)
    ]
    return tuple(found if places[0] else [*found, "verb none"])


@lru_cache(maxsize=4096)
def _verb_tags(tags: Tags) -> tuple[str, ...]:
    return tuple(tag for tag in tags if tag.split(":")[0] in _VERBS and tag != "kind")


def _of_dates(context: Context, times: Sequence[Moment], today: date | None) -> Bundle:
    """Say where the time next to the number lies, seen from the day of the text."""
    before = [m for m in times if m.end <= context.quantity.start]
    behind = [m for m in times if m.start >= context.quantity.end]
    near = before[-1] if before else behind[0] if behind else None
    if near is None or today is None:
        return ("time unknown",)
    span = "span " if near.shape == "span" else ""
    if near.first > today:
        return (f"time {span}to come",)
    return (f"time {span}over",) if near.last < today else (f"time {span}now",)
