"""What a number measures: its unit says what comes into question, the words around it decide.

One table for all languages: languages only map words to tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache

import msgspec

from shared.press.figures.context import Context, intro_cues
from shared.press.figures.cues import Tags
from shared.press.figures.evidence import Bundle
from shared.press.figures.figure import Direction
from shared.press.figures.quantities import Quantity

# Unit -> the meanings a number with it can have; "none": it is no figure of the subject.
MEANINGS: dict[str, tuple[str, ...]] = {
    "rate": (
        "level", "change", "share_of_total", "coverage_rate", "progress_rate",
        "income_change_percent", "loan_amount_change", "none",
    ),
    "households": (
        "level", "change", "households_exited_poverty", "households_exited_near_poverty",
        "households_fallen_back", "households_newly_poor", "households_total",
        "households_supported", "borrowers", "other_count", "none",
    ),
    "persons": (
        "poor_persons", "persons_exited_poverty", "persons_supported", "jobs_created",
        "workers_sent_abroad", "borrowers", "other_count", "none",
    ),
    "houses": (
        "houses_built", "houses_repaired", "houses_built_or_repaired", "houses_started",
        "houses_remaining", "other_count",
    ),
    "money": (
        "budget_total", "fund_mobilised", "fund_disbursed", "support_amount", "loan_amount",
        "loan_amount_change", "income_per_capita", "poverty_line", "near_poverty_line",
        "other_amount",
    ),
    "things": ("other_count",),
}  # fmt: skip
STEMS = ("poverty", "near_poverty", "both", "multidimensional")
RATES = {
    "poverty": "poverty_rate",
    "near_poverty": "near_poverty_rate",
    "both": "poor_and_near_poor_rate",
    "multidimensional": "multidimensional_poverty_rate",
}
HOUSEHOLDS = {
    "poverty": "poor_households",
    "near_poverty": "near_poor_households",
    "both": "poor_and_near_poor_households",
    "multidimensional": "multidimensionally_poor_households",
}
_NOISE = frozenset({"num", "mult", "range", "ones", "half", "between", "prefix", "skip"})
_STEPS = (1, 10, 50, 100)  # a poor district's rate, and what no poverty rate reaches
_WHOLE = 100
_BRACKET_GAP = 30


class Meaning(msgspec.Struct, frozen=True, gc=False):
    """What a number measures, in which unit, of which group of the poor, and which way it moved."""

    measure: str
    unit: str
    direction: Direction | None = None
    stem: str | None = None
    unsure: bool = False

    @property
    def is_level(self) -> bool:
        """Say whether the figure holds on a day, not over a span."""
        return self.stem is not None and self.direction is None


@lru_cache(maxsize=4096)
def _telling(tags: Tags) -> tuple[str, ...]:
    """Return the tags that carry meaning, a family's name only where it stands alone."""
    full = sorted(tag for tag in tags if ":" in tag)
    families = {tag.split(":")[0] for tag in full}
    return (*full, *sorted(t for t in tags if ":" not in t and t not in families))


@lru_cache(maxsize=4096)
def _families(tags: Tags) -> frozenset[str]:
    return frozenset(tag.split(":")[0] for tag in tags)


@lru_cache(maxsize=8192)
def named_tags(name: str, tags: Tags) -> Bundle:
    """Return the tags that carry meaning as features of one place; made once for each phrase."""
    return tuple(f"{name} {tag}" for tag in _telling(tags))


@lru_cache(maxsize=4096)
def _is_content(tags: Tags) -> bool:
    """Say whether a cue says more than a number."""
    return not _families(tags) <= _NOISE


def around(context: Context) -> list[Bundle]:
    """Return the features of the words around a number, the same for every unit."""
    cued, sentence, quantity = context.cued, context.sentence, context.quantity
    topical, unit = cued.only(_TOPICAL), quantity.unit
    first = context.ahead[0].start if context.ahead else sentence.start
    touching = cued.ending_at(quantity.start)
    return [
        _BIAS,
        _of_lead(tuple([c.tags for c in context.lead])),
        _of_phrase(tuple([c.tags for c in context.phrase])),
        _of_tail(tuple([c.tags for c in context.to_stop])),
        _of_ahead(tuple([c.tags for c in topical.between(first, quantity.start)])),
        _of_rest(frozenset([c.tags for c in context.tail if not c.tags.isdisjoint(_TOPICAL)])),
        _of_intro(tuple([c.tags for c in intro_cues(context)])),
        _of_unit(unit.name, unit.tags, unit.attached) if unit else (),
        named_tags("touches", touching.tags) if touching else _UNTOUCHED,
    ]


@lru_cache(maxsize=8192)
def _of_lead(cues: tuple[Tags, ...]) -> Bundle:
    lead = [tags for tags in reversed(cues) if _is_content(tags)]
    return (*_ordered("lead", lead[:1]), *_bag("in lead", lead), *_nearest("near", lead))


