"""From an article to its figures: each step of the reading in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from shared.domain.figures.context import Context, context
from shared.domain.figures.cues import Cued, Cues
from shared.domain.figures.exclusions import masked_spans
from shared.domain.figures.figure import Figure
from shared.domain.figures.gazetteer import Gazetteer, Named
from shared.domain.figures.language import Language
from shared.domain.figures.languages import LANGUAGES
from shared.domain.figures.lists import Lists
from shared.domain.figures.meanings import meaning, with_unit
from shared.domain.figures.mentions import Mention, Subject, mentions, subject
from shared.domain.figures.moments import Moment, moments
from shared.domain.figures.numerals import Habits, Numeral, habits, numerals
from shared.domain.figures.passages import Paragraph, Sentence, continues_list, paragraphs, sentences
from shared.domain.figures.populations import population
from shared.domain.figures.quantities import Quantity, quantities
from shared.domain.figures.rates import Meaning, Memory
from shared.domain.figures.remarks import kind, per, qualifier
from shared.domain.figures.respectively import places
from shared.domain.figures.respectively import times as listed_times
from shared.domain.figures.stems import Stem
from shared.domain.figures.source import Source, read_source
from shared.domain.figures.timing import comparison, is_base, moment_for, period_of
from shared.domain.figures.whereabouts import named_for, resolved, usual

_CUES = {code: Cues(language) for code, language in LANGUAGES.items()}
_OLD_MAP = date(2025, 6, 30)
_QUOTE = 100
_OPENING = 40
_HEAD = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in an article: its figures by place in the text, and its languages."""

    figures: tuple[Figure, ...]
    language: str
    languages: tuple[str, ...]


@dataclass
class _Passage:
    """A paragraph with everything found in it."""

    paragraph: Paragraph
    language: Language
    cued: Cued
    numbers: list[Numeral]
    places: list[Mention]
    continues: bool


@dataclass
class _State:
    """What the figures of a paragraph hand on to the next one."""

    memory: Memory
    moment: Moment | None
    place: Named | None
    population: str
    base: Moment | None = None
    told: Moment | None = None


def extract(
    text: str,
    *,
    language: str | None,
    published_on: date | None,
    title: str | None,
    gazetteer: Gazetteer,
) -> Reading:
    """Read the figures of an article; never raises, in time linear in the length of the text."""
    source = read_source(text)
    given = language if language in LANGUAGES else None
    passages = [_passage(source, p, before, gazetteer) for p, before in _lines(source, given)]
    known = habits(n for passage in passages for n in passage.numbers)
    about = _subject(passages, title, gazetteer, given)
    article = _Article(source, known, about, published_on, gazetteer)
    figures = article.figures(passages)
    codes = [p.paragraph.language for p in passages]
    ranked = sorted(set(codes), key=lambda c: (-sum(_length(p) for p in passages if p.paragraph.language == c), c))
    return Reading(tuple(figures), ranked[0] if ranked else given or "vi", tuple(ranked))


def _length(passage: _Passage) -> int:
    return passage.paragraph.end - passage.paragraph.start


def _lines(source: Source, given: str | None) -> list[tuple[Paragraph, Paragraph | None]]:
    found = paragraphs(source.text, LANGUAGES, given)
    return list(zip(found, [None, *found], strict=False))


def _passage(
    source: Source, paragraph: Paragraph, before: Paragraph | None, gazetteer: Gazetteer
) -> _Passage:
    language = LANGUAGES[paragraph.language]
    start, end = paragraph.start, paragraph.end
    cued = Cued(source.text, start, end, _CUES[paragraph.language].find(source.text, start, end))
    return _Passage(
        paragraph,
        language,
        cued,
        numerals(source.text, start, end),
        mentions(cued, source.shown, gazetteer),
        continues_list(source.text, before, paragraph),
    )


