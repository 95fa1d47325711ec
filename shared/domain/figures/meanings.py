"""What a number measures: the readers of rates, amounts and counts, each for its units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.figures.amounts import amount
from shared.domain.figures.context import Context, context
from shared.domain.figures.counts import households, houses, lifespan, persons, standard, things
from shared.domain.figures.cues import Cue, Cued
from shared.domain.figures.passages import Sentence
from shared.domain.figures.quantities import Quantity
from shared.domain.figures.rates import Meaning, Memory, rate
from shared.domain.figures.respectively import shared_units
from shared.domain.figures.units import Unit

_MONEY_SCALE = 6
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
)


def meaning(around: Context, memory: Memory) -> Meaning | None:
    """Return what a number measures, None where it is no figure of the vocabulary."""
    quantity = around.quantity
    if quantity.is_rate:
        return rate(around, memory)
    if quantity.is_money:
        return amount(around, memory)
    name = quantity.unit.name if quantity.unit else ""
    if name == "years":
        return lifespan(around)
    if name == "households":
        return households(around, memory)
    if name == "persons":
        return persons(around, memory)
    if name == "houses":
        return houses(around)
    return standard(around) if name == "m2" else things(around)


def with_unit(cued: Cued, sentence: Sentence, counted: Sequence[Quantity]) -> list[Quantity]:
    """Give numbers without a unit that of their sentence, where the words carry it over."""
    found: list[Quantity] = []
    counted = shared_units(cued, sentence, counted)
    for index, quantity in enumerate(counted):
        if quantity.unit is not None:
            found.append(quantity)
            continue
        around = context(
            cued, sentence, [*found[-1:], *counted[index : index + 2]], len(found[-1:])
        )
        unit = _carried(around) or (_unit("years", quantity) if lifespan(around) else None)
        if unit:
            found.append(replace(quantity, unit=unit))
    return found


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
