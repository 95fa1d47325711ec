"""The unit of a number: the word behind it, or before it where a classifier stands behind."""

from __future__ import annotations

import msgspec

from shared.press.figures.cues import Cue, Cued, Tags
from shared.press.figures.language import Language

RATES = frozenset({"percent", "percentage_points"})
CURRENCIES = frozenset({"VND", "USD", "EUR", "IDR", "THB"})
PRINTED = RATES | CURRENCIES  # units that stand right behind their number
_CONTINUOUS = PRINTED | frozenset({"tonnes", "kg", "ha", "km", "m2", "years"})
UNTAGGED: Tags = frozenset()
_APART = PRINTED | {"years_of_life"}
_BREAKS = frozenset(',;:.()!?\n/"')
_NO_NOUNS = frozenset({"no", "t:year", "t:month"})
_INSIDE = frozenset({"group", "skip", "act", "rice"})
_OUTSIDE = frozenset({"num", "mult", "per", "vs", "t"})
_AHEAD = 60
_BACK = 70
_OF = 5


class Unit(msgspec.Struct, frozen=True, gc=False):
    """What a number counts. `start:end` is the unit's word; `attached` says that it is adjacent.

    `tags` are the tags of the word; `in_span`: the word is one of the number's own words.
    """

    name: str
    start: int
    end: int
    tags: Tags
    attached: bool
    in_span: bool

    @property
    def continuous(self) -> bool:
        """Say whether the unit can be counted in fractions."""
        return self.name in _CONTINUOUS


def unit_after(cued: Cued, number: int, end: int, language: Language) -> Unit | None:
    """Return the unit of the number that begins at `number` and ends, multipliers too, at `end`."""
    adjacent = cued.next_to(end)
    if adjacent and adjacent.value("unit") in PRINTED:
        return _own(_best_rate(cued, adjacent))
    if not language.spaced:
        classified = _by_classifier(cued, number, end, adjacent)
        if classified:
            return classified
    cue = _noun(cued, end, language)
    if cue is None:
        return None
    return Unit(cue.value("unit") or "", cue.start, cue.end, cue.tags, True, False)


def _best_rate(cued: Cued, cue: Cue) -> Cue:
    follows = cued.next_to(cue.end)
    points = follows is not None and follows.value("unit") == "percentage_points"
    return follows if follows and points else cue


def _own(cue: Cue) -> Unit:
    name = "percentage_points" if "unit:percentage_points" in cue.tags else cue.value("unit")
    return Unit(name or "", cue.start, cue.end, cue.tags, True, True)


def _noun(cued: Cued, end: int, language: Language) -> Cue | None:
    """Return the noun that a number counts: the first one behind it, adjectives allowed."""
    stop = _stop(cued.text, end, min(cued.end, end + _AHEAD))
    position, words = end, 0
    for cue in cued.between(end, stop):
        words += len(cued.text[position : cue.start].split())
        if words > language.adjective_words:
            return None
        if cue.has_any(_NO_NOUNS):
            return cue if cue.has("unit") else None
        if cue.has("unit") and cue.value("unit") not in PRINTED:
            return _served(cued, cue, stop) or _head(cued, cue, stop, language)
        if _ends_phrase(cue, language):
            return None
        words += not cue.has("group")
        position = cue.end
    return None


def _served(cued: Cued, cue: Cue, stop: int) -> Cue | None:
    """Return who is served in "20,150 turns of households": they count, not the turns."""
    if cue.value("unit") != "cases":
        return None
    near = cued.between(cue.end, min(stop, cue.end + _OF))
    return next((c for c in near if c.value("unit") in ("households", "persons")), None)


def _ends_phrase(cue: Cue, language: Language) -> bool:
    if language.noun_first and not cue.has("group"):
        return True
    return not cue.has_any(_INSIDE) and cue.has_any(_OUTSIDE)


def _head(cued: Cued, cue: Cue, stop: int, language: Language) -> Cue:
    """In "ten household models" the last noun counts; adjectives first means head last."""
    if language.noun_first:
        return cue
    follows = cued.next_to(cue.end)
    while follows and follows.end <= stop and follows.has("unit"):
        if follows.value("unit") in _APART:
            break
        cue, follows = follows, cued.next_to(follows.end)
    return cue


def _stop(text: str, start: int, end: int) -> int:
    for at in range(start, end):
        if text[at] in _BREAKS or text[at].isdigit():
            return at
    return end


def _by_classifier(cued: Cued, number: int, end: int, adjacent: Cue | None) -> Unit | None:
    """In Thai the noun stands before the number and a classifier behind it."""
    before = _noun_before(cued, number)
    if adjacent is None or not adjacent.has("class"):
        if before and adjacent and adjacent.has("unit") and _touches(cued, before, number):
            return _from(before, adjacent)
        return None
    if adjacent.value("class") == "things":
        return _from(before, adjacent) if before else None
    bare = not cued.text[adjacent.end : adjacent.end + 1].strip() or not _qualified(cued, adjacent)
    if before and not bare and before.value("unit") == "persons" and _touches(cued, before, number):
        return _from(before, adjacent)
    unit = adjacent.value("class") or ""
    same = before is not None and before.value("unit") == unit
    tags = adjacent.tags | before.tags if before and same else adjacent.tags
    return Unit(unit, adjacent.start, adjacent.end, tags, True, False)


def _from(noun: Cue, classifier: Cue) -> Unit:
    return Unit(noun.value("unit") or "", classifier.start, classifier.end, noun.tags, True, False)


def _qualified(cued: Cued, classifier: Cue) -> bool:
    follows = cued.at(classifier.end)
    return follows is not None and follows.has("group")


def _touches(cued: Cued, noun: Cue, number: int) -> bool:
    return number - noun.end <= 1


def _noun_before(cued: Cued, number: int) -> Cue | None:
    start = max(cued.start, number - _BACK)
    for cue in reversed(cued.between(start, number)):
        if cue.end > number or any(c in ",;()" or c.isdigit() for c in cued.text[cue.end : number]):
            continue
        if cue.has("unit") and cue.value("unit") not in PRINTED:
            return cue
    return None
