"""Where a figure holds: the places that its sentence names and those handed on to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec

from shared.press.figures.context import Context
from shared.press.figures.cues import Cued, carries
from shared.press.figures.evidence import Bundle, Candidate
from shared.press.figures.gazetteer import LEVELS, NATION, Gazetteer, Named
from shared.press.figures.mentions import Mention, level_of
from shared.press.figures.slots.alignment import alignment
from shared.press.figures.slots.positions import position_of
from shared.press.figures.subjects import Subject

COUNTRY = Named(NATION, region=NATION, level="region")
_WHOLES = (
    "whole:province", "whole:district", "whole:commune",
    "place:province", "place:district", "place:commune",
)  # fmt: skip
_KNOWN = 20
_TOUCH = 2
_PARENT = 16
_EVENT = 45
_OPENS = 20
_STEPS = (3, 12, 30, 80)  # "Dak Lak 52 %", "in Dak Lak to 52 %", a clause, a sentence


class Frame(msgspec.Struct):
    """The places that govern what comes: of this sentence, its paragraph and the article."""

    subject: Subject
    previous: Named | None = None  # of the figure before in the sentence
    sentence: Named | None = None  # of the last figure of the sentence before
    opening: Named | None = None  # the first that the paragraph named
    listed: Named | None = None  # of the line that introduces this list
    known: tuple[Named, ...] = ()  # what the article has named so far, the last first
    latest: tuple[tuple[str | None, Named], ...] = ()  # of each level what it named last

    def name(self, named: Sequence[Named]) -> None:
        """Remember what a sentence named."""
        self.known = (*reversed(named), *self.known)[:_KNOWN]
        self.latest = tuple({level_of(one): one for one in reversed(self.known)}.items())

    def told_so_far(self) -> tuple[object, ...]:
        """Return all that the reading of what comes hangs on, but for the subject."""
        return (self.previous, self.sentence, self.opening, self.listed, self.latest)

    def handed(self) -> Iterator[tuple[str, Named]]:
        """Return the places that are handed on, each with the name of its scope."""
        scopes = (
            ("previous", self.previous),
            ("sentence", self.sentence),
            ("opening", self.opening),
            ("listed", self.listed),
            ("smaller subject", self.subject.smaller),
            ("province subject", self.subject.province),
        )
        for name, held in scopes:
            if held is not None:
                yield name, held


@dataclass
class Found:
    """Candidates by place; one place has the features of all its sources."""

    bundles: dict[tuple[str, ...], list[Bundle]] = field(default_factory=dict)
    named: dict[tuple[str, ...], Named] = field(default_factory=dict)

    def add(self, named: Named, bundle: Bundle) -> None:
        """Add what speaks for a place."""
        key = _key_of(named)
        self.bundles.setdefault(key, []).append(bundle)
        self.named.setdefault(key, named)

    def candidates(self) -> list[Candidate[Named]]:
        """Return the places with what speaks for each."""
        return [Candidate(self.named[key], own) for key, own in self.bundles.items()]


def _key_of(named: Named) -> tuple[str, ...]:
    """Return what tells one place from another."""
    if named.region:
        return (named.region,)
    if len(named.units) == 1:
        return (named.units[0].level, named.units[0].name)
    if named.units:
        return (named.units[0].level, *sorted({u.name for u in named.units}))
    return (named.level or "", named.printed)


def candidates(
    context: Context, mentions: Sequence[Mention], frame: Frame, gazetteer: Gazetteer
) -> list[Candidate[Named]]:
    """Return the places that come into question, each with what speaks for it."""
    found = Found()
    own = without_parents(context.cued, mentions)
    pattern = alignment(context.numbers, own)
    situation = _situation(context, own)
    for mention in own:
        relation = _relation(mention.named, frame.subject, gazetteer)
        found.add(mention.named, _of_mention(context, mention, own, pattern, relation, situation))
    for end, tag in _wholes(context, own):
        named = _of_whole(tag, frame)
        if named is not None:
            later = any(m.start >= end and m.end <= context.quantity.start for m in own)
            found.add(named, (tag, f"whole, named since {later}", f"whole & {situation[0]}"))
    for name, held in frame.handed():
        hold = frame.subject.hold if name == "smaller subject" else None
        found.add(held, _of_handed(name, level_of(held), hold, situation))
    found.add(COUNTRY, _of_nation(_about(frame.subject), situation))
    return found.candidates()


@lru_cache(maxsize=256)
def _of_nation(about: str, situation: Bundle) -> Bundle:
    nation = f"nation, subject {about}"
    return ("nation", nation, *(f"{nation} & {s}" for s in situation))


def _about(subject: Subject) -> str:
    if subject.smaller or subject.province:
        return "place"
    return "country" if subject.country else "none"


def _situation(context: Context, mentions: Sequence[Mention]) -> Bundle:
    """Say what the sentence offers, whichever place is chosen."""
    start, end = context.quantity.start, context.quantity.end
    before = len([m for m in mentions if m.end <= start])
    behind = len([m for m in mentions if m.start >= end])
    return _offered(min(before, 2), min(behind, 2), context.previous is None)


@lru_cache(maxsize=32)
def _offered(before: int, behind: int, first: bool) -> Bundle:
    figure = "first figure" if first else "later figure"
    return (f"{before} before", f"{before} before {behind} behind", figure)


@lru_cache(maxsize=4096)
def _of_handed(name: str, level: str | None, hold: str | None, situation: Bundle) -> Bundle:
    found = [f"handed {name}", f"handed {name} {level or 'region'}"]
    if hold is not None:
        found += [f"{name} {hold}", f"{name} {hold} & {situation[0]}"]
    return (*found, *(f"handed {name} & {s}" for s in situation))


def _of_mention(
    context: Context,
    mention: Mention,
    mentions: Sequence[Mention],
    pattern: str,
    relation: str,
    situation: Bundle,
) -> Bundle:
    """Return the features of a place that the sentence names."""
    position = position_of(context, mention, mentions)
    opens = mention.start - context.sentence.start <= _OPENS
    told = (opens, opens and context.sentence.first, _is_event(context.cued, mention))
    step = next((step for step in _STEPS if position.gap <= step), "far")
    where = (position.side, position.near, position.cut, position.past_numbers, step)
    level = level_of(mention.named) or "region"
    return _named(where, told, (level, pattern, relation), situation)


@lru_cache(maxsize=16384)
def _named(
    where: tuple[str, str, str, bool, int | str], told: tuple[bool, ...],
    sort: tuple[str, str, str], situation: Bundle,
) -> Bundle:  # fmt: skip
    (side, near, cut, past, step), (opens, paragraph, event) = where, told
    level, pattern, relation = sort
    marks = {f"{side} opens": opens, f"{side} opens paragraph": paragraph, "event": event}
    return (
        near,
        f"{near} {cut}",
        f"{near} numbers {past}",
        f"{side} level {level}",
        f"{side} gap {step}",
        f"{near} pattern {pattern}",
        f"{near} pattern {pattern} gap {step}",
        *(mark for mark, holds in marks.items() if holds),
        f"is {relation}",
        *(f"{near} & {s}" for s in situation),
    )


def _is_event(cued: Cued, mention: Mention) -> bool:
    """Say whether a meeting or a visit took place there: no figure is about it for that."""
    near = cued.between(max(cued.start, mention.start - _EVENT), mention.start)
    return carries(near, "event")


def _wholes(context: Context, mentions: Sequence[Mention]) -> Iterator[tuple[int, str]]:
    """Return "the whole province", "the district" and the like before the number."""
    for cue in context.ahead:
        if cue.tags.isdisjoint(_WHOLES):
            continue
        tag = next((t for t in _WHOLES if t in cue.tags), None)
        if tag and not any(_touch(cue.start, cue.end, m) for m in mentions):
            yield cue.end, tag


def _touch(start: int, end: int, mention: Mention) -> bool:
    return abs(mention.start - end) <= _TOUCH or abs(start - mention.end) <= _TOUCH


def _of_whole(tag: str, frame: Frame) -> Named | None:
    """Return the unit of a level: the one named last, else the one the article names most."""
    level = tag.split(":")[1]
    subject = frame.subject
    if level == "province" and subject.province:
        return subject.province
    return dict(frame.latest).get(level) or subject.of_level(level)


def _relation(named: Named, subject: Subject, gazetteer: Gazetteer) -> str:
    """Say how a place lies to what the article is about."""
    anchor = subject.anchor()
    if named.region or anchor is None or not named.units:
        return "region" if named.region else "unknown"
    if any(u.level == anchor.level and u.name == anchor.name for u in named.units):
        return "subject"
    if any(gazetteer.lies_in(u, anchor) for u in named.units):
        return "inside"
    return "around" if any(gazetteer.lies_in(anchor, u) for u in named.units) else "outside"


def without_parents(cued: Cued, found: Sequence[Mention]) -> list[Mention]:
    """Leave out the district and the province of "X commune (Y district, Z province)"."""
    kept: list[Mention] = []
    last: Mention | None = None
    for mention in found:
        inside = last is not None and _rank(last) < _rank(mention) and _adjoins(cued, last, mention)
        if not inside:
            kept.append(mention)
        last = mention
    return kept


def _adjoins(cued: Cued, one: Mention, other: Mention) -> bool:
    """Say whether only a comma, a bracket or a word such as "in" stands between two names."""
    gap = cued.text[one.end : other.start]
    joined = any(c.has("and") for c in cued.between(one.end, other.start))
    return len(gap) <= _PARENT and not joined and not any(c in ".;:" or c.isdigit() for c in gap)


def _rank(mention: Mention) -> int:
    level = level_of(mention.named)
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)
