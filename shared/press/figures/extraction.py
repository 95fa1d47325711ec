"""From an article to its figures: the one door of this package."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from shared.press.figures.evidence import Chooser
from shared.press.figures.figure import Figure
from shared.press.figures.fitted import FITTED
from shared.press.figures.gazetteer import Gazetteer
from shared.press.figures.languages import LANGUAGES
from shared.press.figures.numerals import habits
from shared.press.figures.reading import ArticleReader
from shared.press.figures.source import read_source
from shared.press.figures.surveys import subject_of, survey, titled


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in an article: its figures by place in the text, and its languages."""

    figures: tuple[Figure, ...]
    language: str
    languages: tuple[str, ...]


def extract(
    text: str,
    *,
    language: str | None,
    published_on: date | None,
    title: str | None,
    gazetteer: Gazetteer,
    chooser: Chooser | None = None,
) -> Reading:
    """Read the figures of an article; never raises, in time linear in the length of the text."""
    source = read_source(text)
    given = language if language in LANGUAGES else None
    passages = survey(source, given, gazetteer)
    lines = {id(passage.line): passage.line for passage in passages}
    known = habits(n for line in lines.values() for n in line.numbers)
    about = subject_of(passages, title, gazetteer, given)
    code = given or (passages[0].paragraph.language if passages else "vi")
    reader = ArticleReader(
        source, known, about, published_on, gazetteer, chooser or FITTED, titled(title, code)
    )
    figures = reader.figures(passages)
    sizes: Counter[str] = Counter()
    for passage in passages:
        sizes[passage.paragraph.language] += passage.paragraph.end - passage.paragraph.start
    languages = tuple(sorted(sizes, key=lambda code: (-sizes[code], code)))
    return Reading(tuple(figures), languages[0] if languages else given or "vi", languages)
