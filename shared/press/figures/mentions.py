"""Places named in a text: where, on which level, and which of them the article is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from shared.press.figures.cues import Cue, Cued
from shared.press.figures.gazetteer import NATION, REGIONS, Gazetteer, Named, folded, of_level

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NAME_WORD = re.compile(_WORD.pattern + r"|\d{1,2}(?![\w.,/%])")  # Quận 1, Mỹ Đình 2
_NUMBERED = re.compile(r" (?:\d{1,2}|[ivx]{1,4})(?![\w.,/%])")
_NAMES_MAX = 5
_SHORT = 4
_SMALL = ("sông", "of", "và", "and", "song", "miền", "phía", "bằng", "delta", "trường")  # in names
_LIST_GAP = 24
_LIST_HEAD = 90
_LIST = re.compile(r"[\s,;()%\d.–:-]{1,20}(?:and|và|dan|และ)? ?")
_OF_WORDS = frozenset({"place:country", "region"})
_THAI_WORD = re.compile(" (?=[\u0e01-\u0e7f])")
_THAI = re.compile("[\u0e01-\u0e7f]")
_THAI_SPAN = 48
_THAI_NAME_MIN = 5
_LEVELS = {
    f"{word}:{level}": level
    for word in ("place", "whole")
    for level in ("commune", "district", "province")
}
_SURNAMES = (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly van thi huu duc minh "
    "quoc dinh trinh mai dao doan lam luong to ha cao thach kim son nong giang sung vang lo ong "
    "ba anh chi mr mrs ms bapak ibu tuan"
)
_PERSON = frozenset(_SURNAMES.split(" "))
_THAI_TITLES = ("นาย", "นาง", "ดร.", "คุณ")


class Mention(msgspec.Struct, frozen=True, gc=False):
    """One naming of a place at start:end; `leveled`: with a word for its level.

    `loose`: Thai letters follow at once, so the end of the name is a guess.
    """

    start: int
    end: int
    named: Named
    leveled: bool
    loose: bool = False

    def is_district_or_below(self) -> bool:
        """Say whether the name can only be a part of a province."""
        return bool(self.named.units) and all(u.level != "province" for u in self.named.units)


def mentions(cued: Cued, shown: str, gazetteer: Gazetteer, *, title: bool = False) -> list[Mention]:
    """Return the places named in a passage, first to last, none inside another."""
    found = [*_latin(cued, shown, gazetteer), *_thai(cued, shown, gazetteer, title=title)]
    found += _of_words(cued)
    single: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if not single or mention.start >= single[-1].end:
            single.append(mention)
    return [m for m in _with_levels(cued, single) if not _is_doubtful(m)]


def _is_doubtful(mention: Mention) -> bool:
    """Say whether a short word without a level is hardly the name of a small place."""
    small = not mention.leveled and mention.is_district_or_below()
    short = len(mention.named.printed) <= _SHORT and " " not in mention.named.printed
    return small and short and mention.end > mention.start


def _with_levels(cued: Cued, found: Sequence[Mention]) -> list[Mention]:
    """Give "districts of A (31 %), B (29 %) and C" one level, and "communes such as: A, B" too."""
    levelled: list[Mention] = []
    for mention in found:
        last = levelled[-1] if levelled else None
        level = _listed_level(cued, mention, last)
        fitting = of_level(mention.named, [level]) if level else None
        if fitting is not None and fitting.units:
            mention = replace(mention, named=fitting, leveled=True)
        levelled.append(mention)
    return _levelled_behind(cued, levelled)


def _levelled_behind(cued: Cued, found: list[Mention]) -> list[Mention]:
    """Give "A and B districts" one level."""
    for index in range(len(found) - 2, -1, -1):
        one, other = found[index], found[index + 1]
        if one.leveled or one.named.region or not other.leveled:
            continue
        level = level_of(other.named)
        joined = _LIST.fullmatch(cued.text, one.end, other.start)
        fitting = of_level(one.named, [level]) if level and joined else None
        if fitting is not None and fitting.units:
            found[index] = replace(one, named=fitting, leveled=True)
    return found


def _listed_level(cued: Cued, mention: Mention, last: Mention | None) -> str | None:
    """Return the level that a name without one takes over from the list it stands in."""
    if mention.leveled or mention.named.region:
        return None
    if last is not None and last.leveled and mention.start - last.end <= _LIST_GAP:
        gap = _LIST.fullmatch(cued.text, last.end, mention.start)
        return level_of(last.named) if gap else None
    if cued.text[mention.start - 2 : mention.start] != ": ":
        return None
    ahead = cued.between(max(cued.start, mention.start - _LIST_HEAD), mention.start)
    word = next((c for c in reversed(ahead) if levels_of(c)), None)
    return levels_of(word)[0] if word else None


def levels_of(cue: Cue) -> list[str]:
    """Return the levels that a word such as "district" or "in the province of" can mean."""
    return list(_levels(cue.tags))


@lru_cache(maxsize=4096)
def _levels(tags: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(level for tag, level in _LEVELS.items() if tag in tags))


def level_of(named: Named) -> str | None:
    """Return the level of a name: that of its first unit, else the one its word says."""
    return named.units[0].level if named.units else named.level


def _of_words(cued: Cued) -> Iterator[Mention]:
    for cue in cued.cues:
        if cue.tags.isdisjoint(_OF_WORDS):
            continue
        if "place:country" in cue.tags:
            named = Named(cued.text[cue.start : cue.end], region=NATION, level="region")
            yield Mention(cue.start, cue.end, named, leveled=True)
        region = cue.value("region")
        if region in REGIONS:
            named = Named(cued.text[cue.start : cue.end], region=REGIONS[region], level="region")
            yield Mention(cue.start, cue.end, named, leveled=True)


def _latin(cued: Cued, shown: str, gazetteer: Gazetteer) -> Iterator[Mention]:
    free = cued.start
    before: re.Match[str] | None = None
    for word in _WORD.finditer(shown, cued.start, cued.end):
        if word.start() >= free and word.group()[0].isupper():
            mention = _at_word(cued, shown, gazetteer, word, before)
            if mention:
                yield mention
                free = mention.end
        before = word


def _at_word(
    cued: Cued,
    shown: str,
    gazetteer: Gazetteer,
    word: re.Match[str],
    before: re.Match[str] | None,
) -> Mention | None:
    first = folded(word.group())
    if not first or not gazetteer.may_begin(first[0]):
        return None
    words, ends = _name_words(shown, word.start(), cued.end)
    flat = [part for w in words for part in folded(w)]
    hit = gazetteer.find(tuple(flat), tuple(_spread(words)))
    if hit is None:
        return None
    count, named = hit
    end = ends[min(_words_taken(words, count), len(ends)) - 1]
    level = _level_around(cued, word.start(), end) or _level_inside(cued, word, count)
    if level is None and before is not None and _is_person(shown, before, word, named):
        return None
    return _mention(shown, word.start(), end, named, level, cued)


def _name_words(shown: str, start: int, end: int) -> tuple[list[str], list[int]]:
    words: list[str] = []
    ends: list[int] = []
    for word in _NAME_WORD.finditer(shown, start, min(end, start + 60)):
        gap = shown[ends[-1] : word.start()] if ends else ""
        if ends and gap not in (" ", "-", " - ", ". ", "."):
            break
        if ends and word.group()[0].islower() and word.group() not in _SMALL:
            break
        words.append(word.group())
        ends.append(word.end())
        if len(words) >= _NAMES_MAX + 2:
            break
    return words, ends


def _spread(words: Sequence[str]) -> list[str]:
    """Print a word as often as it has parts, so that parts and prints stay in step."""
    return [piece for word in words for piece in re.split("['’]", word)]


def _words_taken(words: Sequence[str], parts: int) -> int:
    count = 0
    for index, word in enumerate(words, 1):
        count += len(folded(word))
        if count >= parts:
            return index
    return len(words)


def _is_person(shown: str, before: re.Match[str], word: re.Match[str], named: Named) -> bool:
    """Say whether a name without a level is the rest of a person's name."""
    adjacent = shown[before.end() : word.start()] in (" ", ". ")
    if not adjacent or not before.group()[0].isupper():
        return False
    name = folded(before.group())
    small = not named.region and all(u.level != "province" for u in named.units)
    return small or (bool(name) and name[0] in _PERSON)


