"""The measure of a number: its class by the evidence, the poor it speaks of, which way it moved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

import msgspec
from msgspec.structs import replace

from shared.press.figures.context import Context, groups, unit_cues
from shared.press.figures.cues import Cue
from shared.press.figures.evidence import Bundle, Chooser, Span
from shared.press.figures.figure import Direction
from shared.press.figures.slots.measure import (
    HOUSEHOLDS,
    MEANINGS,
    RATES,
    STEMS,
    Meaning,
    around,
    position,
    sized,
)

FIXED = {
    "models": "livelihood_models",
    "cards": "insurance_cards",
    "jobs": "jobs_created",
    "m2": "housing_standard",
    "years": "housing_standard",
}
_CONVERTED = 12
_ROUND = (10, 20, 50, 100, 1000)
_ONE_IN = re.compile(r"[^\W_]+ (?:in|out of|in every|dari|ใน|trên) ?$")
# What parts two figures; a blank and words do not.
_PARTED = re.compile(r"[,;:.()\n–-]")
_POOR = frozenset({"poor", "near_poor"})
_LINKING = frozenset({"group", "unit", "and", "link"})
COUNTED = frozenset({"households", "persons", "houses"})
_LISTS = {"poverty", "near_poverty"}
_TOPICS = {"poverty", "near_poverty", "both", "multidimensional"}


class Memory(msgspec.Struct, frozen=True):
    """What the figures before were about."""

    before: Meaning | None = None  # in this sentence
    last: Meaning | None = None  # of the sentence before
    stem: str | None = None  # of the last figure about the poor
    article: str | None = None  # of the first such figure of the article
    told: frozenset[str] = frozenset()  # the stems of this sentence's levels
    counted: str | None = None  # the unit of the last count of the article

    def after(self, meant: Meaning) -> Memory:
        """Return what is remembered once a figure of the sentence was read."""
        stem = meant.stem
        told = self.told | {stem} if stem and meant.is_level else self.told
        counted = meant.unit if meant.unit in COUNTED else self.counted
        return Memory(meant, self.last, stem or self.stem, self.article or stem, told, counted)

    def closed(self) -> Memory:
        """Return what is remembered once the sentence ends."""
        last = self.before or self.last
        return Memory(None, last, self.stem, self.article, counted=self.counted)


def meaning(
    context: Context, memory: Memory, chooser: Chooser, at: Span, pair: str | None
) -> Meaning | None:
    """Return what a number means, None where it is no figure of the subject."""
    group = unit_group(context)
    if is_repeated(context, group) or is_proportion(context, group):
        return None
    if group == "households" and is_base(context, memory.before):
        return Meaning("households_total", "households")
    bundles = [
        *around(context),
        position(context, memory.before, memory.last),
        sized(context.quantity),
        _of_memory(memory.stem, memory.article, memory.before and memory.before.stem, pair),
        _of_names(*_names(context, memory)),
    ]
    names = MEANINGS[group]
    unit = _unit_of(context, group)
    if unit == "percentage_points":
        names = ("change",)
    chosen = chooser.classify(group, at, names, bundles)
    name = chosen.value
    if name == "none":
        return None
    if group == "things":
        return _thing(context, unit, memory)
    if name not in ("level", "change"):
        return replace(_other(context, name, group, memory), unsure=chosen.is_close)
    stem = chooser.classify("stem", at, STEMS, bundles)
    direction = (_direction(context, memory) or "decrease") if name == "change" else None
    meant = _of_the_poor(stem.value, group, direction)
    return replace(meant, unsure=chosen.is_close or stem.is_close)


def _other(context: Context, name: str, group: str, memory: Memory) -> Meaning:
    """Return a measure that is no level of the poor and no change of one."""
    direction = _direction(context, memory) if name.endswith("_change") else None
    if name.endswith("_percent"):
        direction = _direction(context, memory) or "increase"
    return Meaning(name, "percent" if group == "rate" else _unit_of(context, group), direction)


def _of_the_poor(stem: str, group: str, direction: Direction | None) -> Meaning:
    """Return a rate or a number of the poor, or its change."""
    if group == "rate":
        unit = "percentage_points" if direction else "percent"
        return Meaning(RATES[stem] + ("_change_pp" if direction else ""), unit, direction, stem)
    change = "_change" if direction else ""
    return Meaning(HOUSEHOLDS[stem] + change, "households", direction, stem)


def is_repeated(context: Context, group: str) -> bool:
    """Say whether a foreign amount only repeats the one in đồng before it, in brackets."""
    unit, last = context.quantity.unit, context.previous
    if group != "money" or unit is None or unit.name == "VND" or last is None or not last.is_money:
        return False
    near = context.quantity.start - last.end < _CONVERTED
    return near or context.text_before().rstrip().endswith("(")


def is_proportion(context: Context, group: str) -> bool:
    """Say whether a number only tells a share: "four in 10 families", "of every 100, 40 are"."""
    if group != "households":
        return False
    starts = [context.quantity.start, *([context.previous.start] if context.previous else [])]
    words = [context.cued.ending_at(start) for start in starts]
    if any(word is not None and word.has("for_every") for word in words):
        return True
    if context.quantity.value in _ROUND:
        return _ONE_IN.search(context.text_before()) is not None
    unit, following = context.quantity.unit, context.following
    elided = unit is not None and not unit.attached and context.quantity.value < max(_ROUND)
    return elided and following is not None and following.value in _ROUND


def is_base(context: Context, before: Meaning | None) -> bool:
    """Say whether a number tells of how many the poor are a share: "24.78 % of a total of 14,208".

    Nothing parts it from the share; "5.61 %; a total of 7,585" is a figure of its own.
    """
    last, start = context.previous, context.quantity.start
    touching = context.cued.ending_at(start)
    if last is None or before is None or touching is None or not _tells_whole(context, touching):
        return False
    own = list(takewhile(lambda cue: not cue.has("to"), context.phrase))
    of_poor = _POOR & groups([*context.lead, *context.phrase[len(own) :]])
    share = before.is_level or (before.measure == "share_of_total" and of_poor)
    parted = _PARTED.search(context.cued.text[last.end : start])
    return bool(share) and not parted and _POOR.isdisjoint(groups(own))


def _tells_whole(context: Context, cue: Cue) -> bool:
    """Say whether words mean "of a total of"; one word alone may mean "more than"."""
    words = context.cued.text[cue.start : cue.end]
    return cue.has("whole") or (cue.has("part_of") and " " in words)


def unit_group(context: Context) -> str:
    """Return the group of units whose meanings come into question."""
    quantity = context.quantity
    if quantity.is_rate:
        return "rate"
    if quantity.is_money:
        return "money"
    name = quantity.unit.name if quantity.unit else ""
    return name if name in MEANINGS else "things"


def _unit_of(context: Context, group: str) -> str:
    unit = context.quantity.unit
    return unit.name if unit else group


def _thing(context: Context, unit: str, memory: Memory) -> Meaning:
    """Return what a number of other things means: never nothing."""
    if unit == "tonnes":
        rice = any(c.has("rice") for c in (*context.ahead, *context.tail))
        held = any(m is not None and m.unit == unit for m in (memory.before, memory.last))
        return Meaning("rice_tonnes" if rice or held else "other_count", unit)
    if unit == "animals":
        near = context.cued.between(context.sentence.start, context.sentence.end)
        unit = "cattle" if any("unit:cattle" in c.tags for c in near) else unit
    return Meaning(FIXED.get(unit, "other_count"), "persons" if unit == "jobs" else unit)


@lru_cache(maxsize=4096)
def _of_memory(
    last: str | None, article: str | None, before: str | None, pair: str | None
) -> Bundle:
    """Return the features that hand on whether the poor, the near-poor or both are spoken of."""
    found = [f"stem before {last}", f"stem article {article}"]
    if before is not None:
        found.append(f"stem of the figure before {before}")
    return (*found, f"pair {pair}") if pair else tuple(found)


def _names(
    context: Context, memory: Memory
) -> tuple[str, str | None, str | None, str | None, str | None, bool]:
    """Return who is named in the number's phrase, before it, further ahead, before all, behind."""
    lead = _named(context.lead)
    return (
        _set(groups(context.phrase) | groups(unit_cues(context))),
        lead,
        _named(context.ahead) if lead is None else None,
        memory.stem if lead is None else None,
        _named(context.to_stop[:4]),
        memory.told >= _LISTS and _is_summed(context),
    )


