"""Who a poverty figure speaks of: the poor, the near-poor, both, or the multidimensionally poor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from shared.press.figures.context import groups
from shared.press.figures.cues import Cue

Stem = Literal["poverty", "near_poverty", "both", "multidimensional"]
STEMS: tuple[Stem, ...] = ("poverty", "near_poverty", "both", "multidimensional")

RATES: dict[Stem, str] = {
    "poverty": "poverty_rate",
    "near_poverty": "near_poverty_rate",
    "both": "poor_and_near_poor_rate",
    "multidimensional": "multidimensional_poverty_rate",
}
HOUSEHOLDS: dict[Stem, str] = {
    "poverty": "poor_households",
    "near_poverty": "near_poor_households",
    "both": "poor_and_near_poor_households",
    "multidimensional": "multidimensionally_poor_households",
}


def stem_of_groups(found: set[str]) -> Stem | None:
    """Return the stem that a noun phrase with these groups speaks of."""
    if {"poor", "near_poor"} <= found:
        return "both"
    if "near_poor" in found:
        return "near_poverty"
    return "poverty" if "poor" in found else None


def last_stem(cues: Sequence[Cue]) -> Stem | None:
    """Return the stem named last; neighbouring groups count as one phrase."""
    for index in range(len(cues) - 1, -1, -1):
        stem = _topic(cues[index])
        if stem:
            return stem
        if cues[index].has("group") and groups([cues[index]]) & {"poor", "near_poor"}:
            return stem_of_groups(_phrase_groups(cues, index))
    return None


def first_stem(cues: Sequence[Cue]) -> Stem | None:
    """Return the stem named first."""
    for cue in cues:
        stem = _topic(cue)
        if stem:
            return stem
    return stem_of_groups(groups(cues))


def _topic(cue: Cue) -> Stem | None:
    if "sum" in cue.tags:
        return "both"
    value = cue.value("topic")
    return next((stem for stem in STEMS if stem == value), None)


def _phrase_groups(cues: Sequence[Cue], index: int) -> set[str]:
    found = groups([cues[index]])
    for position in range(index - 1, -1, -1):
        gap = cues[position + 1].start - cues[position].end
        linked = any(cues[position].has(family) for family in ("group", "unit", "and"))
        if gap > 8 or not linked:
            break
        found |= groups([cues[position]])
    return found


def names_near_poor(cues: Iterable[Cue]) -> bool:
    """Say whether the near-poor are among the groups named."""
    return "near_poor" in groups(cues)
