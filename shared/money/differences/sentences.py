"""Causes that lines of every kind may have, each as a sentence in two languages."""

from __future__ import annotations

from typing import Any

from shared.money.differences.compared import Cause, Pair, Run


def rule_changed(before: Run, after: Run) -> Cause:
    """Say that the rule, or its version, is another one."""
    return Cause(
        "rule_changed",
        f"The rule is {after.rule} instead of {before.rule}."
        if before.rule != after.rule
        else f"Another version of the rule {after.rule} was in force.",
        f"Quy tắc là {after.rule} thay cho {before.rule}."
        if before.rule != after.rule
        else f"Quy tắc {after.rule} có phiên bản khác.",
        {"rule": before.rule, "digest": before.rule_digest},
        {"rule": after.rule, "digest": after.rule_digest},
    )


def amount_changed(before: Run, after: Run) -> Cause:
    """Say that another amount was there."""
    return Cause(
        "amount_changed",
        "Another amount was there to be allocated.",
        "Số tiền đem phân bổ đã khác.",
        before.allocated_from_vnd,
        after.allocated_from_vnd,
    )


def area_changed(before: Run, after: Run, pair: Pair) -> Cause:
    """Say that the line is in the area of one run only."""
    return Cause(
        "area_changed",
        f"The line is {'not ' if pair.after is None else ''}in the area of run {after.run_id}.",
        f"Dòng này {'không ' if pair.after is None else ''}thuộc địa bàn của lần phân bổ "
        f"{after.run_id}.",
        {"in_area": pair.before is not None, "areas": before.areas},
        {"in_area": pair.after is not None, "areas": after.areas},
    )


def as_of_changed(before: Run, after: Run, was: Any = None, now: Any = None) -> Cause:
    """Say that the runs are of different days, with the values of either."""
    return Cause(
        "as_of_changed",
        f"The runs are of different days, {before.as_of} and {after.as_of}.",
        f"Hai lần phân bổ tính cho hai ngày khác nhau, {before.as_of} và {after.as_of}.",
        {"as_of": before.as_of, "value": was},
        {"as_of": after.as_of, "value": now},
    )


def parameters_changed(name: str, was: Any, now: Any) -> Cause:
    """Say that the caller supplied another value."""
    return Cause(
        "parameters_changed",
        f"The caller supplied another value for {name}.",
        f"Giá trị do bên yêu cầu cung cấp cho {name} đã khác.",
        {name: was},
        {name: now},
    )


def queue_changed(pair: Pair) -> Cause:
    """Say that others changed the order."""
    return Cause(
        "queue_changed",
        "Other households came before it, or no longer do.",
        "Thứ tự ưu tiên thay đổi do các hộ khác.",
        None if pair.before is None else {"place": pair.before.place, "rank": pair.before.rank},
        None if pair.after is None else {"place": pair.after.place, "rank": pair.after.rank},
    )