def _level_around(cued: Cued, start: int, end: int) -> Cue | None:
    for cue in (cued.ending_at(start), _after(cued, end)):
        if cue and levels_of(cue):
            return cue
    return None


def _level_inside(cued: Cued, word: re.Match[str], words: int) -> Cue | None:
    """Return the word for a unit that a name begins with: Quận 1, Phường 5."""
    cue = cued.at(word.start())
    return cue if cue and words > 1 and cue.end == word.end() and levels_of(cue) else None


def _after(cued: Cued, end: int) -> Cue | None:
    cue = cued.next_to(end)
    own_script = cued.text[end : end + 1] == " "
    return cue if cue and own_script and cue.end - cue.start > 3 else None


def _mention(
    shown: str, start: int, end: int, named: Named, level: Cue | None, cued: Cued
) -> Mention | None:
    number = _NUMBERED.match(cued.text, end)
    if level is None:
        if named.region:
            return Mention(start, end, named, leveled=False)
        provinces = tuple(u for u in named.units if u.level == "province")
        if provinces:
            return Mention(start, end, replace(named, units=provinces), leveled=False)
        return Mention(start, end, named, leveled=False)
    wanted = levels_of(level)
    fitting = of_level(named, wanted)
    if not fitting.units:
        if "province" in wanted and len(wanted) == 1:
            return None
        printed = shown[start:end]
        fitting = Named(printed, level=wanted[0])
    if number and not any(u.name[-1].isdigit() for u in fitting.units):
        fitting = Named(shown[start : number.end()], level=wanted[0])
        end = number.end()
    return Mention(start, end, fitting, leveled=True)


