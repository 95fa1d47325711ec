"""Cutting a text into paragraphs with their language, and paragraphs into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.press.figures.language import Language

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"[^\W\d_]+")
_STOP = re.compile(r"[.!?;](?=[\s\"')\]]|$)")
_BULLET = re.compile(r"\s*(?:[-+*•·▪–]|\(?\d{1,2}[.)]|[a-zđ][.)])\s")
_SAMPLE = 4000
_PARAGRAPH_MAX = 8000
_SENTENCE_MAX = 2500
_THAI = re.compile(r"[\u0e00-\u0e7f]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the text and the language that it is written in."""

    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; `number` counts from 0, the lines of a list share that of its introduction."""

    start: int
    end: int
    number: int
    first: bool


def paragraphs(text: str, languages: Mapping[str, Language], given: str | None) -> list[Paragraph]:
    """Return the lines that hold anything; short ones have the usual language."""
    found: list[Paragraph] = []
    last = given or detect(text[:_SAMPLE], languages) or detect(text, languages)
    usual = last or next(iter(languages))
    for start, end in _lines(text):
        own = detect(text[start : min(end, start + _SAMPLE)], languages)
        found.append(Paragraph(start, end, own or usual))
    return found


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Return the lines of a text, endless ones cut at a blank."""
    for line in _LINE.finditer(text):
        start, end = line.span()
        yield from cut_long(text, start, end, _PARAGRAPH_MAX)


def cut_long(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """Cut text[start:end] into pieces of at most `most` characters, at blanks if there are any."""
    while end - start > most:
        blank = text.rfind(" ", start + most // 2, start + most)
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


def sentences(text: str, paragraph: Paragraph, language: Language, number: int) -> list[Sentence]:
    """Cut a paragraph at its full stops, or where a word opens a new sentence."""
    cuts = _stops(text, paragraph, language)
    if not language.spaced:
        cuts = sorted({*cuts, *_openings(text, paragraph, language)})
    found: list[Sentence] = []
    start = paragraph.start
    for cut in [*cuts, paragraph.end]:
        if text[start:cut].strip():
            for piece in cut_long(text, start, cut, _SENTENCE_MAX):
                found.append(Sentence(*piece, number + len(found), not found))
        start = cut
    return found


def _stops(text: str, paragraph: Paragraph, language: Language) -> list[int]:
    short = language.abbreviations
    cuts = []
    for stop in _STOP.finditer(text, paragraph.start, paragraph.end):
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


def _openings(text: str, paragraph: Paragraph, language: Language) -> list[int]:
    cuts = []
    at = text.find(" ", paragraph.start, paragraph.end)
    while at >= 0:
        if text.startswith(language.openers, at + 1):
            cuts.append(at + 1)
        at = text.find(" ", at + 1, paragraph.end)
    return cuts


def is_entry(text: str, paragraph: Paragraph) -> bool:
    """Say whether a line begins as the entry of a list."""
    return _BULLET.match(text, paragraph.start, paragraph.end) is not None


def continues_list(text: str, before: Paragraph | None, paragraph: Paragraph) -> bool:
    """Say whether a line is an entry of the list that the line before it introduces."""
    if before is None:
        return False
    introduced = text[before.start : before.end].rstrip().endswith((":", ";"))
    return is_entry(text, paragraph) and (introduced or is_entry(text, before))
