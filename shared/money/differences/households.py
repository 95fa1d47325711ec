"""Why a household's norm differs: the household, earlier support, the queue, or the money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.money import sentences
from shared.money.allocations import Line
from shared.money.differences.common_causes import (
    amount_changed,
    area_changed,
    as_of_changed,
    parameters_changed,
    queue_changed,
    rule_changed,
)
from shared.money.differences.compared import Cause, ComparedRun, HouseholdThen, Pair


def of_household(before: ComparedRun, after: ComparedRun, pair: Pair) -> Iterator[Cause]:
    """Yield the causes of a difference between what a household gets."""
    was, now = pair.before, pair.after
    if before.rule != after.rule or before.unit_norm_vnd != after.unit_norm_vnd:
        yield _norm(before, after)
    if _standing(was) != _standing(now):
        yield from _household(before, after, pair)
    yield from _supported(was, now)
    if was is not None and now is not None and {was.outcome, now.outcome} == _QUEUE:
        if before.allocated_from_vnd != after.allocated_from_vnd:
            yield amount_changed(before, after)
        if was.place != now.place:
            yield queue_changed(pair)


_QUEUE = {"allocated", "fund_exhausted"}


def _norm(before: ComparedRun, after: ComparedRun) -> Cause:
    cause = rule_changed(before, after)
    return Cause(
        cause.code,
        cause.detail_en,
        cause.detail_vi,
        {**cause.before, "unit_norm_vnd": before.unit_norm_vnd},
        {**cause.after, "unit_norm_vnd": after.unit_norm_vnd},
    )


def _standing(line: Line | None) -> tuple[Any, ...] | None:
    """Return what the household itself decides: whether it is eligible, and its rank."""
    return None if line is None else (line.failed or (), line.rank)


def _household(before: ComparedRun, after: ComparedRun, pair: Pair) -> Iterator[Cause]:
    causes = list(_changes(before, after, pair))
    if (pair.before is None or pair.after is None) and before.holder != after.holder:
        causes.append(area_changed(before, after, pair))
    if before.parameters.get("waive") != after.parameters.get("waive"):
        waived = before.parameters.get("waive"), after.parameters.get("waive")
        causes.append(parameters_changed("waive", *waived))
    if not causes and before.rule_digest != after.rule_digest:
        causes.append(rule_changed(before, after))
    if not causes and before.as_of != after.as_of:
        causes.append(as_of_changed(before, after))
    yield from causes


def _changes(before: ComparedRun, after: ComparedRun, pair: Pair) -> Iterator[Cause]:
    first, between, last = pair.known_before, pair.known_between, pair.known_after
    if _measured(first) != _measured(between):
        yield Cause(
            "status_corrected",
            *sentences.HOUSEHOLD_CORRECTED,
            _shown(first),
            _shown(between),
        )
    if _moved(first, last):
        yield Cause(
            "household_moved",
            *sentences.HOUSEHOLD_MOVED,
            {"area_code": None if first.hidden else first.area_code},
            {"area_code": None if last.hidden else last.area_code},
        )
    if _measured(between) != _measured(last):
        yield as_of_changed(before, after, _shown(between), _shown(last))
    was, now = _failed(pair.before), _failed(pair.after)
    inputs = {**before.inputs, **after.inputs}
    facts = sorted(c for c in was ^ now if (inputs.get(c) or "").startswith("fact."))
    if facts and pair.before is not None and pair.after is not None:
        yield Cause(
            "area_fact_changed",
            *sentences.AREA_FACT_CHANGED.filled(criteria=", ".join(facts)),
            {code: code not in was for code in facts},
            {code: code not in now for code in facts},
        )


def _failed(line: Line | None) -> set[str]:
    return set() if line is None else set(line.failed or ())


def _moved(first: HouseholdThen, last: HouseholdThen) -> bool:
    """Say whether the household lives elsewhere; one that was not known before has not moved."""
    places = (first.area_code, last.area_code)
    return places[0] != places[1] and (None not in places or _measured(first) == _measured(last))


def _measured(known: HouseholdThen) -> tuple[Any, ...]:
    return known.status, known.ethnic_group, known.deprived, known.assessment


def _shown(known: HouseholdThen) -> dict[str, Any] | None:
    if known.hidden:
        return None
    return {
        "status": known.status,
        "ethnic_group": known.ethnic_group,
        "deprived": sorted(known.deprived),
        "event_id": known.assessment,
    }


def _supported(was: Line | None, now: Line | None) -> Iterator[Cause]:
    old, new = _support(was), _support(now)
    if old != new:
        yield Cause("supported_elsewhere", *sentences.SUPPORTED_ELSEWHERE, old, new)


def _support(line: Line | None) -> dict[str, Any] | None:
    if line is None or (line.supported_by is None and not line.already_paid_vnd):
        return None
    return {"supported_by": line.supported_by, "already_paid_vnd": line.already_paid_vnd}