def _subject(
    passages: Sequence[_Passage], title: str | None, gazetteer: Gazetteer, given: str | None
) -> Subject:
    """Find what the article is about; names without a level count if they had one elsewhere."""
    heading = _title_places(title, gazetteer, given or (passages[0].paragraph.language if passages else "vi"))
    found = [m for passage in passages for m in passage.places]
    known = {u.name for m in [*heading, *found] if m.leveled for u in m.named.units}
    known |= _in_province([*heading, *found], gazetteer)
    for passage in passages:
        passage.places = [m for m in passage.places if _is_known(m, known)]
    found = [m for passage in passages for m in passage.places]
    head = min(passages[0].paragraph.end, _HEAD) if passages else 0
    return subject([*(m for m in heading if _is_known(m, known)), *found], head)


def _in_province(found: Sequence[Mention], gazetteer: Gazetteer) -> set[str]:
    """Return the small units of several words that lie in the article's province."""
    province = subject(found, 0).province
    if province is None:
        return set()
    return {
        unit.name
        for mention in found
        if len(mention.named.printed.split()) > 1
        for unit in mention.named.units
        if gazetteer.lies_in(unit, province.units[0])
    }


def _title_places(title: str | None, gazetteer: Gazetteer, code: str) -> list[Mention]:
    if not title:
        return []
    source = read_source(title)
    cued = Cued(source.text, 0, len(source.text), _CUES[code].find(source.text, 0, len(source.text)))
    return [replace(m, start=0, end=0) for m in mentions(cued, source.shown, gazetteer)]


def _is_known(mention: Mention, known: set[str]) -> bool:
    if mention.leveled or not mention.is_district_or_below():
        return True
    return any(u.name in known for u in mention.named.units)


