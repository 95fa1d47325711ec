"""Reading the passages of one article in their order, each sentence with what went before it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from shared.press.figures.context import Context, context
from shared.press.figures.cues import Cued
from shared.press.figures.exclusions import masked_spans
from shared.press.figures.figure import Figure, Kind, Period
from shared.press.figures.gazetteer import Gazetteer, Named
from shared.press.figures.lists import Lists
from shared.press.figures.meanings import meaning, with_stem, with_unit
from shared.press.figures.mentions import Mention, Subject
from shared.press.figures.moments import Moment, at_end, moments
from shared.press.figures.numerals import Habits
from shared.press.figures.passages import Sentence, is_entry, sentences
from shared.press.figures.populations import population
from shared.press.figures.quantities import Quantity, quantities
from shared.press.figures.rates import Meaning, Memory
from shared.press.figures.remarks import (
    dated,
    heading,
    introduced,
    is_second_norm,
    kind,
    per,
    qualifier,
)
from shared.press.figures.respectively import places, poor_and_near, stems
from shared.press.figures.respectively import times as listed_times
from shared.press.figures.source import Source
from shared.press.figures.stems import RATES, Stem
from shared.press.figures.surveys import Passage
from shared.press.figures.timing import (
    comparison,
    is_base,
    is_state,
    moment_for,
    not_to_come,
    period_of,
)
from shared.press.figures.whereabouts import handed_on, named_for, resolved, usual

Spot = TypeVar("Spot", Quantity, Moment, Mention)
_OLD_MAP = date(2025, 6, 30)
_QUOTE = 100
_FIGURES_MAX = 60  # of one sentence that are read together; more is a table or noise


@dataclass
class State:
    """What the figures of a paragraph hand on to the next one."""

    memory: Memory
    moment: Moment | None
    place: Named | None
    population: str
    base: Moment | None = None
    told: Moment | None = None
    level: Moment | None = None
    norm: Quantity | None = None
    sort: Kind = "actual"


@dataclass(frozen=True)
class Asked:
    """A heading or a question: the kind of figures that it announces, and for which time."""

    sort: Kind
    moment: Moment | None


@dataclass
class ArticleReader:
    """The reading of one article, its passages found."""

    source: Source
    known: Habits
    about: Subject
    published_on: date | None
    gazetteer: Gazetteer
    sentence: int = 0
    stem: Stem | None = None
    stated: Moment | None = None
    state: State | None = None
    intro: Kind = "actual"
    asked: Asked | None = None
    listed: Named | None = None

    def figures(self, passages: Sequence[Passage]) -> list[Figure]:
        """Return the figures of all passages, first to last."""
        found: list[Figure] = []
        for passage in passages:
            if passage.continues and self.sentence:
                self.sentence -= 1
            found.extend(self._of_passage(passage))
        return found

    def _of_passage(self, passage: Passage) -> list[Figure]:
        asked, self.asked = self.asked, self._asked(passage)
        if not passage.continues:
            self.intro = introduced(passage.cued.cues)
        cut = sentences(self.source.text, passage.paragraph, passage.language, self.sentence)
        self.sentence += len(cut)
        if not passage.continues:
            self.listed = self._place_of(passage, cut)
        if not passage.numbers and not any(
            c.has("mult") or c.has("num") for c in passage.cued.cues
        ):
            return []
        times = moments(passage.cued, passage.numbers, self.published_on)
        self.stated = next((at_end(m) for m in times if m.review), self.stated)
        spans = [(m.start, m.end) for m in times] + [(m.start, m.end) for m in passage.places]
        masks = masked_spans(self.source.text, passage.paragraph.start, passage.paragraph.end)
        counted = quantities(
            passage.cued, passage.numbers, spans, passage.language, self.known, masks
        )
        state = State(Memory(self.stem), None, usual(self.about), "all")
        if asked is not None:
            state.moment, state.sort = asked.moment, asked.sort
        if passage.continues and self.state is not None:
            state = replace(
                self.state, memory=Memory(self.stem), sort=self.intro, place=self.listed
            )
        self.state = state
        found: list[Figure] = []
        for sentence in cut:
            here = _within(times, sentence)
            named = _within(passage.places, sentence)
            inside = _within(counted, sentence)
            for at in range(0, len(inside), _FIGURES_MAX):
                some = inside[at : at + _FIGURES_MAX]
                found.extend(self._of_sentence(passage, sentence, some, here, named, state))
            self.stem = self.stem or state.memory.stem
            self._hand_on(state, passage.cued, sentence, here, named)
        return found

    def _place_of(self, passage: Passage, cut: Sequence[Sentence]) -> Named | None:
        """Return the place that a paragraph hands on to the entries of its list."""
        place = usual(self.about)
        if is_entry(self.source.text, passage.paragraph):
            return place
        for sentence in cut:
            place = handed_on(sentence, _within(passage.places, sentence), place, self.about)
        return place

    def _asked(self, passage: Passage) -> Asked | None:
        cued = passage.cued
        sort = heading(cued.cues, cued.text[cued.start : cued.end])
        if sort is None:
            return None
        times = moments(cued, passage.numbers, self.published_on)
        named = next((m for m in times if m.role == ""), None)
        year = self.published_on.year if self.published_on else named and named.last.year
        if sort == "actual" and (named is None or named.first.year <= (year or 0)):
            return None
        return Asked(sort, named)

    def _of_sentence(
        self,
        passage: Passage,
        sentence: Sentence,
        counted: list[Quantity],
        times: Sequence[Moment],
        named: Sequence[Mention],
        state: State,
    ) -> list[Figure]:
        counted = with_unit(passage.cued, sentence, counted)
        stem = self.stem if state.memory.stem == "near_poverty" else state.memory.stem
        state.memory = Memory(stem, state.memory.meaning)
        lists = Lists()
        known: list[Meaning] = []
        other: Stem | None = None
        listed = places(passage.cued, sentence, counted, named)
        by_time = listed_times(passage.cued, sentence, counted, times)
        found: list[Figure] = []
        for index in range(len(counted)):
            around = context(passage.cued, sentence, counted, index)
            meant = meaning(around, state.memory)
            if meant is None:
                continue
            paired = stems(passage.cued, sentence, counted, known)
            if counted[index].start in paired and meant.unit == "percent":
                stem = paired[counted[index].start]
                meant = replace(meant, measure=RATES[stem], stem=stem)
            both = poor_and_near(passage.cued, sentence, counted, index) if meant.stem else ()
            meant = with_stem(meant, both[0]) if both else with_stem(meant, other)
            other = both[1] if both else None
            known.append(meant)
            figure = self._figure(around, meant, times, named, state, lists)
            figure = self._listed(figure, around, meant, listed, by_time)
            found.append(figure)
            stem = meant.stem or state.memory.stem
            leveled = state.memory.leveled or (meant.unit == "percent" and meant.stem is not None)
            state.memory = Memory(stem, meant, same_sentence=True, leveled=leveled)
            state.population = figure.population
        return found

    def _figure(
        self,
        around: Context,
        meant: Meaning,
        times: Sequence[Moment],
        named: Sequence[Mention],
        state: State,
        lists: Lists,
    ) -> Figure:
        quantity = around.quantity
        each = per(around)
        sort = kind(around, meant.measure, each, state.sort)
        if meant.unit == "VND" and is_second_norm(around, meant.measure, state.norm):
            sort = "norm"
        state.norm = quantity if sort == "norm" and meant.unit == "VND" else None
        if is_base(around, meant) and sort != "norm":
            sort = "actual"
        moment = self._when(around, meant, sort, times, state)
        told = any("kind:target" in c.tags or "kind:forecast" in c.tags for c in around.ahead)
        own = told or state.sort == "actual"
        sort = dated(sort, moment, self.published_on, own=own)
        if is_base(around, meant):
            state.base = moment
        elif moment is not None and sort == "actual":
            state.told = moment
            if meant.stem and moment.shape == "day":
                state.level = moment
        period = period_of(meant, moment)
        if each is None and _is_yearly(around, meant, period):
            each = "year"
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

    def _when(
        self,
        around: Context,
        meant: Meaning,
        sort: Kind,
        times: Sequence[Moment],
        state: State,
    ) -> Moment | None:
        """Return the time of a figure, from its own sentence or handed on from those before."""
        kept = None if sort == "norm" and meant.unit == "VND" else state.moment
        level = is_state(meant) or meant.stem is not None
        if kept and not level and kept.shape in ("day", "month"):
            kept = None
        if level:
            now = any(c.has("t:now") for c in around.ahead)
            kept = None if now else kept or (self.stated if meant.stem else None)
        usable = times if sort != "actual" else not_to_come(meant, times, self.published_on)
        aimed = sort == "target"
        return moment_for(around, meant, usable, kept, state.base, aimed=aimed)

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
        state: State,
        cued: Cued,
        sentence: Sentence,
        times: Sequence[Moment],
        named: Sequence[Mention],
    ) -> None:
        """Let the next sentence of the paragraph inherit the last time and the last small place."""
        usable = [m for m in times if m.role == "" and not (m.since or m.open or m is state.base)]
        if state.level is not None and not _looks_ahead(cued, sentence):
            self.stated = state.level
        state.level = None
        if usable:
            years = [m for m in usable if m.last.year == m.first.year]
            state.moment = state.told or (years or usable)[-1]
        state.told = None
        state.place = handed_on(sentence, named, state.place, self.about)

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


def _is_yearly(around: Context, meant: Meaning, period: Period | None) -> bool:
    """Say whether "fell by 4.34 on average" leaves out "a year"."""
    span = period is not None and period.start < period.end
    return span and meant.direction is not None and any(c.has("avg") for c in around.lead)


def _looks_ahead(cued: Cued, sentence: Sentence) -> bool:
    cues = cued.between(sentence.start, sentence.end)
    return any("kind:target" in c.tags or "kind:forecast" in c.tags for c in cues)


def _within(items: Sequence[Spot], sentence: Sentence) -> list[Spot]:
    """Return the items that begin in a sentence."""
    first = bisect_left(items, sentence.start, key=_start)
    last = bisect_left(items, sentence.end, key=_start)
    return list(items[first:last])


def _start(item: Quantity | Moment | Mention) -> int:
    return item.start


def _plain(value: Decimal) -> Decimal:
    """Write 4.0E+9 as 4000000000 and 14.780 as 14.78."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()
