"""Which of the places that a text names a figure is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared.domain.figures.context import Context
from shared.domain.figures.figure import Place
from shared.domain.figures.gazetteer import LEVELS, Gazetteer, Named
from shared.domain.figures.mentions import Mention, Subject

_REACH = 160
_OPENING = 5
_TOUCH = 2
_PARENT = 16
_WHOLE = ("whole:province", "whole:district", "whole:commune")


def named_for(
    context: Context, found: Sequence[Mention], subject: Subject, kept: Named | None
) -> Named | None:
    """Return the place of a figure: a smaller one behind it, the last before it, the article's."""
    found = _without_parents(found)
    behind = _behind(context, found)
    before = [m for m in found if m.end <= context.quantity.start and _same_clause(context, m)]
    if behind is not None and (not before or _is_smaller(behind, before[-1])):
        return behind.named
    whole = _whole(context, found)
    if before and (whole is None or before[-1].end > whole[0]):
        return before[-1].named
    if whole is not None:
        return _of_whole(whole[1], subject, kept)
    return kept


def _without_parents(found: Sequence[Mention]) -> list[Mention]:
    """Leave out the province of "X district, Y province"."""
    kept: list[Mention] = []
    for mention in found:
        last = kept[-1] if kept else None
        if last and mention.start - last.end <= _PARENT and _is_smaller(last, mention):
            continue
        kept.append(mention)
    return kept


def _same_clause(context: Context, mention: Mention) -> bool:
    return ";" not in context.cued.text[mention.end : context.quantity.start]


def _behind(context: Context, found: Sequence[Mention]) -> Mention | None:
    text, end = context.cued.text, context.quantity.end
    stop = context.following.start if context.following else context.sentence.end
    for mention in found:
        if not mention.leveled or not end <= mention.start < min(stop, end + _REACH):
            continue
        gap = text[end : mention.start]
        return None if any(c in gap for c in ",;:\n") or ". " in gap else mention
    return None


def _is_smaller(one: Mention, other: Mention) -> bool:
    return _rank(one) < _rank(other)


def _rank(mention: Mention) -> int:
    level = mention.named.units[0].level if mention.named.units else mention.named.level
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _whole(context: Context, found: Sequence[Mention]) -> tuple[int, str] | None:
    for cue in reversed(context.ahead):
        for tag in _WHOLE:
            if tag in cue.tags:
                return cue.end, tag
    return _bare_level(context, found)


def _bare_level(context: Context, found: Sequence[Mention]) -> tuple[int, str] | None:
    """Read "The province expects …" at the start of a sentence as the whole of it."""
    first = next(iter(context.ahead), None)
    if first is None or first.start - context.sentence.start > _OPENING:
        return None
    if any(abs(m.start - first.end) <= _TOUCH or abs(first.start - m.end) <= _TOUCH for m in found):
        return None
    levels = ("place:province", "place:district")
    level = next((tag for tag in levels if tag in first.tags), None)
    return (first.end, level.replace("place", "whole")) if level else None


def _of_whole(tag: str, subject: Subject, kept: Named | None) -> Named | None:
    if tag == "whole:province":
        return subject.province or kept
    return subject.smaller or kept


def usual(subject: Subject) -> Named | None:
    """Return the place of figures that name none."""
    if subject.smaller or subject.province:
        return subject.smaller or subject.province
    return Named("Việt Nam", region="Việt Nam", level="region") if subject.country else None


def resolved(
    named: Named | None, gazetteer: Gazetteer, day: date, subject: Subject
) -> Place | None:
    """Look the name up on the map of a day, near the article's own place if several bear it."""
    return gazetteer.place(named, day, subject.anchor()) if named else None