@lru_cache(maxsize=4096)
def _of_names(
    phrase: str, lead: str | None, ahead: str | None, last: str | None, behind: str | None,
    summed: bool,
) -> Bundle:  # fmt: skip
    found = [f"phrase {phrase}", f"named in lead {lead}"]
    if lead is None:
        found += [f"named ahead {ahead}", f"unnamed, before {last}"]
    found.append(f"named behind {behind}")
    return (*found, "total after both lists") if summed else tuple(found)


def _is_summed(context: Context) -> bool:
    """Say whether "in total" or "together" stands right before the number or behind it."""
    near = (*context.lead, *context.to_stop[:4])
    return any(c.has("role:total") or c.has("sum") for c in near)


def _set(found: set[str]) -> str:
    poor = found & _POOR
    return "both" if len(poor) > 1 else next(iter(poor), "none")


def _named(cues: Sequence[Cue]) -> str | None:
    """Return the poor whom the last words name; groups side by side are one name."""
    for index in range(len(cues) - 1, -1, -1):
        cue = cues[index]
        if "sum" in cue.tags:
            return "both"
        topic = cue.value("topic") if "topic" in cue.tags else None
        if topic in _TOPICS:
            return topic
        if "group" in cue.tags and not _POOR.isdisjoint(cue.values("group")):
            return _set(_phrase_groups(cues, index))
    return None


def _phrase_groups(cues: Sequence[Cue], index: int) -> set[str]:
    found = groups([cues[index]])
    for place in range(index - 1, -1, -1):
        gap = cues[place + 1].start - cues[place].end
        linked = cues[place].has_any(_LINKING)
        if gap > 8 or not linked:
            break
        found |= groups([cues[place]])
    return found


def _direction(context: Context, memory: Memory) -> Direction | None:
    """Return which way the words say it moved: those before the number, then those behind."""
    for cue in [*reversed(context.lead), *context.to_stop]:
        value = cue.value("dir")
        if value:
            return "increase" if value == "increase" else "decrease"
    before = memory.before
    return before.direction if before else None