@dataclass
class _Article:
    """The reading of one article, its passages found."""

    source: Source
    known: Habits
    about: Subject
    published_on: date | None
    gazetteer: Gazetteer
    sentence: int = 0
    stem: Stem | None = None

    def figures(self, passages: Sequence[_Passage]) -> list[Figure]:
        found: list[Figure] = []
        for passage in passages:
            if passage.continues and self.sentence:
                self.sentence -= 1
            found.extend(self._of_passage(passage))
        return found

    def _of_passage(self, passage: _Passage) -> list[Figure]:
        cut = sentences(self.source.text, passage.paragraph, passage.language, self.sentence)
        self.sentence += len(cut)
        if not passage.numbers and not any(c.has("mult") or c.has("num") for c in passage.cued.cues):
            return []
        times = moments(passage.cued, passage.numbers, self.published_on)
        spans = [(m.start, m.end) for m in (*times, *passage.places)]
        masks = masked_spans(self.source.text, passage.paragraph.start, passage.paragraph.end)
        counted = quantities(
            passage.cued, passage.numbers, spans, passage.language, self.known, masks
        )
        state = _State(Memory(self.stem), None, usual(self.about), "all")
        found: list[Figure] = []
        for sentence in cut:
            inside = [q for q in counted if sentence.start <= q.start < sentence.end]
            here = [m for m in times if sentence.start <= m.start < sentence.end]
            named = [m for m in passage.places if sentence.start <= m.start < sentence.end]
            found.extend(self._of_sentence(passage, sentence, inside, here, named, state))
            self.stem = state.memory.stem
            self._hand_on(state, sentence, here, named)
        return found

    def _of_sentence(
        self,
        passage: _Passage,
        sentence: Sentence,
        counted: list[Quantity],
        times: Sequence[Moment],
        named: Sequence[Mention],
        state: _State,
    ) -> list[Figure]:
        counted = with_unit(passage.cued, sentence, counted)
        state.memory = replace(state.memory, same_sentence=False)
        lists = Lists()
        listed = places(passage.cued, sentence, counted, named)
        dated = listed_times(passage.cued, sentence, counted, times)
        found: list[Figure] = []
        for index in range(len(counted)):
            around = context(passage.cued, sentence, counted, index)
            meant = meaning(around, state.memory)
            if meant is None:
                continue
            figure = self._figure(around, meant, times, named, state, lists)
            figure = self._listed(figure, around, meant, listed, dated)
            found.append(figure)
            stem = meant.stem or state.memory.stem
            state.memory = Memory(stem, meant, same_sentence=True)
            state.population = figure.population
        return found

    def _figure(
        self,
        around: Context,
        meant: Meaning,
        times: Sequence[Moment],
        named: Sequence[Mention],
        state: _State,
        lists: Lists,
    ) -> Figure:
        quantity = around.quantity
        each = per(around)
        sort = kind(around, meant.measure, each)
        kept = None if sort == "norm" and meant.unit == "VND" else state.moment
        moment = moment_for(around, meant, times, kept, state.base)
        if is_base(around, meant):
            state.base = moment
        elif moment is not None and sort == "actual":
            state.told = moment
        period = period_of(meant, moment)
        where = named_for(around, named, self.about, state.place)
        day = period.end if period else self.published_on or _OLD_MAP
        start, end = self.source.span(quantity.start, quantity.end)
        return Figure(
            measure=meant.measure,
            value=_plain(quantity.value),
            unit=meant.unit,
            start=start,
            end=end,
            quote=self._quote(around),
            qualifier=qualifier(around),
            value_max=_plain(quantity.high) if quantity.high is not None else None,
            place=resolved(where, self.gazetteer, day, self.about),
            period=period,
            population=population(around, meant, state.population),
            kind=sort,
            comparison=comparison(around, meant, period, times, sort != "actual"),
            ambiguous=tuple(_plain(o) for o in quantity.others),
            role=lists.role(around, meant.unit, quantity.value),
            per=each,
            sentence=around.sentence.number,
        )

    def _listed(
        self,
        figure: Figure,
        around: Context,
        meant: Meaning,
        listed: dict[int, Named],
        dated: dict[int, Moment],
    ) -> Figure:
        """Give a figure of a list "respectively" its own time and place."""
        start = around.quantity.start
        if start in dated:
            figure = replace(figure, period=period_of(meant, dated[start]))
        if start in listed:
            day = figure.period.end if figure.period else self.published_on or _OLD_MAP
            where = resolved(listed[start], self.gazetteer, day, self.about)
            figure = replace(figure, place=where)
        return figure

    def _hand_on(
        self,
        state: _State,
        sentence: Sentence,
        times: Sequence[Moment],
        named: Sequence[Mention],
    ) -> None:
        """Let the next sentence of the paragraph inherit the last time and the last small place."""
        usable = [m for m in times if m.role == ""]
        if usable:
            state.moment = state.told or usable[-1]
        state.told = None
        small = [m for m in named if m.leveled and m.is_district_or_below()]
        if small and small[0].start - sentence.start < _OPENING:
            state.place = small[0].named
        elif named:
            state.place = usual(self.about)

    def _quote(self, around: Context) -> str:
        """Return the words around a number, cut at blanks."""
        text, sentence = self.source.text, around.sentence
        start = max(sentence.start, around.quantity.start - _QUOTE)
        end = min(sentence.end, around.quantity.end + _QUOTE // 2)
        if start > sentence.start:
            blank = text.find(" ", start, around.quantity.start)
            start = blank + 1 if blank >= 0 else around.quantity.start
        if end < sentence.end:
            blank = text.rfind(" ", around.quantity.end, end)
            end = blank if blank >= 0 else around.quantity.end
        while start < around.quantity.start and text[start].isspace():
            start += 1
        while end > around.quantity.end and text[end - 1].isspace():
            end -= 1
        first, last = self.source.span(start, end)
        return self.source.raw[first:last]


def _plain(value: Decimal) -> Decimal:
    """Write 4.0E+9 as 4000000000 and 14.780 as 14.78."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()
