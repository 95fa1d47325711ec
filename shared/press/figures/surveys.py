"""The paragraphs of an article with all that is found in them, and what the article is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import msgspec
from msgspec.structs import replace as with_fields

from shared.press.figures.cues import Cued, Cues
from shared.press.figures.gazetteer import Gazetteer, Named
from shared.press.figures.language import Language
from shared.press.figures.languages import LANGUAGES
from shared.press.figures.mentions import Mention, mentions
from shared.press.figures.numerals import Numeral, form_of, numerals
from shared.press.figures.passages import Paragraph, continues_list, joined, paragraphs, soft_breaks
from shared.press.figures.source import Source, read_source
from shared.press.figures.subjects import Subject, subject, unnamed_levels
from shared.press.figures.times.moment import Moment, at_end
from shared.press.figures.times.moments import moments

CUES = {code: Cues(language) for code, language in LANGUAGES.items()}
_HEAD = 500
_NAMING = frozenset({"t:month", "t:day", "t:quarter", "month", "id", "place"})


@dataclass
class Line:
    """The words of a paragraph with everything found in them; positions count from its start."""

    language: Language
    cued: Cued
    numbers: list[Numeral]
    places: list[Mention]
    times: int = 0  # how often the text has it, or the same with other numbers

    def of(self, text: str) -> Line:
        """Return the same words with the numbers of this text."""
        if text == self.cued.text:
            return self
        numbers = self.numbers_in(text)
        return Line(self.language, self.cued.of(text), numbers, self.places, self.times)

    def numbers_in(self, text: str) -> list[Numeral]:
        """Return the numbers of a text that has the same words."""
        return numerals(text, partial(_names_something, self.cued))


class Passage(msgspec.Struct, frozen=True):
    """A paragraph of the text; those of the same words share their line.

    `form` is what it shares with them: its text with a sign for each number.
    """

    paragraph: Paragraph
    line: Line
    continues: bool
    text: str
    form: str


def survey(source: Source, given: str | None, gazetteer: Gazetteer) -> list[Passage]:
    """Return the paragraphs of a text with their cues, numbers and places."""
    lines: dict[tuple[str, str], Line] = {}
    found: list[Passage] = []
    before: str | None = None
    breaks = soft_breaks(source.shown, LANGUAGES)
    whole, capitals = joined(source.text, breaks), joined(source.shown, breaks)
    forms = form_of(capitals)
    for paragraph in paragraphs(whole, forms, LANGUAGES, given):
        start, end, code = paragraph.start, paragraph.end, paragraph.language
        text, form = whole[start:end], forms[start:end]
        line = lines.get((code, form))
        if line is None:
            line = lines[code, form] = read_line(text, capitals[start:end], code, gazetteer)
        line.times += 1
        found.append(Passage(paragraph, line, continues_list(before, text), text, form))
        before = text
    return found


def read_line(text: str, shown: str, code: str, gazetteer: Gazetteer) -> Line:
    """Find the cues, numbers and places of one paragraph."""
    cues = CUES[code]
    cued = Cued(text, 0, len(text), cues.find(text, 0, len(text), shown))
    places = mentions(cued, shown, gazetteer)
    cued = cues.without_names(cued, _names(places), shown)
    return Line(LANGUAGES[code], cued, numerals(text, partial(_names_something, cued)), places)


def _names_something(cued: Cued, at: int) -> bool:
    """Say whether the word before a small number makes it a month, a ward or an article of law."""
    cue = cued.ending_at(at)
    return cue is not None and cue.has_any(_NAMING) and not cue.has("count")


def _names(places: Sequence[Mention]) -> Iterator[tuple[int, int]]:
    """Return where names stand whose words mean nothing else: Cần Thơ, Hạ Long, Giao Thủy."""
    for mention in places:
        sure = mention.leveled or " " in mention.named.printed
        if sure and not mention.named.region and not mention.loose:
            yield mention.start, mention.end


def subject_of(
    passages: Sequence[Passage], title: str | None, gazetteer: Gazetteer, given: str | None
) -> Subject:
    """Find what the article is about; names without a level count if they had one elsewhere."""
    code = passages[0].paragraph.language if passages else "vi"
    heading = _title_places(title, gazetteer, given or code)
    known = _leave_known(passages, heading, gazetteer)
    heading = [m for m in heading if _is_known(m, known)]
    found = _places(passages)
    spoken = unnamed_levels((c for passage in passages for c in passage.line.cued.cues), found)
    first = passages[0].line.places if passages else []
    leading = len(heading) + sum(m.end <= _HEAD for m in first)
    about = subject([*heading, *found], leading, spoken)
    return replace(about, province=about.province or _parent(about.smaller, gazetteer))


def _places(passages: Sequence[Passage]) -> list[Mention]:
    return [m for passage in passages for m in passage.line.places]


def _leave_known(
    passages: Sequence[Passage], heading: Sequence[Mention], gazetteer: Gazetteer
) -> set[str]:
    """Leave out of all lines what is hardly a name; return the names that are sure."""
    every = [*heading, *_places(passages)]
    known = {u.name for m in every if m.leveled for u in m.named.units}
    known |= _in_province(every, len(heading), gazetteer)
    province = subject(every, len(heading)).province
    for line in {id(passage.line): passage.line for passage in passages}.values():
        near = [m for m in line.places if _is_known(m, known)]
        line.places = [m for m in near if _is_sure(m, province, gazetteer)]
    return known


def _parent(named: Named | None, gazetteer: Gazetteer) -> Named | None:
    """Return the province of a smaller unit, None where its name is in several."""
    found = {u.name: u for u in map(gazetteer.tree.province, named.units)} if named else {}
    return next((Named(u.name, (u,)) for u in found.values()), None) if len(found) == 1 else None


def _is_sure(mention: Mention, province: Named | None, gazetteer: Gazetteer) -> bool:
    """Refuse a small place of another province whose name runs into the next word."""
    if not mention.loose or not mention.is_district_or_below() or province is None:
        return True
    return any(gazetteer.lies_in(u, province.units[0]) for u in mention.named.units)


def _in_province(found: Sequence[Mention], leading: int, gazetteer: Gazetteer) -> set[str]:
    """Return the small units of several words that lie in the article's province."""
    province = subject(found, leading).province
    if province is None:
        return set()
    names = {m.named.printed: m.named for m in found if " " in m.named.printed}
    return {
        unit.name
        for named in names.values()
        for unit in named.units
        if gazetteer.lies_in(unit, province.units[0])
    }


def _title_places(title: str | None, gazetteer: Gazetteer, code: str) -> list[Mention]:
    if not title:
        return []
    source = read_source(title)
    cued = Cued(source.text, 0, len(source.text), CUES[code].find(source.text, 0, len(source.text)))
    return [
        with_fields(m, start=0, end=0) for m in mentions(cued, source.shown, gazetteer, title=True)
    ]


def titled(title: str | None, code: str) -> Moment | None:
    """Return the end of the one year that a title names: levels without a date hold then."""
    if not title:
        return None
    text = read_source(title).text
    cued = Cued(text, 0, len(text), CUES[code].find(text, 0, len(text)))
    found = moments(cued, numerals(text), None)
    if len(found) != 1 or found[0].role or found[0].shape not in ("year", "day"):
        return None
    ahead = any("kind:target" in c.tags or "kind:forecast" in c.tags for c in cued.cues)
    return None if ahead else at_end(found[0])


def _is_known(mention: Mention, known: set[str]) -> bool:
    if mention.leveled or not mention.is_district_or_below():
        return True
    return any(u.name in known for u in mention.named.units)
