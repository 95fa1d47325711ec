"""Why a line of one allocation run differs from the same line of another: every cause, by name.

What is compared is what each run froze: its request, its rule, and the line's own reasons. For
households also what was known of them: on the day and at the instant of either run, and `between`:
on the first run's day as the second run knew it. So a correction is told from the passing of time.
"""

from __future__ import annotations

from shared.money.differences.areas import of_area, scores_of_others_changed
from shared.money.differences.common_causes import queue_changed, rule_changed
from shared.money.differences.compared import (
    CODES,
    NOTHING,
    Cause,
    ComparedRun,
    HouseholdThen,
    Pair,
)
from shared.money.differences.households import of_household

__all__ = ["CODES", "NOTHING", "Cause", "ComparedRun", "HouseholdThen", "Pair", "causes"]


def causes(before: ComparedRun, after: ComparedRun, pair: Pair) -> tuple[Cause, ...]:
    """Return why the amounts differ, at least one cause, in the order of `CODES`."""
    if before.of_households and after.of_households:
        every = list(of_household(before, after, pair)) or [queue_changed(pair)]
    elif before.of_households or after.of_households:
        every = [rule_changed(before, after)]
    else:
        every = list(of_area(before, after, pair)) or [
            scores_of_others_changed(before, after, pair)
        ]
    return tuple(sorted(every, key=lambda cause: CODES.index(cause.code)))
