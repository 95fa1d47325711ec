"""When a figure holds: the times that its sentence names and those handed on to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from shared.press.figures.context import Context, before_stop
from shared.press.figures.cues import carries
from shared.press.figures.evidence import Candidate
from shared.press.figures.figure import Kind, Period
from shared.press.figures.slots.alignment import alignment
from shared.press.figures.slots.measure import Meaning
from shared.press.figures.slots.positions import Position, position_of
from shared.press.figures.times.moment import Moment
from shared.press.figures.units import CURRENCIES

_TOUCH = 14  # characters: "by the end of", "tính đến hết"
_OPENS = 30
_NEARER = 12
_LEVELS = ("households_total", "poor_persons", "houses_remaining", "coverage_rate")
_OWN_SORT = ("share_of_total", "progress_rate", "poverty_line", "income_per_capita")
_BASES = frozenset({"from", "vs", "than"})
# What may hold on the last day of a time; all else holds over the time told.
_ENDING = ("change", "coverage_rate", "share_of_total", "progress_rate", "norm")


@dataclass
class Frame:
    """The times that govern what comes: of this sentence, its paragraph and the article."""

    previous: Moment | None = None  # of the figure before in the sentence
    sentence: Moment | None = None  # of the last figure of the sentence before
    opening: Moment | None = None  # the first that the paragraph named
    told: Moment | None = None  # the last that the paragraph named
    article: Moment | None = None  # of the last level of the article, or of its review
    flow: Moment | None = None  # of the last other figure of the article
    title: Moment | None = None
    today: Moment | None = None
    base: Moment | None = None  # where the move of this sentence began

    def handed(self) -> Iterator[tuple[str, Moment]]:
        """Return the times that are handed on, each with the name of its scope."""
        scopes = ("previous", "sentence", "opening", "told", "article", "flow", "title", "today")
        for name in scopes:
            moment = getattr(self, name)
            if moment is not None:
                yield name, moment


@dataclass
class Found:
    """Candidates by the period they come to; one period has the features of all its sources."""

    sort: str
    features: dict[Period | None, list[str]] = field(default_factory=dict)
    moments: dict[Period | None, Moment | None] = field(default_factory=dict)

    def add(self, period: Period | None, moment: Moment | None, features: Sequence[str]) -> None:
        """Add what speaks for a period."""
        self.features.setdefault(period, []).extend(features)
        self.moments.setdefault(period, moment)

    def add_moment(self, moment: Moment, features: Sequence[str]) -> None:
        """Add the periods that a time can mean: its last day, all of it, the start of a span."""
        end = Period(moment.last, moment.last)
        whole = Period(moment.first, moment.last)
        if self.sort == "level":
            self._add_level(moment, end, features)
        elif whole == end:
            self._add_day(moment, end, features)
        elif self.sort == "change" and moment.shape == "year":
            self.add(end, moment, features)
        else:
            self.add(whole, moment, [*features, f"whole {moment.shape}"])
            if self.sort in _ENDING:
                self.add(end, moment, [*features, f"end {moment.shape}"])

    def _add_level(self, moment: Moment, end: Period, features: Sequence[str]) -> None:
        self.add(end, moment, features)
        if moment.shape == "span" and moment.first.year < moment.last.year:
            first = date(moment.first.year, 12, 31)
            began = [*features, "start of span", f"start & {features[-1]}"]
            self.add(Period(first, first), moment, began)

    def _add_day(self, moment: Moment, day: Period, features: Sequence[str]) -> None:
        """Let a flow told at the year's end be that of the whole year."""
        self.add(day, moment, features)
        if self.sort != "change" and (moment.last.month, moment.last.day) == (12, 31):
            year = Period(date(moment.last.year, 1, 1), moment.last)
            self.add(year, moment, [*features, "year of its end"])

    def crossed(self) -> list[Candidate[Period | None]]:
        """Return the candidates, each feature also as one of this sort of figure."""
        return [
            Candidate(period, (*own, *[_crossed(self.sort, f) for f in own]))
            for period, own in self.features.items()
        ]


@lru_cache(maxsize=16384)
def _crossed(sort: str, feature: str) -> str:
    return f"{sort}: {feature}"


@lru_cache(maxsize=4096)
def _of_handed(name: str, shape: str, situation: tuple[str, ...]) -> tuple[str, ...]:
    """Return the features of a time that is handed on."""
    return (
        f"handed {name}",
        f"handed {name} {shape}",
        *(f"handed {name} & {s}" for s in situation),
    )


