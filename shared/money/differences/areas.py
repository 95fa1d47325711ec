"""Why an area's share differs: its own score, those of the others, or the money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from shared.kernel.texts import Text
from shared.money import sentences
from shared.money.allocations import Line
from shared.money.differences.common_causes import (
    amount_changed,
    area_changed,
    as_of_changed,
    parameters_changed,
    rule_changed,
)
from shared.money.differences.compared import Cause, ComparedRun, Pair

# One criterion as it was and as it is.
Criteria = tuple[Mapping[str, Any], Mapping[str, Any]]


def of_area(before: ComparedRun, after: ComparedRun, pair: Pair) -> Iterator[Cause]:
    """Yield the causes of a difference between two shares."""
    if pair.before is None or pair.after is None:
        if before.rule != after.rule:
            yield rule_changed(before, after)
        same = (before.areas, before.holder) == (after.areas, after.holder)
        yield (
            as_of_changed(before, after)
            if same and before.as_of != after.as_of
            else area_changed(before, after, pair)
        )
        return
    yield from _criteria(before, after, pair.before, pair.after)
    if before.allocated_from_vnd != after.allocated_from_vnd:
        yield amount_changed(before, after)
    if _rest(before, pair.before) != _rest(after, pair.after):
        yield scores_of_others_changed(before, after, pair)


def _criteria(before: ComparedRun, after: ComparedRun, was: Line, now: Line) -> Iterator[Cause]:
    old, new = _by_code(was), _by_code(now)
    pairs = {code: (old[code], new[code]) for code in sorted(old.keys() & new.keys())}
    weights = {c: (o["coefficient"], n["coefficient"]) for c, (o, n) in pairs.items()}
    changed = [code for code, (weight, other) in weights.items() if weight != other]
    supplied = [code for code in changed if any("legal_basis" in each for each in pairs[code])]
    for code in supplied:
        yield parameters_changed(code, *weights[code])
    changed_rule = before.rule != after.rule or old.keys() != new.keys() or changed != supplied
    if changed_rule:
        yield rule_changed(before, after)
    for code in _revalued(pairs, rescored=not changed_rule and was.score != now.score):
        yield _value(before, after, code, pairs[code])


def _revalued(pairs: Mapping[str, Criteria], *, rescored: bool) -> list[str]:
    revalued = [code for code, (old, new) in pairs.items() if _values(old) != _values(new)]
    # Of a group only the highest counts in each commune: facts may swap places and keep the sums.
    if not revalued and rescored:
        return [code for code, (old, new) in pairs.items() if _swapped(old, new)]
    return revalued


def _by_code(line: Line) -> dict[str, Mapping[str, Any]]:
    return {each["code"]: each for each in (line.reasons or {}).get("criteria", ())}


def _values(criterion: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(criterion.get(name) for name in ("value", "numerator", "denominator"))


def _swapped(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    same = was["coefficient"] == now["coefficient"]
    return same and was.get("counted_product") != now.get("counted_product")


def _value(before: ComparedRun, after: ComparedRun, code: str, pair: Criteria) -> Cause:
    was, now = pair
    values = {code: was["value"]}, {code: now["value"]}
    criterion = Text(now["en"], now["vi"])
    reads = after.inputs.get(code) or before.inputs.get(code)
    if reads is None:
        return parameters_changed(code, was["value"], now["value"])
    counted_anew = was.get("numerator") != now.get("numerator") or "denominator" not in was
    if reads.startswith("fact.") or (reads.startswith("register.") and not counted_anew):
        return Cause(
            "area_fact_changed", *sentences.AREA_FACT_CHANGED.filled(criteria=criterion), *values
        )
    if before.as_of != after.as_of:
        return as_of_changed(before, after, *values)
    if reads.startswith("register."):
        return Cause(
            "status_corrected", *sentences.REGISTER_CORRECTED.filled(criterion=criterion), *values
        )
    return Cause("area_changed", *sentences.AREA_CHANGED.filled(criterion=criterion), *values)


def scores_of_others_changed(before: ComparedRun, after: ComparedRun, pair: Pair) -> Cause:
    """Say that the other lines changed, and by how much their scores did."""
    return Cause(
        "scores_of_others_changed",
        *sentences.SCORES_OF_OTHERS_CHANGED,
        None if pair.before is None else _text(_rest(before, pair.before)),
        None if pair.after is None else _text(_rest(after, pair.after)),
    )


def _rest(run: ComparedRun, line: Line) -> Decimal:
    return (run.score_total or Decimal(0)) - Decimal(line.score or 0)


def _text(number: Decimal) -> str:
    return format(number.normalize(), "f")
