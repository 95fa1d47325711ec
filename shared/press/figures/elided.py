"""Numbers whose noun is left out: the words that touch them say what they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.press.figures.context import Context, before_stop, context, groups
from shared.press.figures.cues import Cue, Cued
from shared.press.figures.passages import Sentence
from shared.press.figures.quantities import Quantity
from shared.press.figures.respectively import shared_units
from shared.press.figures.units import Unit

_MONEY_SCALE = 6
_MOVED = ("act:exit", "act:fallback", "act:new")
_BUILT = ("act:finish", "act:start", "act:remain")
_FEW = 10
_SHARED = 26
_VERB = 16
_JOINED = 8
_PARTS = 3
_PLAIN = frozenset({"and", "group", "place", "region", "qual", "to", "from", "dir", "unit"})
_CARRIED = frozenset({"households", "persons", "houses"})
_LINKS = (
    "from",
    "to",
    "dir",
    "role:of_which",
    "vs",
    "count",
    "act:build",
    "act:repair",
    "act:start",
    "act:finish",
)


def with_unit(
    cued: Cued, sentence: Sentence, counted: Sequence[Quantity], last: str | None
) -> list[Quantity]:
    """Give numbers without a unit that of their sentence, where the words carry it over.

    `last` is the unit of the last figure of the sentence before.
    """
    found: list[Quantity] = []
    counted = shared_units(cued, sentence, counted)
    for index, quantity in enumerate(counted):
        if quantity.unit is not None:
            found.append(quantity)
            continue
        around = context(
            cued, sentence, [*found[-1:], *counted[index : index + 2]], len(found[-1:])
        )
        unit = _elided(around, found, last) or _carried(around) or _listed(around, found)
        unit = unit or (_unit("years", quantity) if _is_lifespan(around) else None)
        if unit:
            found.append(replace(quantity, unit=unit))
    return found


def _elided(around: Context, found: Sequence[Quantity], before: str | None) -> Unit | None:
    """Return the unit of a number whose noun is left out, said by the words that touch it.

    "17 of the 22 houses", "1,200 poor and 980 near-poor households", "15 fell back into poverty",
    "poor households: 1,250".
    """
    quantity, following = around.quantity, around.following
    if quantity.worded:
        return None
    unit = following.unit if following else None
    counted = unit is not None and unit.name in _CARRIED
    if following and counted and _shares_noun(around, following):
        return _unit(unit.name if unit else "", quantity)
    told = [q.unit.name for q in found if q.unit] or [_noun_of(c) for c in around.ahead[-6:]]
    told = told if any(told) else [before or ""]
    noun = around.cued.next_to(quantity.end)
    grouped = noun is not None and bool(groups([noun]) & {"poor", "near_poor"})
    if "households" in told and (grouped or _acts_behind(around, _MOVED)):
        return _unit("households", quantity)
    if told[-1:] == ["houses"] and quantity.value >= _FEW and _acts_behind(around, _BUILT):
        return _unit("houses", quantity)
    last = found[-1] if found else None
    if last and last.unit and not last.unit.attached and last.unit.name in _CARRIED:
        joined = len(around.lead) == 1 and around.lead[0].has("and")
        if joined and quantity.start - last.end <= _JOINED:
            return _unit(last.unit.name, quantity)
    return _labelled(around, told)


def _listed(around: Context, found: Sequence[Quantity]) -> Unit | None:
    """Read "… region 318,900 (5.5 %)", "63,900 cards for the poor and 71,200 for the near-poor"."""
    quantity = around.quantity
    if quantity.worded or quantity.value < _FEW or quantity.of_total is not None:
        return None
    noun = around.cued.next_to(quantity.end)
    if noun is not None and (noun.has("t") or noun.has("no")):
        return None
    plain = all(c.has_any(_PLAIN) for c in around.lead)
    if (
        found
        and found[-1].is_rate
        and plain
        and quantity.value != quantity.value.to_integral_value()
    ):
        return _unit("percent", quantity)
    counted = [q.unit.name for q in found if q.unit and not (q.is_rate or q.is_money)]
    text = around.cued.text[quantity.end : quantity.end + 2]
    share = text.startswith((" (", "(")) and around.following is not None
    share = share and around.following is not None and around.following.is_rate
    if counted and (share or (plain and found and found[-1].unit is not None)):
        return _unit(counted[-1], quantity)
    return None


def _acts_behind(around: Context, acts: Sequence[str]) -> bool:
    """Say whether a verb such as "fell back into poverty" follows, with no noun before it."""
    for cue in before_stop(around)[:3]:
        if cue.has("unit") or cue.start - around.quantity.end > _VERB:
            return False
        if any(act in cue.tags for act in acts):
            return True
    return False


def _shares_noun(around: Context, following: Quantity) -> bool:
    gap = around.cued.text[around.quantity.end : following.start]
    cues = around.cued.between(around.quantity.end, following.start)
    if len(gap) > _SHARED or any(c in ",;:.()" for c in gap):
        return False
    parts = any(c.has("part_of") for c in cues) and len(cues) <= _PARTS
    groups = len(cues) == 2 and cues[0].has("group") and cues[1].has("and")
    return parts or groups


def _labelled(around: Context, told: Sequence[str]) -> Unit | None:
    """Read "poor households: 1,250 (8.3 %); near-poor: 980 (6.5 %)"."""
    text, start = around.cued.text, around.quantity.start
    label = around.lead[-1] if around.lead else None
    if label is None or text[label.end : start].strip() != ":":
        return None
    name = _noun_of(label)
    if name in _CARRIED:
        return _unit(name, around.quantity, label)
    heads = [_noun_of(c) for c in around.lead[-2:]]
    poor = label.has("group") and "households" in (*told, *heads)
    return _unit("households", around.quantity, label) if poor else None


def _noun_of(cue: Cue) -> str:
    return cue.value("unit") or ""


def _carried(around: Context) -> Unit | None:
    quantity = around.quantity
    if quantity.scale >= _MONEY_SCALE and _speaks_of_money(around):
        return _unit("VND", quantity)
    following = around.following
    linked = [c for c in around.lead if any(tag in c.tags or c.has(tag) for tag in _LINKS)]
    if not linked or linked[-1].end < quantity.start - 30:
        return None
    if (
        "from" in linked[-1].tags
        and following
        and following.unit
        and following.start - quantity.end < 25
    ):
        return replace(following.unit, attached=False, in_span=False)
    if quantity.value < 10 or quantity.worded:
        return None
    noun = next((c for c in reversed(around.ahead) if _is_carrier(c)), None)
    return _unit(noun.value("unit") or "", quantity, noun) if noun else None


def _is_carrier(cue: Cue) -> bool:
    return cue.value("unit") in _CARRIED and not cue.has("topic")


def _speaks_of_money(around: Context) -> bool:
    return any(c.has("money") or c.has("act") or c.value("unit") == "VND" for c in around.ahead)


def _unit(name: str, quantity: Quantity, noun: Cue | None = None) -> Unit:
    tags = tuple(noun.tags) if noun else ()
    return Unit(name, quantity.end, quantity.end, tags, False, False)


def _is_lifespan(around: Context) -> bool:
    """Say whether these are the years that a house must last: "a life of 20 years or more"."""
    years = around.cued.next_to(around.quantity.digits_end)
    named = any("unit:years_of_life" in c.tags for c in around.lead)
    return named and years is not None and (years.has("t:year") or years.has("no"))