def _fitting(named: Named, levels: list[str], *, free: bool) -> Named:
    if free:
        return replace(named, units=tuple(u for u in named.units if u.level in levels))
    return of_level(named, levels)


def _thai(cued: Cued, shown: str, gazetteer: Gazetteer, *, title: bool) -> Iterator[Mention]:
    if not _THAI.search(cued.text, cued.start, cued.end):
        return
    for start, wanted in _thai_starts(cued):
        chunk = cued.text[start : start + _THAI_SPAN].lstrip(" ")
        at = start + (len(cued.text[start : start + _THAI_SPAN]) - len(chunk))
        hit = gazetteer.find_thai(chunk)
        if hit is None:
            continue
        length, named = hit
        allowed = wanted or (["province", "district"] if title else ["province"])
        fitting = _fitting(named, allowed, free=title and not wanted)
        alone = _stands_alone(cued.text, at, at + length) or (at == cued.start and length > 6)
        if not fitting.units or not (wanted or alone):
            continue
        runs_on = "\u0e00" < cued.text[at + length : at + length + 1] <= "\u0e7f"
        yield Mention(at, at + length, fitting, leveled=bool(wanted), loose=runs_on)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether a name without a word for its level is a word of its own."""
    apart = not "\u0e00" < text[end : end + 1] <= "\u0e7f"
    return apart and " " not in text[start:end] and end - start > 4


def _thai_starts(cued: Cued) -> Iterator[tuple[int, list[str]]]:
    for cue in cued.cues:
        if "\u0e00" < cued.text[cue.start] <= "\u0e7f" and (levels := levels_of(cue)):
            yield cue.end, levels
    if "\u0e00" < cued.text[cued.start : cued.start + 1] <= "\u0e7f":
        yield cued.start, []
    for blank in _THAI_WORD.finditer(cued.text, cued.start, cued.end):
        at = blank.start()
        named = cued.text.startswith(_THAI_TITLES, max(cued.start, at - 4))
        word = cued.text.find(" ", at + 1, cued.end)
        long = (word if word >= 0 else cued.end) - at > _THAI_NAME_MIN
        if long and not named:
            yield at + 1, []
