"""Vietnamese place names in Thai letters.

There is no one spelling: translators write by ear. So each Vietnamese syllable is spelled in every
way that its sounds allow, tone marks left out, and a name is found by walking its syllables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, product

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SILENT = re.compile("[ก-ฮ]\u0e4c")
_UNHEARD = str.maketrans("", "", "\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e ,-'")
_LONGEST = 9

_ONSETS = {
    "": "อ", "b": "บ|พ", "c": "ก|ค", "k": "ก|ค", "q": "ก|ค", "ch": "จ|ช", "d": "ซ|ย|ด|ดย|ส|จ",
    "đ": "ด|ต", "g": "ก|ง|ค", "gh": "ก|ง", "gi": "ซ|ย|จ|ส|ก|เจ", "h": "ฮ|ห|หฮ|ฮห", "kh": "ค|ข",
    "l": "ล|หล", "m": "ม|หม", "n": "น|หน", "ng": "ง|หง", "ngh": "ง|หง", "nh": "ญ|น|ย|หญ|หน|หย",
    "p": "ป|พ", "ph": "ฟ|พ|ฝ|ผ", "r": "ร|ซ|หร|ย", "s": "ซ|ส|ช", "t": "ต|ท", "th": "ถ|ท|ธ|ต",
    "tr": "จ|ตร|ทร|จร|ช|ต", "v": "ว|หว|ฟ|ย", "x": "ซ|ส",
}  # fmt: skip
_CODAS = {
    "": "", "n": "น|ญ|ง", "ng": "ง", "nh": "ญ|น|ง|นห|ิญ", "m": "ม", "p": "บ|ป|พ|ฟ", "t": "ต|ด|ท|ตต",
    "c": "ก|ค|ช|ด", "ch": "ก|ช|ค|จ|ด|ต", "k": "ก|ค",
}  # fmt: skip
# {} is the onset; open syllables first, closed ones (the coda follows) second
_VOWELS = {
    "a": ("{}า|{}า", "{}า|{}ั|แ{}|{}ะ|{}"),
    "ă": ("{}า", "{}า|{}ั|{}|แ{}"),
    "â": ("{}า|{}อ", "เ{}ิ|{}า|{}ั|{}อ|เ{}อ"),
    "e": ("แ{}|เ{}", "แ{}|เ{}"),
    "ê": ("เ{}|เ{}ะ|แ{}", "เ{}|แ{}|เ{}ิ"),
    "i": ("{}ี|{}ิ", "{}ิ|{}ี|เ{}ิ|แ{}|{}ึ"),
    "y": ("{}ี|{}ิ", "{}ิ|{}ี"),
    "o": ("{}อ|โ{}|โ{}ว|เ{}าะ", "{}อ|{}|โ{}|{}อ"),
    "ô": ("โ{}|{}อ|โ{}ว", "โ{}|{}|{}อ|{}ุ"),
    "ơ": ("เ{}อ|โ{}|{}อ", "เ{}ิ|เ{}อ|{}อ|โ{}|{}"),
    "u": ("{}ู|{}ุ", "{}ุ|{}ู|{}"),
    "ư": ("{}ือ|{}ึ|{}ู|{}ื", "{}ึ|{}ือ|{}ื|{}ุ|{}ู"),
    "ia": ("เ{}ีย", "เ{}ีย|{}าย|{}า"),
    "iê": ("เ{}ีย", "เ{}ีย|เ{}ี|เ{}|{}ี"),
    "yê": ("เ{}ีย", "เ{}ีย|เย"),
    "ua": ("{}ัว|{}ู|{}วา", "{}วา|{}วั|{}ว"),
    "uô": ("{}ัว", "{}ว|{}วอ|{}ู|{}ุ|{}อ"),
    "ưa": ("เ{}ือ|{}ัว", "เ{}ือ"),
    "ươ": ("เ{}ือ|{}ัว", "เ{}ือ|เ{}ิ|{}ว|เ{}ีย|เ{}ื|{}วอ"),
    "ai": ("ไ{}|{}าย|ใ{}|ไ{}ย", ""),
    "ay": ("ไ{}|{}าย|ใ{}|เ{}ย|{}ัย", ""),
    "ây": ("เ{}ย|ไ{}|{}าย|เ{}ิย|เ{}|เ{}อย|ไ{}ย", ""),
    "ao": ("{}าว|เ{}า", ""),
    "au": ("{}าว|เ{}า", ""),
    "âu": ("เ{}า|{}าว|เ{}ิว|โ{}ว|เ{}ว|{}ู|โ{}|เ{}อว", ""),
    "eo": ("แ{}ว|เ{}ว|เ{}า", ""),
    "êu": ("เ{}ว", ""),
    "iu": ("{}ิว|{}ู", ""),
    "iêu": ("เ{}ียว|{}ิว|เ{}ว", ""),
    "yêu": ("เ{}ียว|เยียว", ""),
    "oi": ("{}อย|โ{}ย", ""),
    "ôi": ("โ{}ย|{}อย|โ{}ย", ""),
    "ơi": ("เ{}ย|โ{}ย|เ{}ิย|{}อย", ""),
    "ui": ("{}ุย|{}วย|{}ูย", ""),
    "ưi": ("{}ึย|{}ุย", ""),
    "ươi": ("เ{}ือย|{}วย", ""),
    "uôi": ("{}วย|{}ุย", ""),
    "ưu": ("{}ิว|{}ือว|{}ู", ""),
    "ươu": ("เ{}ือว|เ{}ียว", ""),
    "oa": ("{}วา|{}ัว|โ{}อา|{}อา", "{}วา|{}วั|โ{}อา"),
    "oă": ("{}วา", "{}วั|{}วา"),
    "oai": ("{}วาย|ไ{}ว", ""),
    "oay": ("{}วาย", ""),
    "oe": ("แ{}ว|เ{}ว", "แ{}ว"),
    "uy": ("{}วี|{}ุย|{}ี|{}ุยี", "{}วิ|{}วี|{}ุ"),
    "uyê": ("เ{}วีย", "เ{}วีย|เ{}ีย|{}วีเย"),
    "uê": ("เ{}ว|เว|เ{}", "เ{}ว"),
    "uâ": ("", "{}วน|{}วั|เ{}วิ|{}ว|{}วา"),
    "uơ": ("เ{}วอ", ""),
    "uya": ("เ{}วีย", ""),
    "uă": ("", "{}วา|{}วั"),
    "uai": ("{}วาย|ไ{}ว", ""),
    "uay": ("{}วาย", ""),
    "ue": ("แ{}ว", "แ{}ว"),
    "uao": ("{}วาว", ""),
}
_CLUSTERS = sorted((onset for onset in _ONSETS if onset), key=len, reverse=True)
_ENDINGS = sorted((coda for coda in _CODAS if coda), key=len, reverse=True)


def heard(thai: str) -> str:
    """Return Thai letters without silenced ones, tone marks and blanks."""
    return _SILENT.sub("", thai).translate(_UNHEARD)


def syllables(name: str) -> tuple[str, ...]:
    """Split a Vietnamese name into syllables without tones: "Sóc Trăng" is soc, trăng."""
    bare = "".join(c for c in unicodedata.normalize("NFD", name.lower()) if c not in _TONES)
    return tuple(re.findall(r"[^\W\d_]+|\d+", unicodedata.normalize("NFC", bare)))


@lru_cache(maxsize=4096)
def spellings(syllable: str) -> frozenset[str]:
    """Return the Thai spellings of one syllable, tone marks left out."""
    if syllable.isdecimal():
        return frozenset({syllable})
    onset = next((o for o in _CLUSTERS if syllable.startswith(o)), "")
    rest = syllable[len(onset) :]
    return frozenset(s for s in _heard_as(onset, rest) if s)


def _heard_as(onset: str, rest: str) -> Iterator[str]:
    """Yield the spellings of an onset and its rest; "gi" is an onset, or g before an i."""
    if onset == "gi" and (not rest or rest[0] in "nm"):
        yield from _spell("g", "i" + rest)
        return
    yield from _spell(onset, rest)
    if onset == "gi":
        for letters in ("g", "gi"):
            yield from _spell(letters, "i" + rest)
    if onset == "q" and rest.startswith("u"):
        for letters in ("กว", "ก", "ขว", "ควา", "คว"):
            yield from _nuclei(letters, rest[1:])


def _spell(onset: str, rest: str) -> Iterator[str]:
    for letters in _ONSETS.get(onset, "").split("|"):
        yield from _nuclei(letters, rest)


def _nuclei(onset: str, rest: str) -> Iterator[str]:
    coda = next((e for e in _ENDINGS if rest.endswith(e) and len(rest) > len(e)), "")
    vowel = rest[: len(rest) - len(coda)]
    plain, closed = _VOWELS.get(vowel, ("", ""))
    frames = [f for f in (closed if coda else plain).split("|") if f]
    for frame, ending in product(frames, _CODAS[coda].split("|")):
        yield frame.format(onset) + ending
    if coda == "m" and vowel in ("a", "ă", "â"):
        yield onset + "ำ"
    if coda and vowel in ("u", "o", "ô") and onset.endswith("ว"):
        yield onset + _CODAS[coda][0]


@dataclass
class ThaiNames:
    """Names to be found in Thai text, each with what it stands for."""

    _ends: dict[tuple[str, ...], set[int]] = field(default_factory=dict)
    _prefixes: set[tuple[str, ...]] = field(default_factory=set)
    _spelled: dict[str, set[str]] = field(default_factory=dict)

    def add(self, name: str, key: int) -> None:
        """Let `name` be found and stand for `key`."""
        parts = syllables(name)
        if not parts or parts in self._ends:
            if parts:
                self._ends[parts].add(key)
            return
        self._ends[parts] = {key}
        self._prefixes.update(parts[:n] for n in range(1, len(parts) + 1))
        for part in parts:
            for spelling in spellings(part):
                self._spelled.setdefault(spelling, set()).add(part)

    def match(self, thai: str) -> tuple[int, frozenset[int]]:
        """Return how many heard letters the longest name at the start takes, and its keys."""
        best, keys = 0, set[int]()
        words = [heard(word) for word in thai.split(" ")]
        blanks = frozenset(accumulate(len(word) for word in words))
        for length, parts in self._walk("".join(words), blanks, 0, ()):
            if length > best:
                best, keys = length, set()
            if length == best:
                keys |= self._ends[parts]
        return best, frozenset(keys)

    def _walk(
        self, thai: str, blanks: frozenset[int], at: int, parts: tuple[str, ...]
    ) -> Iterable[tuple[int, tuple[str, ...]]]:
        for stop in range(at + 1, min(at + _LONGEST, len(thai)) + 1):
            for part in self._spelled.get(thai[at:stop], ()):
                longer = (*parts, part)
                if longer not in self._prefixes:
                    continue
                if longer in self._ends:
                    yield stop, longer
                yield from self._walk(thai, blanks, stop, longer)
            if stop in blanks:
                break


def taken(thai: str, letters: int) -> int:
    """Return how many characters of `thai` hold its first `letters` heard letters."""
    count = at = 0
    while at < len(thai) and count < letters:
        if _SILENT.match(thai, at):
            at += 2
            continue
        count += bool(thai[at].translate(_UNHEARD))
        at += 1
    while at < len(thai) and (not thai[at].translate(_UNHEARD) and thai[at] not in " ,-'"):
        at += 1
    silent = re.match(r" ?[ก-ฮ]\u0e4c", thai[at:])
    return at + (silent.end() if silent else 0)
