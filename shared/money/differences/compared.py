"""What is compared of two runs and of one line in both, and a cause of their difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from shared.money.allocations import Line

Code = Literal[
    "rule_changed",
    "parameters_changed",
    "area_changed",
    "area_fact_changed",
    "status_corrected",
    "household_moved",
    "as_of_changed",
    "supported_elsewhere",
    "amount_changed",
    "queue_changed",
    "scores_of_others_changed",
]
CODES: tuple[Code, ...] = get_args(Code)


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause in two languages, with what stood before and after."""

    code: Annotated[Code, Meta(description="Stable; branch on it.")]
    detail_en: Annotated[str, Meta(description="The cause in a sentence in English.")]
    detail_vi: Annotated[str, Meta(description="The cause in a sentence in Vietnamese.")]
    before: Annotated[Any, Meta(description="What stood in the first run; its form by the code.")]
    after: Annotated[Any, Meta(description="What stands in the second run.")]


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """What one run was computed from; `inputs` maps each criterion of its rule to what it reads."""

    run_id: str
    rule: str
    rule_digest: str | None
    as_of: date
    allocated_from_vnd: int
    of_households: bool
    holder: str | None = None
    areas: tuple[str, ...] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str | None] = field(default_factory=dict)
    unit_norm_vnd: int | None = None
    score_total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class HouseholdThen:
    """What held of a household on a day, as known at an instant.

    `hidden`: who asks may not see it; it takes part in the decision and is not shown.
    """

    status: str | None
    area_code: str | None = None
    ethnic_group: str | None = None
    deprived: frozenset[str] = frozenset()
    assessment: Any = None
    hidden: bool = False


NOTHING = HouseholdThen(None)


@dataclass(frozen=True, slots=True)
class Pair:
    """One line in both runs; None where a run has no such line."""

    before: Line | None
    after: Line | None
    known_before: HouseholdThen = NOTHING
    known_between: HouseholdThen = NOTHING
    known_after: HouseholdThen = NOTHING
