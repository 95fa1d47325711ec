"""Why an area's share differs: its own score, those of the others, or the money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from shared.money.allocations import Line
from shared.money.differences.compared import Cause, Pair, Run
from shared.money.differences.sentences import (
    amount_changed,
    area_changed,
    as_of_changed,
    parameters_changed,
    rule_changed,
)


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
    shown = {code: was["value"]}, {code: now["value"]}
    reads = after.inputs.get(code) or before.inputs.get(code)
    if reads is None:
        return parameters_changed(code, was["value"], now["value"])
    counted_anew = was.get("numerator") != now.get("numerator") or "denominator" not in was
    if reads.startswith("fact.") or (reads.startswith("register.") and not counted_anew):
        return Cause(
            "area_fact_changed",
            f"What was reported of the area changed: {now['en']}.",
            f"Số liệu báo cáo về địa bàn thay đổi: {now['vi']}.",
            *shown,
        )
    if before.as_of != after.as_of:
        return as_of_changed(before, after, *shown)
    if reads.startswith("register."):
        return Cause(
            "status_corrected",
            f"The register was corrected: {now['en']}.",
            f"Dữ liệu hộ đã được đính chính: {now['vi']}.",
            *shown,
        )
    return Cause(
        "area_changed",
        f"The area itself changed: {now['en']}.",
        f"Bản thân địa bàn thay đổi: {now['vi']}.",
        *shown,
    )


def scores_of_others_changed(before: Run, after: Run, pair: Pair) -> Cause:
    """Say that the other lines changed, and by how much their scores did."""
    return Cause(
        "scores_of_others_changed",
        "The scores of the other lines changed, and with them this line's share or rounding.",
        "Điểm của các dòng khác thay đổi nên tỷ lệ hoặc phần làm tròn của dòng này thay đổi.",
        None if pair.before is None else _text(_rest(before, pair.before)),
        None if pair.after is None else _text(_rest(after, pair.after)),
    )


def _rest(run: Run, line: Line) -> Decimal:
    return (run.score_total or Decimal(0)) - Decimal(line.score or 0)


def _text(number: Decimal) -> str:
    return format(number.normalize(), "f")
