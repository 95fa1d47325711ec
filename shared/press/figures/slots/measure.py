"""What a number measures: its unit says what comes into question, the words around it decide.

One table for all languages: languages only map words to tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from shared.press.figures.context import Context, before_stop, intro_cues
from shared.press.figures.cues import Cue
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
_LEADING = 1
_BRACKET_GAP = 30


@dataclass(frozen=True, slots=True)
class Meaning:
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


def tags_of(cue: Cue) -> tuple[str, ...]:
    """Return the tags of a cue that carry meaning, a family's name only where it stands alone."""
    return _telling(cue.tags)


@lru_cache(maxsize=4096)
def _telling(tags: frozenset[str]) -> tuple[str, ...]:
    full = sorted(tag for tag in tags if ":" in tag)
    families = {tag.split(":")[0] for tag in full}
    return (*full, *sorted(t for t in tags if ":" not in t and t not in families))


@lru_cache(maxsize=4096)
def _families(tags: frozenset[str]) -> frozenset[str]:
    return frozenset(tag.split(":")[0] for tag in tags)


@lru_cache(maxsize=8192)
def named_tags(name: str, tags: frozenset[str]) -> tuple[str, ...]:
    """Return the tags that carry meaning as features of one place; made once for each phrase."""
    return tuple(f"{name} {tag}" for tag in _telling(tags))


@lru_cache(maxsize=4096)
def _is_content(tags: frozenset[str]) -> bool:
    return not _families(tags) <= _NOISE


def is_content(cue: Cue) -> bool:
    """Say whether a cue says more than a number."""
    return _is_content(cue.tags)


def around(context: Context) -> list[str]:
    """Return the features of the words around a number, the same for every unit."""
    features: list[str] = ["bias"]
    lead = [c for c in context.lead if is_content(c)]
    features += _ordered("lead", lead[::-1][:_LEADING])
    features += _bag("in lead", lead)
    features += _nearest("near", lead[::-1])
    features += _bag("own", context.phrase)
    tail = _after_noun(context)
    features += _ordered("then", tail[:1])
    features += _bag("in tail", tail)
    features += _nearest("next", tail)
    ahead = [c for c in context.ahead if c.has_any(_TOPICAL)]
    features += _bag("ahead", ahead)
    features += _nearest("near ahead", ahead[::-1])
    features += _ordered("opens", ahead[:2])
    features += _bag("after", [c for c in context.tail if c.has_any(_TOPICAL)])
    features += _bag("intro", intro_cues(context))
    unit = context.quantity.unit
    if unit is not None:
        features += [f"unit {t}" for t in unit.tags if ":" in t]
        features.append(f"unit {unit.name} attached {unit.attached}")
    touching = context.cued.ending_at(context.quantity.start)
    features += named_tags("touches", touching.tags) if touching else ["touches nothing"]
    return features


def _after_noun(context: Context) -> list[Cue]:
    """Return the cues behind the number's own noun phrase, up to the first comma or bracket."""
    tail = [c for c in before_stop(context) if is_content(c)]
    while tail and _families(tail[0].tags) <= _NOUN:
        tail = tail[1:]
    return tail


def _nearest(name: str, cues: Sequence[Cue]) -> list[str]:
    """Return the first cue of each family that tells roles."""
    found: dict[str, str] = {}
    for cue in cues:
        for family, feature in _roles(name, cue.tags):
            found.setdefault(family, feature)
    return list(found.values())


@lru_cache(maxsize=8192)
def _roles(name: str, tags: frozenset[str]) -> tuple[tuple[str, str], ...]:
    telling = _telling(tags)
    return tuple(
        (family, f"{name} {'+'.join(t for t in telling if t.startswith(family))}")
        for family in _ROLES
        if family in tags
    )


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


def _ordered(name: str, cues: Sequence[Cue]) -> list[str]:
    return [f for i, cue in enumerate(cues, 1) for f in named_tags(f"{name} {i}", cue.tags)]


def _bag(name: str, cues: Iterable[Cue]) -> list[str]:
    return sorted(set().union(*[named_tags(name, tags) for tags in {cue.tags for cue in cues}]))


def position(context: Context, before: Meaning | None, last: Meaning | None) -> list[str]:
    """Return the features of a number's place in its sentence and of the figures before it."""
    features: list[str] = []
    text = context.text_before().rstrip()
    bracket = text.endswith("(") or (text.rfind("(") > text.rfind(")"))
    if before is not None:
        near = context.previous is not None and (
            context.quantity.start - context.previous.end < _BRACKET_GAP
        )
        features.append(f"before {before.measure}")
        features.append(f"before {before.measure} bracket {bracket}")
        if near and not context.lead:
            features.append(f"before {before.measure} bare")
        if context.lead:
            features += named_tags(f"before {before.measure} &", context.lead[-1].tags)
    elif last is not None:
        features.append(f"last {last.measure}")
    else:
        features.append("first")
    if bracket:
        features.append("bracket")
    return features


def sized(quantity: Quantity) -> list[str]:
    """Return the features of a number's own form."""
    forms = {
        "range": quantity.high is not None,
        "in words": quantity.worded,
        "of total": quantity.of_total is not None,
    }
    digits = len(str(int(quantity.value)))
    size = f"size {digits}" if quantity.is_money else f"digits {digits}"
    if quantity.is_rate:
        size = "size 100" if quantity.value == _WHOLE else _step(quantity.value)
    return [*(form for form, holds in forms.items() if holds), size]


def _step(value: Decimal) -> str:
    return next((f"size <{step}" for step in _STEPS if value < step), f"size <{_STEPS[-1]}")
