"""Explanations: the rule that fired, its inputs and law, and the smallest change that flips it.

Law: policy (the standard and the exit window cite their acts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta

from shared.households import sentences
from shared.households.events import Assessed
from shared.households.reasons import fired, measured_names, reasons, written
from shared.kernel.errors import DomainError
from shared.kernel.texts import Text
from shared.law.standards import ClassRule, Policy, Standard

# Start, end (exclusive) and status of a spell.
SpellDays = tuple[date, date | None, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one input, by itself, that leads to another class."""

    input: Annotated[str, Meta(description="The input, such as `income_vnd` or `deprived`.")]
    change: Annotated[int, Meta(description="By how much; đồng for income, else a number.")]
    value: Annotated[int, Meta(description="The value that it would then have.")]
    to_status: Annotated[str, Meta(description="The class that it would give.")]
    text_en: Annotated[str, Meta(description="The change in a sentence in English.")]
    text_vi: Annotated[str, Meta(description="The change in a sentence in Vietnamese.")]


@dataclass(frozen=True, slots=True)
class Window:
    """When a household that left the lists counts as recently exited; `end` exclusive."""

    start: Annotated[
        date | None,
        Meta(description="The day on which it left the lists; null: under an older id."),
    ]
    end: Annotated[date, Meta(description="The first day after the window.")]
    months: Annotated[int, Meta(description="Length of the window in months.")]
    legal_basis: Annotated[
        tuple[str, ...], Meta(description="The articles of law that set the window.")
    ]


def standard_named(policy: Policy, standard_id: str | None) -> Standard | None:
    """Return the standard with this id, None if the policy has none."""
    for standard in policy.standards.items:
        if standard.id == standard_id:
            return standard
    return None


def explain(
    status: str | None,
    assessment: Assessed | None,
    standard: Standard | None,
    spells: Sequence[SpellDays],
    policy: Policy,
    as_of: date,
    unfolded_since: datetime | None = None,
) -> dict[str, Any]:
    """Return all that explains a status on a day, in the shape that callers see."""
    months = policy.exit_window_months
    name = sentences.NO_STATUS if status is None else policy.status_names[status]
    answer: dict[str, Any] = {
        "status": status,
        "status_en": name.en,
        "status_vi": name.vi,
        "reasons": reasons(status, assessment, standard, months, unfolded_since),
        "standard": None,
        "legal_basis": (),
        "rule": None,
        "inputs": None,
        "smallest_changes": [],
        "exit_window": None,
    }
    if assessment is None or standard is None or status in (None, "closed"):
        return answer
    window = exit_window(spells, as_of, policy) if status == "recently_exited" else None
    return answer | {
        "standard": standard.id,
        "legal_basis": _legal_basis(assessment, standard, window),
        "rule": _rule(assessment, standard),
        "inputs": _inputs(assessment, standard),
        "smallest_changes": smallest_changes(assessment, standard, policy.status_names),
        "exit_window": window,
    }


def _legal_basis(
    assessment: Assessed, standard: Standard, window: Window | None
) -> tuple[str, ...]:
    scored = standard.scoring_basis if assessment.measure == "score" else ()
    return standard.legal_basis + scored + (window.legal_basis if window else ())


def _rule(assessment: Assessed, standard: Standard) -> dict[str, Any] | None:
    rule = fired(assessment, standard)
    if rule is None:
        return None
    first, second = measured_names(assessment)
    return {
        "class": rule.outcome,
        "area_type": rule.area_type,
        f"{first}_above": rule.above,
        f"{first}_at_most": rule.at_most,
        f"{second}_at_least": rule.deprived_at_least,
        f"{second}_below": rule.deprived_below,
    }


def _inputs(assessment: Assessed, standard: Standard) -> list[dict[str, Any]]:
    """Return each input with its value, and whether the rule that fired has a bound on it."""
    rule = fired(assessment, standard)
    first, second = measured_names(assessment)
    has_bound = rule is not None and (
        rule.deprived_at_least is not None or rule.deprived_below is not None
    )
    return [
        {"input": "area_type", "value": assessment.area_type, "counted": True},
        {"input": first, "value": assessment.value, "counted": True},
        {
            "input": second,
            "value": assessment.lacking,
            "counted": has_bound,
            "indicators": indicators(assessment, standard),
        },
        {"input": "assessed_on", "value": assessment.assessed_on, "counted": False},
        {"input": "effective_from", "value": assessment.effective_from, "counted": True},
        {"input": "recognised", "value": assessment.recognised, "counted": False},
    ]


