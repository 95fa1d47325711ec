"""When a figure holds: the times that its sentence names and those handed on to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import msgspec

from shared.press.figures.context import Context
from shared.press.figures.cues import carries
from shared.press.figures.evidence import Bundle, Candidate
from shared.press.figures.figure import Kind, Period
from shared.press.figures.slots.alignment import alignment
from shared.press.figures.slots.measure import Meaning
from shared.press.figures.slots.positions import Position, position_of
from shared.press.figures.times.moment import Moment
from shared.press.figures.units import CURRENCIES

_SCOPES = ("previous", "sentence", "opening", "told", "article", "flow", "title", "today")
_TOUCH = 14  # characters: "by the end of", "tính đến hết"
_OPENS = 30
_NEARER = 12
_LEVELS = ("households_total", "poor_persons", "houses_remaining", "coverage_rate")
_OWN_SORT = ("share_of_total", "progress_rate", "poverty_line", "income_per_capita")
_TOLD = ("alone", "touches", "opens", "open", "since", "past other figures")
_BASES = frozenset({"from", "vs", "than"})
# What may hold on the last day of a time; all else holds over the time told.
_ENDING = ("change", "coverage_rate", "share_of_total", "progress_rate", "norm")


class Frame(msgspec.Struct):
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

    def told_so_far(self) -> tuple[object, ...]:
        """Return all that the reading of what comes hangs on."""
        base = self.base.said if self.base else None
        return (base, *[(name, moment.said) for name, moment in self.handed()])

    def handed(self) -> Iterator[tuple[str, Moment]]:
        """Return the times that are handed on, each with the name of its scope."""
        for name in _SCOPES:
            moment = getattr(self, name)
            if moment is not None:
                yield name, moment


@dataclass
class Found:
    """Candidates by the period they come to; one period has the features of all its sources."""

    sort: str
    bundles: dict[Period | None, list[Bundle]] = field(default_factory=dict)
    moments: dict[Period | None, Moment | None] = field(default_factory=dict)

    def add(self, period: Period | None, moment: Moment | None, bundle: Bundle) -> None:
        """Add what speaks for a period, each feature also as one of this sort of figure."""
        self.bundles.setdefault(period, []).append(_crossed(self.sort, bundle))
        self.moments.setdefault(period, moment)

    def add_moment(self, moment: Moment, bundle: Bundle) -> None:
        """Add the periods that a time can mean: its last day, all of it, the start of a span."""
        end = Period(moment.last, moment.last)
        if self.sort == "level":
            self._add_level(moment, end, bundle)
        elif moment.first == moment.last:
            self._add_day(moment, end, bundle)
        elif self.sort == "change" and moment.shape == "year":
            self.add(end, moment, bundle)
        else:
            whole = Period(moment.first, moment.last)
            self.add(whole, moment, _with(bundle, f"whole {moment.shape}"))
            if self.sort in _ENDING:
                self.add(end, moment, _with(bundle, f"end {moment.shape}"))

    def _add_level(self, moment: Moment, end: Period, bundle: Bundle) -> None:
        self.add(end, moment, bundle)
        if moment.shape == "span" and moment.first.year < moment.last.year:
            first = date(moment.first.year, 12, 31)
            began = _with(_with(bundle, "start of span"), f"start & {bundle[-1]}")
            self.add(Period(first, first), moment, began)

    def _add_day(self, moment: Moment, day: Period, bundle: Bundle) -> None:
        """Let a flow told at the year's end be that of the whole year."""
        self.add(day, moment, bundle)
        if self.sort != "change" and (moment.last.month, moment.last.day) == (12, 31):
            year = Period(date(moment.last.year, 1, 1), moment.last)
            self.add(year, moment, _with(bundle, "year of its end"))

    def candidates(self) -> list[Candidate[Period | None]]:
        """Return the periods with what speaks for each."""
        return [Candidate(period, own) for period, own in self.bundles.items()]


@lru_cache(maxsize=16384)
def _crossed(sort: str, bundle: Bundle) -> Bundle:
    return (*bundle, *(f"{sort}: {feature}" for feature in bundle))


@lru_cache(maxsize=16384)
def _with(bundle: Bundle, feature: str) -> Bundle:
    return (*bundle, feature)


@lru_cache(maxsize=4096)
def _of_handed(name: str, shape: str, situation: Bundle) -> Bundle:
    """Return the features of a time that is handed on."""
    return _in_situation((f"handed {name}", f"handed {name} {shape}"), situation)


