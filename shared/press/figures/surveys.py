"""The paragraphs of an article with all that is found in them, and what the article is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared.press.figures.cues import Cued, Cues
from shared.press.figures.gazetteer import Gazetteer, Named
from shared.press.figures.language import Language
from shared.press.figures.languages import LANGUAGES
from shared.press.figures.mentions import Mention, Subject, mentions, subject, unnamed_levels
from shared.press.figures.moments import Moment, at_end, moments
from shared.press.figures.numerals import Numeral, numerals
from shared.press.figures.passages import Paragraph, continues_list, paragraphs
from shared.press.figures.source import Source, read_source

CUES = {code: Cues(language) for code, language in LANGUAGES.items()}
_HEAD = 500


@dataclass
class Passage:
    """A paragraph with everything found in it."""

    paragraph: Paragraph
    language: Language
    cued: Cued
    numbers: list[Numeral]
    places: list[Mention]
    continues: bool


def survey(source: Source, given: str | None, gazetteer: Gazetteer) -> list[Passage]:
    """Return the paragraphs of a text with their cues, numbers and places."""
    found = paragraphs(source.text, LANGUAGES, given)
    before = [None, *found]
    return [read_passage(source, p, b, gazetteer) for p, b in zip(found, before, strict=False)]


def read_passage(
    source: Source, paragraph: Paragraph, before: Paragraph | None, gazetteer: Gazetteer
) -> Passage:
    """Find the cues, numbers and places of one paragraph."""
    language = LANGUAGES[paragraph.language]
    start, end = paragraph.start, paragraph.end
    cues = CUES[paragraph.language]
    cued = Cued(source.text, start, end, cues.find(source.text, start, end, source.shown))
    places = mentions(cued, source.shown, gazetteer)
    return Passage(
        paragraph,
        language,
        cues.without_names(cued, _names(places), source.shown),
        numerals(source.text, start, end),
        places,
        continues_list(source.text, before, paragraph),
    )


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
    heading = _title_places(
        title, gazetteer, given or (passages[0].paragraph.language if passages else "vi")
    )
    found = [m for passage in passages for m in passage.places]
    known = {u.name for m in [*heading, *found] if m.leveled for u in m.named.units}
    known |= _in_province([*heading, *found], gazetteer)
    for passage in passages:
        passage.places = [m for m in passage.places if _is_known(m, known)]
    province = subject([*heading, *found], 0).province
    for passage in passages:
        passage.places = [m for m in passage.places if _is_sure(m, province, gazetteer)]
    found = [m for passage in passages for m in passage.places]
    head = min(passages[0].paragraph.end, _HEAD) if passages else 0
    spoken = unnamed_levels((c for passage in passages for c in passage.cued.cues), found)
    about = subject([*(m for m in heading if _is_known(m, known)), *found], head, spoken)
    return replace(about, province=about.province or _parent(about.smaller, gazetteer))


def _parent(named: Named | None, gazetteer: Gazetteer) -> Named | None:
    """Return the province of a smaller unit, None where its name is in several."""
    found = {u.name: u for u in map(gazetteer.tree.province, named.units)} if named else {}
    return next((Named(u.name, (u,)) for u in found.values()), None) if len(found) == 1 else None


def _is_sure(mention: Mention, province: Named | None, gazetteer: Gazetteer) -> bool:
    """Refuse a small place of another province whose name runs into the next word."""
    if not mention.loose or not mention.is_district_or_below() or province is None:
        return True
    return any(gazetteer.lies_in(u, province.units[0]) for u in mention.named.units)


def _in_province(found: Sequence[Mention], gazetteer: Gazetteer) -> set[str]:
    """Return the small units of several words that lie in the article's province."""
    province = subject(found, 0).province
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
    return [replace(m, start=0, end=0) for m in mentions(cued, source.shown, gazetteer, title=True)]


def titled(title: str | None, code: str) -> Moment | None:
    """Return the end of the one year that a title names: levels without a date hold then."""
    if not title:
        return None
    text = read_source(title).text
    cued = Cued(text, 0, len(text), CUES[code].find(text, 0, len(text)))
    found = moments(cued, numerals(text, 0, len(text)), None)
    if len(found) != 1 or found[0].role or found[0].shape not in ("year", "day"):
        return None
    ahead = any("kind:target" in c.tags or "kind:forecast" in c.tags for c in cued.cues)
    return None if ahead else at_end(found[0])


def _is_known(mention: Mention, known: set[str]) -> bool:
    if mention.leveled or not mention.is_district_or_below():
        return True
    return any(u.name in known for u in mention.named.units)
