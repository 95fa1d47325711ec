"""Causes that lines of every kind may have, with what stood before and after."""

from __future__ import annotations

from typing import Any

from shared.money import sentences
from shared.money.differences.compared import Cause, ComparedRun, Pair


def rule_changed(before: ComparedRun, after: ComparedRun) -> Cause:
    """Say that the rule, or its version, is another one."""
    pattern = sentences.OTHER_RULE if before.rule != after.rule else sentences.OTHER_VERSION
    return Cause(
        "rule_changed",
        *pattern.filled(before=before.rule, after=after.rule),
        {"rule": before.rule, "digest": before.rule_digest},
        {"rule": after.rule, "digest": after.rule_digest},
    )


def amount_changed(before: ComparedRun, after: ComparedRun) -> Cause:
    """Say that another amount was there."""
    amounts = before.allocated_from_vnd, after.allocated_from_vnd
    return Cause("amount_changed", *sentences.AMOUNT_CHANGED, *amounts)


def area_changed(before: ComparedRun, after: ComparedRun, pair: Pair) -> Cause:
    """Say that the line is in the area of one run only."""
    pattern = sentences.NOT_IN_AREA if pair.after is None else sentences.IN_AREA
    return Cause(
        "area_changed",
        *pattern.filled(run=after.run_id),
        {"in_area": pair.before is not None, "areas": before.areas},
        {"in_area": pair.after is not None, "areas": after.areas},
    )


def as_of_changed(
    before: ComparedRun, after: ComparedRun, was: Any = None, now: Any = None
) -> Cause:
    """Say that the runs are of different days, with the values of either."""
    return Cause(
        "as_of_changed",
        *sentences.AS_OF_CHANGED.filled(before=before.as_of, after=after.as_of),
        {"as_of": before.as_of, "value": was},
        {"as_of": after.as_of, "value": now},
    )


def parameters_changed(name: str, was: Any, now: Any) -> Cause:
    """Say that the caller supplied another value."""
    text = sentences.PARAMETERS_CHANGED.filled(parameter=name)
    return Cause("parameters_changed", *text, {name: was}, {name: now})


def queue_changed(pair: Pair) -> Cause:
    """Say that others changed the order."""
    return Cause(
        "queue_changed",
        *sentences.QUEUE_CHANGED,
        None if pair.before is None else {"place": pair.before.place, "rank": pair.before.rank},
        None if pair.after is None else {"place": pair.after.place, "rank": pair.after.rank},
    )
