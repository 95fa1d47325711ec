"""Finding the words that carry a meaning: the longest phrase at each place, in one pass."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import msgspec

from shared.press.figures.language import Language

_WORD = re.compile(r"[^\W\d_]+|[^\w\s]")
_PREFIX = 2
_NONE = frozenset[str]()
Tags = frozenset[str]


class Cue(msgspec.Struct, frozen=True, gc=False):
    """A phrase in the text, its tags `family:value`, and their families as tags too."""

    start: int
    end: int
    tags: frozenset[str]

    def has(self, family: str) -> bool:
        """Say whether the phrase carries this tag, or any tag of this family."""
        return family in self.tags

    def has_any(self, families: frozenset[str]) -> bool:
        """Say whether the phrase carries one of these tags."""
        return not self.tags.isdisjoint(families)

    def value(self, family: str) -> str | None:
        """Return the value of the tag of this family, None where there is none."""
        return _value(self.tags, family) if family in self.tags else None

    def values(self, family: str) -> frozenset[str]:
        """Return the values of all tags of this family."""
        return _values(self.tags, family) if family in self.tags else _NONE


@lru_cache(maxsize=4096)
def _value(tags: frozenset[str], family: str) -> str | None:
    start = family + ":"
    return min((tag[len(start) :] for tag in tags if tag.startswith(start)), default=None)


@lru_cache(maxsize=4096)
def _values(tags: frozenset[str], family: str) -> frozenset[str]:
    start = family + ":"
    return frozenset(tag[len(start) :] for tag in tags if tag.startswith(start))


def carries(cues: Iterable[Cue], family: str) -> bool:
    """Say whether one of the cues carries this tag, or any tag of this family."""
    for cue in cues:  # noqa: SIM110 - asked more often than all else; a loop takes half the time
        if family in cue.tags:
            return True
    return False


class _Entry(NamedTuple):
    """A phrase with its tags; `name_at` is where a name may begin: "xã hội" and "xã Hội Sơn"."""

    phrase: str
    tags: frozenset[str]
    name_at: int


def _name_at(phrase: str, tags: Mapping[str, set[str]]) -> int:
    """Return where a phrase that begins with a word for a unit goes on, else 0."""
    first, _, rest = phrase.partition(" ")
    unit = bool(rest) and any(tag.startswith("place:") for tag in tags.get(first, ()))
    return len(first) + 1 if unit else 0


class Cues:
    """The phrases of one language, ready to be looked up."""

    def __init__(self, language: Language) -> None:
        self._spaced = language.spaced
        tags: dict[str, set[str]] = {}
        for meaning, phrases in language.cues.items():
            for phrase in phrases:
                tags.setdefault(phrase, set()).update(meaning.split())
        self._index: dict[str, list[_Entry]] = {}
        for phrase in sorted(tags, key=len, reverse=True):
            families = {tag.split(":")[0] for tag in tags[phrase]}
            entry = _Entry(phrase, frozenset(tags[phrase] | families), _name_at(phrase, tags))
            self._index.setdefault(self._key(phrase), []).append(entry)

    def _key(self, phrase: str) -> str:
        if not self._spaced:
            return phrase[:_PREFIX]
        first = _WORD.match(phrase)
        return first.group() if first else phrase

    def find(self, text: str, start: int, end: int, shown: str = "") -> list[Cue]:
        """Return the cues of text[start:end], first to last, none inside another.

        `shown` is the text with its capitals, by which names are told from words.
        """
        if self._spaced:
            return self._by_word(text, start, end, shown or text)
        return self._by_char(text, start, end)

    def without_names(self, cued: Cued, names: Iterable[tuple[int, int]], shown: str) -> Cued:
        """Return the cues without those that are a part of a name; words for a unit stay."""
        spans = [(a, b) for a, b in names if any(_speaks(c) for c in cued.inside(a, b))]
        if not spans:
            return cued
        found: list[Cue] = []
        free = cued.start
        for start, end in spans:
            found += self.find(cued.text, free, start, shown)
            found += [c for c in cued.inside(start, end) if not _speaks(c)]
            free = end
        found += self.find(cued.text, free, cued.end, shown)
        return Cued(cued.text, cued.start, cued.end, found)

    def _by_word(self, text: str, start: int, end: int, shown: str) -> list[Cue]:
        found: list[Cue] = []
        free = start
        for word in _WORD.finditer(text, start, end):
            entries = self._index.get(word.group())
            if entries is None or word.start() < free:
                continue
            cue = _longest(entries, text, word.start(), end, shown)
            if cue:
                found.append(cue)
                free = cue.end
        return found

    def _by_char(self, text: str, start: int, end: int) -> list[Cue]:
        found: list[Cue] = []
        at = start
        while at < end:
            entries = self._index.get(text[at : at + _PREFIX]) or self._index.get(text[at])
            cue = _longest(entries, text, at, end, None) if entries else None
            if cue:
                found.append(cue)
            at = cue.end if cue else at + 1
        return found


def _longest(entries: list[_Entry], text: str, at: int, end: int, shown: str | None) -> Cue | None:
    """Return the longest phrase at a place; `shown` is given where words stand apart."""
    for phrase, tags, name_at in entries:
        if not text.startswith(phrase, at, end):
            continue
        stop = at + len(phrase)
        if shown is not None and phrase[-1].isalpha() and text[stop : stop + 1].isalpha():
            continue
        if text[at].isalpha() and text[at].isascii() and at and _joined(text[at - 1]):
            continue
        if shown is not None and name_at and shown[at + name_at].isupper() > shown[at].isupper():
            continue
        return Cue(at, stop, tags)
    return None


def _speaks(cue: Cue) -> bool:
    return "place" not in cue.tags


def _joined(before: str) -> bool:
    return before.isascii() and before.isalpha()


@dataclass(frozen=True)
class Cued:
    """A stretch of text with its cues, to be asked what stands where."""

    text: str
    start: int
    end: int
    cues: Sequence[Cue]
    _starts: list[int] = field(init=False, repr=False)
    _only: dict[Tags, Cued] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [cue.start for cue in self.cues])

    def only(self, families: Tags) -> Cued:
        """Return this stretch with the cues of some families alone."""
        found = self._only.get(families)
        if found is None:
            chosen = [cue for cue in self.cues if not cue.tags.isdisjoint(families)]
            found = self._only[families] = Cued(self.text, self.start, self.end, chosen)
        return found

    def of(self, text: str) -> Cued:
        """Return the cues of a text that has the same words in the same places."""
        return Cued(text, self.start, self.end, self.cues)

    def at(self, position: int) -> Cue | None:
        """Return the cue that begins at `position`."""
        index = bisect_left(self._starts, position)
        if index < len(self.cues) and self.cues[index].start == position:
            return self.cues[index]
        return None

    def between(self, start: int, end: int) -> Sequence[Cue]:
        """Return the cues that begin in text[start:end]."""
        return self.cues[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def inside(self, start: int, end: int) -> Sequence[Cue]:
        """Return the cues that share a letter with text[start:end]."""
        first = bisect_left(self._starts, start)
        if first and self.cues[first - 1].end > start:
            first -= 1
        return self.cues[first : bisect_left(self._starts, end)]

    def next_to(self, position: int) -> Cue | None:
        """Return the cue that begins at `position` or after one blank."""
        return self.at(position + (self.text[position : position + 1] == " "))

    def before(self, position: int) -> Cue | None:
        """Return the last cue that ends at or before `position`."""
        index = bisect_left(self._starts, position) - 1
        while index >= 0 and self.cues[index].end > position:
            index -= 1
        return self.cues[index] if index >= 0 else None

    def ending_at(self, position: int) -> Cue | None:
        """Return the cue that ends at `position` or one blank before it."""
        cue = self.before(position)
        if cue is None or cue.end < position - 1:
            return None
        return cue if cue.end == position or self.text[cue.end] == " " else None
