"""Numbers whose noun is left out: the words that touch them say what they count."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from shared.press.figures.context import Context, context, groups
from shared.press.figures.cues import Cue, Cued
from shared.press.figures.passages import Sentence
from shared.press.figures.quantities import Quantity
from shared.press.figures.respectively import shared_units
from shared.press.figures.units import UNTAGGED, Unit

_MONEY_SCALE = 6
_MOVED = ("act:exit", "act:fallback", "act:new")
_BUILT = ("act:finish", "act:start", "act:remain", "act:build", "act:repair")
_MOVES = frozenset({"by", "to", "dir"})
_POOR = frozenset({"poor", "near_poor"})
_NO_NOUNS = frozenset({"t", "no"})
_LINKED = 30
_NEXT = 25
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
    cued: Cued,
    sentence: Sentence,
    counted: Sequence[Quantity],
    last: str | None,
    told: str | None,
) -> list[Quantity]:
    """Give numbers without a unit that of their sentence, where the words carry it over.

    `last` is the unit of the last figure of the sentence before, `told` that of the last count.
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
        if unit is None and told is not None and _moves(around):
            unit = _unit(told, quantity)
        if unit:
            found.append(replace(quantity, unit=unit))
    return found


def _elided(around: Context, found: Sequence[Quantity], before: str | None) -> Unit | None:
    """Return the unit of a number whose noun is left out, said by the words that touch it.

    "17 of the 22 houses", "1,200 poor and 980 near-poor households", "15 fell back into poverty",
    "poor households: 1,250".
    """
    if around.quantity.worded:
        return None
    told = [q.unit.name for q in found if q.unit] or [_noun_of(c) for c in around.ahead[-6:]]
    told = told if any(told) else [before or ""]
    name = _of_the_next(around) or _by_act(around, told) or _of_the_last(around, found)
    return _unit(name, around.quantity) if name else _labelled(around, told)


def _of_the_next(around: Context) -> str | None:
    """Return the noun of the number behind, where both share it."""
    following = around.following
    name = following.unit.name if following and following.unit else ""
    shared = following is not None and name in _CARRIED and _shares_noun(around, following)
    return name if shared else None


def _by_act(around: Context, told: Sequence[str]) -> str | None:
    """Return what "980 near-poor" and "15 fell back into poverty" count, and "40 are finished"."""
    noun = around.cued.next_to(around.quantity.end)
    grouped = noun is not None and not _POOR.isdisjoint(groups([noun]))
    if "households" in told and (grouped or _acts_behind(around, _MOVED)):
        return "households"
    built = told[-1:] == ["houses"] and around.quantity.value >= _FEW
    return "houses" if built and _acts_behind(around, _BUILT) else None


def _of_the_last(around: Context, found: Sequence[Quantity]) -> str | None:
    """Return the noun left out of the number before, where "and" alone joins them."""
    last = found[-1] if found else None
    if last is None or last.unit is None or last.unit.attached:
        return None
    joined = len(around.lead) == 1 and around.lead[0].has("and")
    near = joined and around.quantity.start - last.end <= _JOINED
    return last.unit.name if near and last.unit.name in _CARRIED else None


def _listed(around: Context, found: Sequence[Quantity]) -> Unit | None:
    """Read "… region 318,900 (5.5 %)", "63,900 cards for the poor and 71,200 for the near-poor"."""
    quantity, noun = around.quantity, around.cued.next_to(around.quantity.end)
    if not found or quantity.worded or quantity.value < _FEW or quantity.of_total:
        return None
    if noun is not None and noun.has_any(_NO_NOUNS):
        return None
    plain = all(c.has_any(_PLAIN) for c in around.lead)
    if plain and found[-1].is_rate and not _is_whole(quantity):
        return _unit("percent", quantity)
    counted = [q.unit.name for q in found if q.unit and not (q.is_rate or q.is_money)]
    if counted and (_has_share(around) or (plain and found[-1].unit is not None)):
        return _unit(counted[-1], quantity)
    return None


def _has_share(around: Context) -> bool:
    """Say whether a percentage follows in brackets."""
    text = around.cued.text[around.quantity.end : around.quantity.end + 2]
    share = around.following is not None and around.following.is_rate
    return share and text.startswith((" (", "("))


def _is_whole(quantity: Quantity) -> bool:
    return quantity.value == quantity.value.to_integral_value()


def _acts_behind(around: Context, acts: Sequence[str]) -> bool:
    """Say whether a verb such as "fell back into poverty" follows, with no noun before it."""
    for cue in around.to_stop[:3]:
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


def _moves(around: Context) -> bool:
    """Say whether a bare number tells how far the last count moved: "was down by 812 to 4,619"."""
    quantity = around.quantity
    touching = around.cued.ending_at(quantity.start)
    moved = any(c.has("dir") for c in around.ahead) and not any(c.has("unit") for c in around.lead)
    whole = _is_whole(quantity) and quantity.value >= _FEW
    told = touching is not None and touching.has_any(_MOVES)
    return whole and moved and told and not quantity.worded


def _noun_of(cue: Cue) -> str:
    return cue.value("unit") or ""


def _carried(around: Context) -> Unit | None:
    quantity = around.quantity
    if quantity.scale >= _MONEY_SCALE and _speaks_of_money(around):
        return _unit("VND", quantity)
    linked = [c for c in around.lead if any(tag in c.tags for tag in _LINKS)]
    if not linked or linked[-1].end < quantity.start - _LINKED:
        return None
    return _of_the_move(around, linked[-1]) or _of_the_carrier(around)


def _of_the_move(around: Context, link: Cue) -> Unit | None:
    """Return the unit of "from 20 to 15 percent"."""
    following = around.following
    if following is None or following.unit is None or "from" not in link.tags:
        return None
    near = following.start - around.quantity.end < _NEXT
    return replace(following.unit, attached=False, in_span=False) if near else None


def _of_the_carrier(around: Context) -> Unit | None:
    if around.quantity.value < _FEW or around.quantity.worded:
        return None
    noun = next((c for c in reversed(around.ahead) if _is_carrier(c)), None)
    return _unit(noun.value("unit") or "", around.quantity, noun) if noun else None


def _is_carrier(cue: Cue) -> bool:
    return cue.value("unit") in _CARRIED and not cue.has("topic")


def _speaks_of_money(around: Context) -> bool:
    return any(c.has("money") or c.has("act") or c.value("unit") == "VND" for c in around.ahead)


def _unit(name: str, quantity: Quantity, noun: Cue | None = None) -> Unit:
    return Unit(name, quantity.end, quantity.end, noun.tags if noun else UNTAGGED, False, False)


def _is_lifespan(around: Context) -> bool:
    """Say whether these are the years that a house must last: "a life of 20 years or more"."""
    years = around.cued.next_to(around.quantity.digits_end)
    named = any("unit:years_of_life" in c.tags for c in around.lead)
    return named and years is not None and (years.has("t:year") or years.has("no"))
