"""Whom a figure is about."""

from __future__ import annotations

from shared.press.figures.context import Context, groups, unit_cues
from shared.press.figures.cues import Cue
from shared.press.figures.slots.measure import Meaning

_SETS = (
    (frozenset({"poor", "near_poor", "exited"}), "poor_near_poor_and_recently_exited"),
    (frozenset({"poor", "near_poor", "social_protection"}), "poor_near_poor_and_social_protection"),
    (frozenset({"poor", "near_poor"}), "poor_and_near_poor"),
)
_ONE = {
    "ethnic_minority": "ethnic_minority",
    "freelance": "freelance_workers",
    "students": "students",
    "patients": "patients",
    "business": "business_households",
    "disaster": "disaster_affected",
    "saline": "saline_intrusion_affected",
    "covid": "covid_affected",
    "social_protection": "social_protection",
    "meritorious": "meritorious",
    "elderly": "elderly",
    "disabled": "disabled",
    "children": "children",
    "women": "women",
    "farmers": "farmers",
    "workers": "workers",
    "exited": "recently_exited",
    "near_poor": "near_poor_households",
    "poor": "poor_households",
}


def population(context: Context, meaning: Meaning, kept: str) -> str:
    """Return the population of a figure; poor and near-poor are part of some measures."""
    cues = [*context.phrase, *unit_cues(context), *_clause(context)]
    named = groups(cues)
    if meaning.stem is not None:
        minority = "ethnic_minority" in named | _since_topic(context)
        return "ethnic_minority" if minority or (kept == "ethnic_minority" and not named) else "all"
    if context.quantity.unit and context.quantity.unit.name == "enterprises":
        return "enterprises"
    for members, name in _SETS:
        if members <= named:
            return name
    found = next((name for group, name in _ONE.items() if group in named), None)
    return found or (kept if context.previous else "all")


def _since_topic(context: Context) -> set[str]:
    """Return the groups named since the last rate: "the rate among ethnic minorities fell …"."""
    topics = [c.start for c in context.ahead if c.has("topic")]
    return groups(c for c in context.ahead if topics and c.start >= topics[-1])


def _clause(context: Context) -> list[Cue]:
    return [c for c in context.lead if not c.has("topic")][-8:]