def smallest_changes(
    assessment: Assessed, standard: Standard, names: Mapping[str, Text]
) -> list[Change]:
    """Return, per input and direction, the nearest value that gives another class.

    `names`: what the policy calls the classes.
    """
    money = assessment.measure == "income"
    first, second = measured_names(assessment)
    rules = standard.income_rules if money else standard.score_rules
    lines = (rules or {}).get(assessment.area_type, ())
    inputs = (
        (first, assessment.value, _value_steps(lines)),
        (second, assessment.lacking, _lacking_steps(assessment, standard)),
    )
    return [
        _change(name, held, step, status, names[status])
        for name, held, steps in inputs
        for step, status in _nearest(name, held, steps, assessment, standard)
    ]


def _value_steps(lines: Iterable[ClassRule]) -> set[int]:
    """Return the last value on each side of every bound: a class can change nowhere else."""
    bounds = {b for line in lines for b in (line.above, line.at_most) if b is not None}
    return bounds | {bound + 1 for bound in bounds}


def _lacking_steps(assessment: Assessed, standard: Standard) -> set[int]:
    points = 1 if assessment.measure == "income" else standard.points_per_indicator
    return {count * points for count in range(len(standard.indicators) + 1)}


def _nearest(
    name: str, held: int, steps: Iterable[int], assessment: Assessed, standard: Standard
) -> list[tuple[int, str]]:
    now = _class(name, held, assessment, standard)
    classes = [(step, _class(name, step, assessment, standard)) for step in sorted(steps)]
    flips = [(step, status) for step, status in classes if step != held and status != now]
    below = [flip for flip in flips if flip[0] < held][-1:]
    return below + [flip for flip in flips if flip[0] > held][:1]


def _class(name: str, value: int, assessment: Assessed, standard: Standard) -> str:
    first = name in ("income_vnd", "b1")
    measured = value if first else assessment.value
    lacking = assessment.lacking if first else value
    return standard.classify(assessment.area_type, assessment.measure, measured, lacking).status


def _change(input_name: str, held: int, step: int, status: str, status_name: Text) -> Change:
    text = sentences.SMALLEST_CHANGE.filled(
        input=sentences.INPUTS[input_name],
        by=written(input_name, abs(step - held)),
        way=sentences.HIGHER if step > held else sentences.LOWER,
        status=status_name,
    )
    return Change(input_name, step - held, step, status, *text)


def exit_window(spells: Sequence[SpellDays], as_of: date, policy: Policy) -> Window | None:
    """Return the exit window that covers `as_of`, from the spells (start, end, status) in order.

    A spell is split where living standard or poverty standard change; the window runs on. One that
    was brought along from an older household ends where the household's own first spells do.
    """
    run: list[SpellDays] = []
    first = True
    for spell in spells:
        if spell[2] == "recently_exited":
            run.append(spell)
        elif spell[0] > as_of:
            break
        else:
            run, first = [], False
    if not run or run[0][0] > as_of:
        return None
    months, basis = policy.exit_window_months, policy.exit_window_basis
    start, end = run[0][0], run[-1][1]
    full = policy.exit_window_end(start)
    if first and end is not None and end < full:
        return Window(None, end, months, basis)
    return Window(start, full, months, basis)


def indicators(assessment: Assessed, standard: Standard) -> list[dict[str, Any]]:
    """Return every indicator of the standard with whether the household is deprived in it."""
    lacking = set()
    for name in assessment.deprived:
        try:
            lacking.add(standard.indicator_code(name))
        except DomainError:
            lacking.add(name)
    return [
        {
            "code": i.code,
            "key": i.key,
            "dimension": i.dimension,
            "name_en": i.en,
            "name_vi": i.vi,
            "deprived": i.code in lacking,
        }
        for i in standard.indicators
    ]