def sort_of(meaning: Meaning, kind: Kind) -> str:
    """Return the sort of a figure as its time goes."""
    if kind == "norm":
        return "norm"
    if meaning.direction is not None:
        return "change"
    if meaning.stem is not None or meaning.measure in _LEVELS:
        return "level"
    if meaning.measure in _OWN_SORT:
        return meaning.measure
    if meaning.measure in ("loan_amount", "borrowers"):
        return "loan"
    return "money" if meaning.unit in CURRENCIES else "count"


def candidates(
    context: Context, meaning: Meaning, kind: Kind, times: Sequence[Moment], frame: Frame
) -> Found:
    """Return the periods that come into question."""
    found = Found(sort_of(meaning, kind))
    usable = [m for m in times if _is_usable(context, m, found.sort, kind, frame.today)]
    situation = _situation(context, usable)
    pattern = alignment(context.numbers, usable)
    for moment in usable:
        features = _of_moment(context, moment, usable, pattern)
        if frame.today is not None and moment.last > frame.today.last:
            features.append(f"to come, {kind} {moment.shape}")
        found.add_moment(moment, [*features, *(f"{features[0]} & {s}" for s in situation)])
    for name, held in frame.handed():
        found.add_moment(held, _of_handed(name, held.shape, situation))
    _add_move(found, usable, situation)
    if frame.base is not None:
        found.add_moment(frame.base, ["base of the move"])
    found.add(None, None, ["none", *(f"none & {s}" for s in situation)])
    return found


def _is_usable(context: Context, moment: Moment, sort: str, kind: Kind, now: Moment | None) -> bool:
    """Leave out times that the figure cannot hold at: a decree's, a meeting's, a base's."""
    if moment.role == "vs":
        bracket = context.cued.text[moment.end : context.quantity.start].strip() == "("
        return sort != "change" and (bracket or any(c.has_any(_BASES) for c in context.lead[-3:]))
    if sort not in ("level", "change"):
        return moment.role != "document"
    if moment.role not in ("", "programme") or moment.open:
        return False
    ahead = now is not None and moment.last.year > now.last.year
    return not (ahead and sort == "level" and kind == "actual" and moment.shape == "span")


def _add_move(found: Found, times: Sequence[Moment], situation: Sequence[str]) -> None:
    """Read "on average … a year, from … at the end of 2021 to … at the end of 2024"."""
    days = [m for m in times if m.shape in ("day", "year") and m.role != "vs"]
    if found.sort != "change" or len(days) < 2 or days[0].last >= days[-1].last:
        return
    features = ["from one to the other", *(f"from one to the other & {s}" for s in situation)]
    # A move hands on no time: the levels it leads from and to come with their own.
    found.add(Period(days[0].last, days[-1].last), None, features)


def _situation(context: Context, times: Sequence[Moment]) -> tuple[str, ...]:
    """Say what the sentence offers, whichever time is chosen."""
    before = any(m.end <= context.quantity.start and m.role == "" for m in times)
    behind = any(m.start >= context.quantity.end and m.role == "" for m in times)
    found = [f"times {'before' if before else ''}{'behind' if behind else ''}"]
    if context.previous is None:
        found.append("first figure")
    near = context.lead[-3:]
    leads = [tag for tag in ("from", "to", "vs") if carries(near, tag)]
    found.append(f"lead {leads[:1]}")
    if carries(context.ahead, "t:now") or carries(before_stop(context), "t:now"):
        found.append("now")
    around = (*context.lead, *context.tail[:3])
    if carries(around, "avg") or carries(around, "per:year"):
        found.append("average")
    return tuple(found)


def _of_moment(
    context: Context, moment: Moment, times: Sequence[Moment], pattern: str
) -> list[str]:
    position = position_of(context, moment, times)
    side = position.side
    found = [
        position.near,
        f"{position.near} {position.cut}",
        f"{position.near} pattern {pattern}",
        f"{side} role {moment.role or 'plain'}",
        f"shape {moment.shape}",
    ]
    told = {
        "alone": len(times) == 1,
        "touches": position.gap <= _TOUCH,
        "opens": moment.start - context.sentence.start <= _OPENS,
        "open": moment.open,
        "since": moment.since,
        "past other figures": position.past_numbers,
    }
    found += [f"{side} {name}" for name, holds in told.items() if holds]
    return [*found, *_onward(context, moment, position)]


def _onward(context: Context, moment: Moment, position: Position) -> list[str]:
    """Say whether a time behind the number leads on to the next one."""
    following = context.following
    if position.side == "before" or following is None or following.start < moment.end:
        return []
    closer = following.start - moment.end + _NEARER < position.gap
    comma = "," in context.cued.text[moment.end : following.start]
    return [f"behind leads on {closer} {comma}"]


def today(published_on: date | None) -> Moment | None:
    """Return the day of the text as a time."""
    return Moment(0, 0, "day", published_on, published_on) if published_on else None