@lru_cache(maxsize=8192)
def _of_phrase(cues: tuple[Tags, ...]) -> Bundle:
    return _bag("own", cues)


@lru_cache(maxsize=8192)
def _of_tail(cues: tuple[Tags, ...]) -> Bundle:
    """Return the features of what stands behind the number's own noun phrase."""
    tail = [tags for tags in cues if _is_content(tags)]
    while tail and _families(tail[0]) <= _NOUN:
        tail = tail[1:]
    return (*_ordered("then", tail[:1]), *_bag("in tail", tail), *_nearest("next", tail))


@lru_cache(maxsize=8192)
def _of_ahead(cues: tuple[Tags, ...]) -> Bundle:
    near = _nearest("near ahead", cues[::-1])
    return (*_bag("ahead", cues), *near, *_ordered("opens", cues[:2]))


@lru_cache(maxsize=8192)
def _of_rest(cues: frozenset[Tags]) -> Bundle:
    return _bag("after", cues)


@lru_cache(maxsize=8192)
def _of_intro(cues: tuple[Tags, ...]) -> Bundle:
    return _bag("intro", cues)


@lru_cache(maxsize=8192)
def _of_unit(name: str, tags: Tags, attached: bool) -> Bundle:
    own = sorted(f"unit {t}" for t in tags if ":" in t)
    return (*own, f"unit {name} attached {attached}")


def _nearest(name: str, cues: Sequence[Tags]) -> list[str]:
    """Return the first cue of each family that tells roles."""
    found: dict[str, str] = {}
    for tags in cues:
        for family, feature in _roles(name, tags):
            found.setdefault(family, feature)
    return list(found.values())


@lru_cache(maxsize=8192)
def _roles(name: str, tags: Tags) -> tuple[tuple[str, str], ...]:
    telling = _telling(tags)
    return tuple(
        (family, f"{name} {'+'.join(t for t in telling if t.startswith(family))}")
        for family in _ROLES
        if family in tags
    )


_BIAS: Bundle = ("bias",)
_UNTOUCHED: Bundle = ("touches nothing",)
_NOUN = frozenset({"unit", "group", "class", "and", "no"})
_ROLES = ("act", "money", "dir", "topic", "group", "unit", "role", "place", "fund", "part_of")
_TOPICAL = frozenset(
    {
        "topic",
        "act",
        "money",
        "dir",
        "group",
        "rate",
        "reduction",
        "of_plan",
        "rice",
        "weak_topic",
        "fund",
        "plan",
        "place",
        "whole",
        "national",
    }
)


def _ordered(name: str, cues: Sequence[Tags]) -> list[str]:
    return [f for i, tags in enumerate(cues, 1) for f in named_tags(f"{name} {i}", tags)]


def _bag(name: str, cues: Iterable[Tags]) -> Bundle:
    return tuple(sorted(set().union(*[named_tags(name, tags) for tags in set(cues)])))


def position(context: Context, before: Meaning | None, last: Meaning | None) -> Bundle:
    """Return the features of a number's place in its sentence and of the figures before it."""
    text = context.text_before().rstrip()
    bracket = text.endswith("(") or (text.rfind("(") > text.rfind(")"))
    if before is None:
        return _opening(last.measure if last else None, bracket)
    near = context.previous is not None and (
        context.quantity.start - context.previous.end < _BRACKET_GAP
    )
    lead = context.lead[-1].tags if context.lead else None
    return _following(before.measure, bracket, near, lead)


@lru_cache(maxsize=1024)
def _opening(last: str | None, bracket: bool) -> Bundle:
    return (f"last {last}" if last else "first", *(("bracket",) if bracket else ()))


@lru_cache(maxsize=8192)
def _following(before: str, bracket: bool, near: bool, lead: Tags | None) -> Bundle:
    found = [f"before {before}", f"before {before} bracket {bracket}"]
    if near and lead is None:
        found.append(f"before {before} bare")
    if lead is not None:
        found += named_tags(f"before {before} &", lead)
    return (*found, "bracket") if bracket else tuple(found)


def sized(quantity: Quantity) -> Bundle:
    """Return the features of a number's own form."""
    if quantity.is_rate:
        size = "size 100" if quantity.value == _WHOLE else _step(quantity.value)
    else:
        size = f"{'size' if quantity.is_money else 'digits'} {len(str(int(quantity.value)))}"
    return _sized(size, quantity.high is not None, quantity.worded, quantity.of_total)


@lru_cache(maxsize=1024)
def _sized(size: str, ranged: bool, worded: bool, of_total: bool) -> Bundle:
    forms = {"range": ranged, "in words": worded, "of total": of_total}
    return (*(form for form, holds in forms.items() if holds), size)


def _step(value: Decimal) -> str:
    return next((f"size <{step}" for step in _STEPS if value < step), f"size <{_STEPS[-1]}")