@lru_cache(maxsize=8192)
def _in_situation(bundle: Bundle, situation: Bundle) -> Bundle:
    """Cross the first feature with each of the situation."""
    return (*bundle, *(f"{bundle[0]} & {s}" for s in situation))


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
        ahead = frame.today is not None and moment.last > frame.today.last
        bundle = _of_moment(context, moment, usable, pattern, kind if ahead else None)
        found.add_moment(moment, _in_situation(bundle, situation))
    for name, held in frame.handed():
        found.add_moment(held, _of_handed(name, held.shape, situation))
    _add_move(found, usable, situation)
    if frame.base is not None:
        found.add_moment(frame.base, ("base of the move",))
    found.add(None, None, _in_situation(("none",), situation))
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


def _add_move(found: Found, times: Sequence[Moment], situation: Bundle) -> None:
    """Read "on average … a year, from … at the end of 2021 to … at the end of 2024"."""
    days = [m for m in times if m.shape in ("day", "year") and m.role != "vs"]
    if found.sort != "change" or len(days) < 2 or days[0].last >= days[-1].last:
        return
    # A move hands on no time: the levels it leads from and to come with their own.
    bundle = _in_situation(("from one to the other",), situation)
    found.add(Period(days[0].last, days[-1].last), None, bundle)


def _situation(context: Context, times: Sequence[Moment]) -> Bundle:
    """Say what the sentence offers, whichever time is chosen."""
    near = context.lead[-3:]
    around = (*context.lead, *context.tail[:3])
    return _offered(
        any(m.end <= context.quantity.start and m.role == "" for m in times),
        any(m.start >= context.quantity.end and m.role == "" for m in times),
        context.previous is None,
        next((tag for tag in ("from", "to", "vs") if carries(near, tag)), None),
        carries(context.ahead, "t:now") or carries(context.to_stop, "t:now"),
        carries(around, "avg") or carries(around, "per:year"),
    )


@lru_cache(maxsize=512)
def _offered(
    before: bool, behind: bool, first: bool, lead: str | None, now: bool, average: bool
) -> Bundle:
    leads = [lead] if lead else []
    told = {
        f"times {'before' if before else ''}{'behind' if behind else ''}": True,
        "first figure": first,
        f"lead {leads}": True,
        "now": now,
        "average": average,
    }
    return tuple(name for name, holds in told.items() if holds)


def _of_moment(
    context: Context, moment: Moment, times: Sequence[Moment], pattern: str, ahead: Kind | None
) -> Bundle:
    """Return the features of a time that the sentence names; `ahead`: the kind of one to come."""
    position = position_of(context, moment, times)
    told = (
        len(times) == 1,
        position.gap <= _TOUCH,
        moment.start - context.sentence.start <= _OPENS,
        moment.open,
        moment.since,
        position.past_numbers,
    )
    sort = (moment.role, moment.shape, pattern)
    where = (position.side, position.near, position.cut)
    return _named(where, sort, told, _onward(context, moment, position), ahead)


@lru_cache(maxsize=16384)
def _named(
    where: tuple[str, str, str], sort: tuple[str, str, str], told: tuple[bool, ...],
    onward: tuple[bool, bool] | None, ahead: Kind | None,
) -> Bundle:  # fmt: skip
    (side, near, cut), (role, shape, pattern) = where, sort
    found = [
        near,
        f"{near} {cut}",
        f"{near} pattern {pattern}",
        f"{side} role {role or 'plain'}",
        f"shape {shape}",
        *(f"{side} {name}" for name, holds in zip(_TOLD, told, strict=True) if holds),
    ]
    if onward is not None:
        found.append(f"behind leads on {onward[0]} {onward[1]}")
    if ahead is not None:
        found.append(f"to come, {ahead} {shape}")
    return tuple(found)


def _onward(context: Context, moment: Moment, position: Position) -> tuple[bool, bool] | None:
    """Say whether a time behind the number leads on to the next one, and over a comma."""
    following = context.following
    if position.side == "before" or following is None or following.start < moment.end:
        return None
    closer = following.start - moment.end + _NEARER < position.gap
    return closer, "," in context.cued.text[moment.end : following.start]


def today(published_on: date | None) -> Moment | None:
    """Return the day of the text as a time."""
    return Moment(0, 0, "day", published_on, published_on) if published_on else None
