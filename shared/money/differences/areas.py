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
from shared.money.differences.compared import Cause, Pair, Run


def of_area(before: Run, after: Run, pair: Pair) -> Iterator[Cause]:
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


def _criteria(before: Run, after: Run, was: Line, now: Line) -> Iterator[Cause]:
    old, new = _by_code(was), _by_code(now)
    changed_rule = before.rule != after.rule or old.keys() != new.keys()
    for code in sorted(old.keys() & new.keys()):
        if old[code]["coefficient"] != new[code]["coefficient"]:
            if "legal_basis" in old[code] or "legal_basis" in new[code]:
                yield parameters_changed(code, old[code]["coefficient"], new[code]["coefficient"])
            else:
                changed_rule = True
    if changed_rule:
        yield rule_changed(before, after)
    shared = sorted(old.keys() & new.keys())
    valued = [code for code in shared if _values(old[code]) != _values(new[code])]
    # Of a group only the highest counts in each commune: facts may swap places and keep the sums.
    if not valued and not changed_rule and was.score != now.score:
        valued = [code for code in shared if _swapped(old[code], new[code])]
    for code in valued:
        yield _value(before, after, code, (old[code], new[code]))


def _by_code(line: Line) -> dict[str, Mapping[str, Any]]:
    return {each["code"]: each for each in (line.reasons or {}).get("criteria", ())}


def _values(criterion: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(criterion.get(name) for name in ("value", "numerator", "denominator"))


def _swapped(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    same = was["coefficient"] == now["coefficient"]
    return same and was.get("counted_product") != now.get("counted_product")


def _value(
    before: Run, after: Run, code: str, pair: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Cause:
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


def scores_of_others_changed(before: Run, after: Run, pair: Pair) -> Cause:
    """Say that the other lines changed, and by how much their scores did."""
    return Cause(
        "scores_of_others_changed",
        *sentences.SCORES_OF_OTHERS_CHANGED,
        None if pair.before is None else _text(_rest(before, pair.before)),
        None if pair.after is None else _text(_rest(after, pair.after)),
    )


def _rest(run: Run, line: Line) -> Decimal:
    return (run.score_total or Decimal(0)) - Decimal(line.score or 0)


def _text(number: Decimal) -> str:
    return format(number.normalize(), "f")
