"""Cutting a text into paragraphs with their language, and paragraphs into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

import msgspec

from shared.press.figures.language import Language

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"[^\W\d_]+")
_STOP = re.compile(r"[.!?;](?=[\s\"')\]]|$)")
_BULLET = re.compile(r"\s*(?:[-+*•·▪–]|\(?\d{1,2}[.)]|[a-zđ][.)])\s")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_WORD_MAX = 20
_WRAPPED = 20  # shorter lines are headings, entries and rows
_LONG = 40
_WIDTH = 100  # longer lines are whole paragraphs
_ENDING = frozenset('.!?:;"”')
_SAMPLE = 4000
_PARAGRAPH_MAX = 8000
_SENTENCE_MAX = 2500
_THAI = re.compile(r"[\u0e00-\u0e7f]+")


class Paragraph(msgspec.Struct, frozen=True, gc=False):
    """One line of the text and the language that it is written in."""

    start: int
    end: int
    language: str


class Sentence(msgspec.Struct, frozen=True, gc=False):
    """One sentence of a paragraph; `number` counts them from 0."""

    start: int
    end: int
    number: int
    first: bool


def paragraphs(
    text: str, forms: str, languages: Mapping[str, Language], given: str | None
) -> list[Paragraph]:
    """Return the lines that hold anything; short ones have the usual language.

    `forms` is the text with a sign for each number: lines that are the same there are so in
    their language.
    """
    known: dict[str, str | None] = {}
    found: list[Paragraph] = []
    last = given or detect(text[:_SAMPLE], languages) or detect(text, languages)
    usual = last or next(iter(languages))
    for start, end in _lines(text):
        form = forms[start:end]
        if form not in known:
            known[form] = detect(text[start : min(end, start + _SAMPLE)], languages)
        found.append(Paragraph(start, end, known[form] or usual))
    return found


def soft_breaks(shown: str, languages: Mapping[str, Language]) -> list[int]:
    """Return the line breaks that a sentence goes on over.

    A line goes on where it has no end and the next one begins in the middle of a sentence: with a
    small letter, with a number, or behind a comma or a word such as "của" that ends nothing.
    """
    words = frozenset().union(*map(_open_words, languages.values()))
    found: list[int] = []
    begun = 0
    at = shown.find("\n")
    while at >= 0:
        if _goes_on(shown, begun, at, words):
            found.append(at)
        else:
            begun = at + 1
        at = shown.find("\n", at + 1)
    return found


def _open_words(language: Language) -> frozenset[str]:
    """Return the words that no line ends with unless it goes on: no nouns but those of a unit."""
    nouns = {
        word
        for meaning, phrases in language.cues.items()
        for word in phrases
        if meaning.startswith(("unit:", "t:"))
    }
    names = {w for m, phrases in language.cues.items() for w in phrases if m.startswith("place:")}
    return language.function_words - (nouns - names)


def _goes_on(shown: str, start: int, end: int, words: frozenset[str]) -> bool:
    last, first = shown[end - 1 : end], shown[end + 1 : end + 2]
    if end - start < _WRAPPED or last in _ENDING or not first.strip():
        return False
    if _BULLET.match(shown, end + 1):
        return False
    if first.isdigit() or first == "%" or first.islower() or last == ",":
        return True
    if "\u0e00" < first <= "\u0e7f" and last.isdigit():
        return True
    tail = _LAST_WORD.search(shown, max(start, end - _WORD_MAX), end)
    open_word = end - start >= _LONG and tail is not None and tail.group().lower() in words
    return open_word or _is_full(shown, end)


def _is_full(shown: str, end: int) -> bool:
    """Say whether a line ends where the next word had no room."""
    start = shown.rfind("\n", 0, end) + 1
    stop = shown.find("\n", end + 1)
    following = shown[end + 1 : stop if stop >= 0 else len(shown)]
    width = max(end - start, len(following))
    room = width - (end - start)
    return width <= _WIDTH and len(following.split(" ", 1)[0]) >= room


def joined(text: str, breaks: list[int]) -> str:
    """Return a text with blanks for these line breaks."""
    ends = [-1, *breaks, len(text)]
    return " ".join(text[a + 1 : b] for a, b in pairwise(ends)) if breaks else text


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Return the lines of a text, endless ones cut at a blank."""
    for line in _LINE.finditer(text):
        start, end = line.span()
        yield from cut_long(text, start, end, _PARAGRAPH_MAX)


def cut_long(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """Cut text[start:end] into pieces of at most `most` characters, behind sentences or words."""
    while end - start > most:
        blank = text.rfind(". ", start + most // 2, start + most) + 1
        blank = blank or text.rfind(" ", start + most // 2, start + most)
        stop = blank + 1 if blank >= 0 else start + most
        yield start, stop
        start = stop
    yield start, end


def detect(text: str, languages: Mapping[str, Language]) -> str | None:
    """Return the code of the language of a passage, None where its words do not tell."""
    thai = sum(len(run) for run in _THAI.findall(text))
    if thai * 3 > len(text):
        return next((code for code, lang in languages.items() if not lang.spaced), None)
    words = _WORD.findall(text)
    if len(words) < 5:
        return None
    scores = {code: _score(words, language) for code, language in languages.items()}
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] * 12 >= len(words) else None


def _score(words: list[str], language: Language) -> float:
    if not language.spaced:
        return 0.0
    own = language.letters
    score = float(sum(map(language.function_words.__contains__, words)))
    return score + (0.5 * sum([not own.isdisjoint(word) for word in words]) if own else 0.0)


def sentences(text: str, language: Language) -> list[Sentence]:
    """Cut a paragraph at its full stops, or where a word opens a new sentence."""
    cuts = _stops(text, language)
    if not language.spaced:
        cuts = sorted({*cuts, *_openings(text, language)})
    found: list[Sentence] = []
    start = 0
    for cut in [*cuts, len(text)]:
        if text[start:cut].strip():
            for piece in cut_long(text, start, cut, _SENTENCE_MAX):
                found.append(Sentence(*piece, len(found), not found))
        start = cut
    return found


def _stops(text: str, language: Language) -> list[int]:
    short = language.abbreviations
    cuts = []
    for stop in _STOP.finditer(text):
        at = stop.start()
        if stop.group() == ";" or (stop.group() == "." and _abbreviated(text, at, short)):
            continue
        cuts.append(stop.end())
    return cuts


def _abbreviated(text: str, at: int, short: frozenset[str]) -> bool:
    start = at
    while (
        start > 0 and at - start < 6 and (text[start - 1].isalpha() or text[start - 1] in ".\u0e00")
    ):
        start -= 1
    word = text[start:at]
    if "\u0e00" <= word[-1:] <= "\u0e7f":
        return True
    return word in short or (len(word) == 1 and word.isalpha() and text[at - 1 : at].isascii())


def _openings(text: str, language: Language) -> list[int]:
    cuts = []
    at = text.find(" ")
    while at >= 0:
        if text.startswith(language.openers, at + 1):
            cuts.append(at + 1)
        at = text.find(" ", at + 1)
    return cuts


def is_entry(line: str) -> bool:
    """Say whether a line begins as the entry of a list."""
    return _BULLET.match(line) is not None


def continues_list(before: str | None, line: str) -> bool:
    """Say whether a line is an entry of the list that the line before it introduces."""
    if before is None or not is_entry(line):
        return False
    return before.rstrip().endswith((":", ";")) or is_entry(before)
