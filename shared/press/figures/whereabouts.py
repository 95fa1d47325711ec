"""Which of the places that a text names a figure is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared.press.figures.context import Context
from shared.press.figures.cues import Cued
from shared.press.figures.figure import Place
from shared.press.figures.gazetteer import LEVELS, Gazetteer, Named
from shared.press.figures.mentions import Mention, Subject, level_of
from shared.press.figures.passages import Sentence

_REACH = 160
_OPENING = 5
_HEAD = 30
_TOUCH = 2
_GENITIVE = 6
_THAI_JOINS = ("ใน", "ของ", "ที่", "ให้", "แก่", "สำหรับ")
_PARENT = 16
_WHOLE = ("whole:province", "whole:district", "whole:commune")


def named_for(
    context: Context, found: Sequence[Mention], subject: Subject, kept: Named | None
) -> Named | None:
    """Return the place of a figure: a smaller one behind it, the last before it, the article's."""
    found = without_parents(context.cued, found)
    behind = _behind(context, found)
    before = [m for m in found if m.end <= context.quantity.start and _same_clause(context, m)]
    if behind is not None and (not before or _wins(context, behind, before[-1])):
        return behind.named
    whole = _whole(context, found)
    if before and (whole is None or before[-1].end > whole[0]):
        return before[-1].named
    if whole is not None:
        return _of_whole(whole[1], subject, kept)
    return kept


def without_parents(cued: Cued, found: Sequence[Mention]) -> list[Mention]:
    """Leave out the district and the province of "X commune (Y district, Z province)"."""
    kept: list[Mention] = []
    last: Mention | None = None
    for mention in found:
        inside = last is not None and _is_smaller(last, mention) and _adjoins(cued, last, mention)
        if not inside:
            kept.append(mention)
        last = mention
    return kept


def _adjoins(cued: Cued, one: Mention, other: Mention) -> bool:
    """Say whether only a comma, a bracket or a word such as "in" stands between two names."""
    gap = cued.text[one.end : other.start]
    joined = any(c.has("and") for c in cued.between(one.end, other.start))
    return len(gap) <= _PARENT and not joined and not any(c in ".;:" or c.isdigit() for c in gap)


def _same_clause(context: Context, mention: Mention) -> bool:
    return ";" not in context.cued.text[mention.end : context.quantity.start]


def _behind(context: Context, found: Sequence[Mention]) -> Mention | None:
    text, end = context.cued.text, context.quantity.end
    stop = context.following.start if context.following else context.sentence.end
    for mention in found:
        near = mention.start - end <= _GENITIVE
        if not (mention.leveled or near) or not end <= mention.start < min(stop, end + _REACH):
            continue
        gap = text[end : mention.start]
        if _is_thai(gap) and not any(word in gap for word in _THAI_JOINS):
            return None
        return None if any(c in gap for c in ",;:\n)") or ". " in gap else mention
    return None


def _is_thai(text: str) -> bool:
    return any("\u0e00" < c <= "\u0e7f" for c in text)


def _wins(context: Context, behind: Mention, before: Mention) -> bool:
    """Say whether a place behind a number is its own: "22.2 % of Bắc Kạn", or a smaller one."""
    return behind.start - context.quantity.end <= _GENITIVE or _is_smaller(behind, before)


def _is_smaller(one: Mention, other: Mention) -> bool:
    return _rank(one) < _rank(other)


def _rank(mention: Mention) -> int:
    level = level_of(mention.named)
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
    """Return the unit of a level: the one just spoken of, else the one the article names most."""
    level = tag.removeprefix("whole:")
    if level == "province":
        return subject.province or kept
    if kept is not None and level_of(kept) == level:
        return kept
    return subject.of_level(level) or subject.smaller or kept


def handed_on(
    sentence: Sentence, found: Sequence[Mention], kept: Named | None, subject: Subject
) -> Named | None:
    """Return the place that the next sentence of a paragraph is about if it names none.

    A small place that opens a paragraph is what the paragraph is about; one named later, or
    behind a person's name, is only its own sentence's.
    """
    opens = found and found[0].start - sentence.start < _HEAD and sentence.first
    if opens and found[0].leveled and found[0].is_district_or_below():
        return found[0].named
    return usual(subject) if found else kept


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
