"""Reading the passages of one article in their order, each sentence with what went before it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from shared.press.figures.comparisons import comparison
from shared.press.figures.context import Context, context
from shared.press.figures.cues import carries
from shared.press.figures.elided import with_unit
from shared.press.figures.evidence import Bundle, Choice, Chooser, Fitted, Span
from shared.press.figures.exclusions import masked_spans
from shared.press.figures.figure import Figure, Kind, Per, Period, Place
from shared.press.figures.forms import FROM, KEPT, Form, Seen, form_key, plain, renumbered
from shared.press.figures.gazetteer import Gazetteer, Named
from shared.press.figures.lists import Lists, signs
from shared.press.figures.mentions import Mention
from shared.press.figures.moves import with_bases
from shared.press.figures.numerals import Habits
from shared.press.figures.passages import Sentence, is_entry, sentences
from shared.press.figures.populations import population
from shared.press.figures.quantities import Quantity, quantities
from shared.press.figures.remarks import heading, introduced, per, qualifier
from shared.press.figures.respectively import places, poor_and_near
from shared.press.figures.respectively import times as listed_times
from shared.press.figures.slots import kind as kinds
from shared.press.figures.slots import period as periods
from shared.press.figures.slots import place as spots
from shared.press.figures.slots.meaning import Memory, meaning
from shared.press.figures.slots.measure import Meaning
from shared.press.figures.source import Source
from shared.press.figures.subjects import Subject
from shared.press.figures.surveys import Line, Passage
from shared.press.figures.times.moment import Moment, at_end
from shared.press.figures.times.moments import moments

T = TypeVar("T")
Key = TypeVar("Key", bound=tuple[object, ...])
Spot = TypeVar("Spot", Quantity, Moment, Mention)
_KINDS = {str(kind): kind for kind in kinds.KINDS}
_OLD_MAP = date(2025, 6, 30)
_QUOTE = 100
_OPENS = 30  # so near to its start a place opens a paragraph
_FIGURES_MAX = 60  # of one sentence that are read together; more is a table or noise


class State(msgspec.Struct):
    """What the figures of an article hand on."""

    memory: Memory
    when: periods.Frame
    where: spots.Frame
    kind: Kind | None = None  # of the figure before in the sentence
    handed_kind: Bundle = ()
    last_kind: Kind | None = None
    population: str = "all"
    told: int | None = None  # the year that was named last
    asked: Kind | None = None  # what the heading above asks for
    intro: Kind = "actual"  # what the line above a list announces

    def copy(self) -> State:
        """Return the state as it is now."""
        return replace(self, when=copy(self.when), where=copy(self.where))

    def key(self) -> tuple[object, ...]:
        """Return all that the reading of a paragraph depends on beside its words."""
        told = (self.kind, self.handed_kind, self.last_kind, self.population)
        asked = (self.told, self.asked, self.intro)
        return (self.memory, self.when.told_so_far(), self.where.told_so_far(), *told, *asked)


class Read(msgspec.Struct, frozen=True):
    """A sentence with all that was found in it; `form`: see `forms`."""

    line: Line
    form: str
    sentence: Sentence
    counted: Sequence[Quantity]
    times: Sequence[Moment]
    named: Sequence[Mention]


class Draft(msgspec.Struct, frozen=True):
    """A paragraph as it was read, by its own offsets, and what it hands on.

    `compares`: what was read holds for no other numbers.
    """

    text: str
    seen: Sequence[Seen]
    sentences: int
    compares: bool
    state: State


@dataclass
class ArticleReader:
    """The reading of one article, its passages found."""

    source: Source
    known: Habits
    about: Subject
    published_on: date | None
    gazetteer: Gazetteer
    chooser: Chooser
    title: Moment | None = None
    sentence: int = 0
    offset: int = 0  # of the paragraph that is being read
    state: State = field(init=False)
    doubts: list[str] = field(default_factory=list)  # of the figure that is being read
    words: dict[tuple[object, ...], None] = field(default_factory=dict)  # of sentences so far
    forms: dict[tuple[object, ...], Form] = field(default_factory=dict)
    resolved: dict[tuple[Named, date], Place] = field(default_factory=dict)
    drafts: dict[tuple[object, ...], Draft] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with what the article as a whole says."""
        when = periods.Frame(title=self.title, today=periods.today(self.published_on))
        self.state = State(Memory(), when, spots.Frame(self.about))

    def figures(self, passages: Sequence[Passage]) -> list[Figure]:
        """Return the figures of all passages, first to last."""
        found: list[Figure] = []
        for passage in passages:
            if passage.continues and self.sentence:
                self.sentence -= 1
            self.offset = passage.paragraph.start
            seen, sentences = self._of_passage(passage)
            found.extend([self._placed(one.figure, one.quote) for one in seen])
            self.sentence += sentences
        return found

    def _of_passage(self, passage: Passage) -> tuple[Sequence[Seen], int]:
        """Read a paragraph, or take what the same words gave in the same place of an article."""
        line, text = passage.line, passage.text
        if line.times == 1 or not isinstance(self.chooser, Fitted):
            draft = self._draft(passage)
            return draft.seen, draft.sentences
        key: tuple[object, ...] = (id(line), passage.continues, *self.state.key())
        known = self.drafts.get(key)
        if known is not None and known.compares and known.text != text:
            key = (*key, text)
            known = self.drafts.get(key)
        draft = known or self._draft(passage)
        if known is None:
            self._keep(self.drafts, key, draft)
        self.state = draft.state.copy()
        if draft.text == text:
            return draft.seen, draft.sentences
        numbers = {n.start: n for n in line.numbers_in(text)}
        return renumbered(draft.seen, numbers, line.language, self.known), draft.sentences

    def _placed(self, figure: Figure, quote: Span) -> Figure:
        """Return a figure with its offsets in the text as sent."""
        start, end = self._at(figure.start, figure.end)
        first, last = self._at(*quote)
        told = self.source.raw[first:last]
        number = self.sentence + (figure.sentence or 0)
        return replace(figure, start=start, end=end, quote=told, sentence=number)

    def _keep(self, known: dict[Key, T], key: Key, read: T) -> None:
        if len(known) >= KEPT:
            known.clear()
        known[key] = read

    def _at(self, start: int, end: int) -> Span:
        return self.source.span(self.offset + start, self.offset + end)

    def _draft(self, passage: Passage) -> Draft:
        line, state = passage.line.of(passage.text), self.state
        text, cues = line.cued.text, line.cued.cues
        cut = sentences(text, line.language)
        self._open(passage)
        times: list[Moment] = []
        counted: list[Quantity] = []
        compares = False
        if line.numbers or any(c.has("mult") or c.has("num") for c in cues):
            times = moments(line.cued, line.numbers, self.published_on, state.told)
            spans = [(m.start, m.end) for m in times]
            spans += [(m.start, m.end) for m in line.places]
            counted, compares = quantities(
                line.cued, line.numbers, spans, line.language, self.known, masked_spans(text)
            )
        state.told = next(
            (m.last.year for m in reversed(times) if m.role != "document"), state.told
        )
        review = next((at_end(m) for m in times if m.review), None)
        state.when.article = review or state.when.article
        form = text if compares else passage.form
        seen: list[Seen] = []
        for sentence in cut:
            here, named = _within(times, sentence), _within(line.places, sentence)
            inside = _within(counted, sentence)
            for at in range(0, len(inside), _FIGURES_MAX):
                part = inside[at : at + _FIGURES_MAX]
                seen.extend(self._of_sentence(Read(line, form, sentence, part, here, named)))
            self._close(sentence, here, named, is_entry(text))
            self._ask(line, sentence)
        self.state.asked = heading(cues, text)
        return Draft(text, seen, len(cut), compares, self.state.copy())

    def _open(self, passage: Passage) -> None:
        """Begin a paragraph; the entry of a list keeps what its introduction said."""
        state, when, where = self.state, self.state.when, self.state.where
        if passage.continues:
            state.handed_kind = (f"listed {state.intro}",)
            state.when.sentence = state.when.sentence or state.when.told
            where.sentence = where.opening = where.listed
            return
        state.intro = introduced(passage.line.cued.cues)
        state.handed_kind = (f"asked {state.asked}",) if state.asked else ()
        when.sentence = when.told if state.asked == "target" else None
        when.opening = when.told = None
        where.sentence = where.opening = where.listed = None
        state.last_kind = None

    def _ask(self, line: Line, sentence: Sentence) -> None:
        """Let a question say of what kind its answer is."""
        cued = line.cued
        if cued.text[sentence.start : sentence.end].rstrip(' "').endswith("?"):
            cues = cued.between(sentence.start, sentence.end)
            self.state.handed_kind = (f"asked {introduced(cues)}",)
            self.state.when.sentence = self.state.when.told

    def _close(
        self,
        sentence: Sentence,
        times: Sequence[Moment],
        named: Sequence[Mention],
        entry: bool,
    ) -> None:
        """End a sentence: what it named last is handed on."""
        state, when, where = self.state, self.state.when, self.state.where
        usable = [m for m in times if m.role == ""]
        if usable:
            when.told = usable[-1]
            when.opening = when.opening or usable[0]
        when.sentence = when.previous or when.sentence
        where.sentence = where.previous or where.sentence
        if named:
            if sentence.first and named[0].start - sentence.start <= _OPENS:
                where.opening = named[0].named
            where.listed = where.listed or (None if entry else named[0].named)
            where.name([m.named for m in named])
        when.previous = when.base = where.previous = None
        state.last_kind, state.kind = state.kind or state.last_kind, None
        state.memory = state.memory.closed()

    def _of_sentence(self, read: Read) -> list[Seen]:
        sentence = read.sentence
        if self.sentence < FROM or not isinstance(self.chooser, Fitted):
            return self._weighed(read)
        words = form_key(read.form, sentence, read.times, read.named)
        again = words in self.words
        self._keep(self.words, words, None)
        key = (*self.state.key(), *words) if again else ()
        form = self.forms.get(key)
        start = sentence.start
        if form is None:
            seen = self._weighed(read)
            if again:
                kept = [one.moved(-start, 0) for one in seen]
                self._keep(self.forms, key, Form(kept, self.state.copy()))
            return seen
        self.state = form.state.copy()
        numbers = {n.start: n for n in read.line.numbers}
        seen = [one.moved(start, sentence.number) for one in form.seen]
        return renumbered(seen, numbers, read.line.language, self.known)

    def _weighed(self, read: Read) -> list[Seen]:
        cued, sentence, memory = read.line.cued, read.sentence, self.state.memory
        last = memory.last.unit if memory.last else None
        counted = with_unit(cued, sentence, read.counted, last, memory.counted)
        lists = Lists()
        listed = places(cued, sentence, counted, read.named)
        dated = listed_times(cued, sentence, counted, read.times)
        pair: tuple[str, ...] = ()
        seen: list[Seen] = []
        for index, quantity in enumerate(counted):
            around = context(cued, sentence, counted, index)
            pair = pair[1:] or poor_and_near(cued, sentence, counted, index)
            at = self._at(quantity.start, quantity.end)
            meant = meaning(around, self.state.memory, self.chooser, at, next(iter(pair), None))
            if meant is None:
                continue
            told = signs(around)
            figure = self._figure(around, meant, read, listed, dated)
            figure = replace(figure, role=lists.role(told, meant.unit, quantity.value))
            seen.append(Seen(figure, _quote(around), told, quantity.amount, counted[0].start))
            self.state.memory = self.state.memory.after(meant)
        figures = with_bases([one.figure for one in seen])
        return [one._replace(figure=f) for one, f in zip(seen, figures, strict=True)]

    def _figure(
        self,
        around: Context,
        meant: Meaning,
        read: Read,
        listed: dict[int, Named],
        dated: dict[int, Moment],
    ) -> Figure:
        quantity, state = around.quantity, self.state
        self.doubts = ["measure"] if meant.unsure else []
        each = per(around)
        at = self._at(quantity.start, quantity.end)
        kind = self._kind(around, meant, read, each, at)
        period = self._period(around, meant, kind, read, dated, at)
        where = self._place(around, read, listed, at)
        if each is None and _is_yearly(around, meant, period):
            each = "year"
        state.population = population(around, meant, state.population)
        day = period.end if period else self.published_on or _OLD_MAP
        return Figure(
            measure=meant.measure,
            value=plain(quantity.value),
            unit=meant.unit,
            start=quantity.start,
            end=quantity.end,
            quote="",
            qualifier=qualifier(around),
            value_max=plain(quantity.high) if quantity.high is not None else None,
            place=self._resolved(where, day),
            period=period,
            population=state.population,
            kind=kind,
            comparison=comparison(around, meant, period, read.times, kind != "actual"),
            ambiguous=tuple(plain(o) for o in quantity.others),
            unsure=tuple(self.doubts),
            per=each,
            sentence=around.sentence.number,
        )

    def _kind(
        self, around: Context, meant: Meaning, read: Read, each: Per | None, at: Span
    ) -> Kind:
        state = self.state
        handed = (*state.handed_kind, f"sentence before {state.last_kind}")
        usable = [m for m in read.times if m.role in ("", "programme")]
        bundles = kinds.features(around, meant, each, state.kind, handed, usable, self.published_on)
        chosen = self.chooser.classify("kind", at, kinds.KINDS, bundles)
        self._doubt("kind", chosen)
        kind = state.kind = _KINDS[chosen.value]
        return kind

    def _period(
        self,
        around: Context,
        meant: Meaning,
        kind: Kind,
        read: Read,
        dated: dict[int, Moment],
        at: Span,
    ) -> Period | None:
        when = self.state.when
        start = around.quantity.start
        times = [dated[start]] if start in dated else read.times
        found = periods.candidates(around, meant, kind, times, when)
        chosen = self.chooser.choose("period", at, found.candidates())
        self._doubt("period", chosen)
        period = chosen.value
        moment = found.moments[period]
        if moment is not None:
            when.previous = moment
            if carries(around.lead[-3:], "from"):
                when.base = moment
            if kind == "actual" and meant.is_level:
                when.article = moment
            elif kind == "actual":
                when.flow = moment
        return period

    def _place(self, around: Context, read: Read, listed: dict[int, Named], at: Span) -> Named:
        start = around.quantity.start
        if start in listed:
            self.state.where.previous = listed[start]
            return listed[start]
        found = spots.candidates(around, read.named, self.state.where, self.gazetteer)
        chosen = self.chooser.choose("place", at, found)
        self._doubt("place", chosen)
        self.state.where.previous = chosen.value
        return chosen.value

    def _resolved(self, named: Named, day: date) -> Place:
        place = self.resolved.get((named, day))
        if place is None:
            place = self.gazetteer.place(named, day, self.about.anchor())
            self._keep(self.resolved, (named, day), place)
        return place

    def _doubt(self, slot: str, chosen: Choice[Any]) -> None:
        if chosen.is_close:
            self.doubts.append(slot)


def _quote(around: Context) -> Span:
    """Return the words around a number, cut at blanks."""
    text, sentence = around.cued.text, around.sentence
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
    return start, end


def _is_yearly(around: Context, meant: Meaning, period: Period | None) -> bool:
    """Say whether "fell by 4.34 on average" leaves out "a year"."""
    span = period is not None and period.start < period.end
    return span and meant.direction is not None and any(c.has("avg") for c in around.lead)


def _within(items: Sequence[Spot], sentence: Sentence) -> list[Spot]:
    """Return the items that begin in a sentence."""
    first = bisect_left(items, sentence.start, key=_start)
    last = bisect_left(items, sentence.end, key=_start)
    return list(items[first:last])


def _start(item: Quantity | Moment | Mention) -> int:
    return item.start
