"""Shapes of answers about allocation runs, their lines, and two runs side by side."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from services.api.schemas.common import Known, Page

State = Literal["pending", "completed", "refused"]
Mode = Literal["commit", "preview"]
Outcome = Literal["allocated", "not_eligible", "already_supported", "fund_exhausted"]


class Refusal(BaseModel):
    """One reason why a run cannot be computed."""

    code: str
    subject: str
    detail: str


class Totals(BaseModel):
    """Lines in all and by outcome."""

    lines: int
    allocated: int
    not_eligible: int
    already_supported: int
    fund_exhausted: int


class RuleVersion(BaseModel):
    """The rule as it was known to the run."""

    digest: str
    kind: str
    legal_basis: list[str]
    en: str
    vi: str


class ListedRun(BaseModel):
    """A run without its inputs."""

    run_id: str
    fund_id: str
    rule: str
    mode: Mode
    as_of: date
    known_at: Annotated[
        datetime, Field(description="The run's: statuses and facts are those known then.")
    ]
    supersedes: str | None
    superseded_by: str | None
    state: State
    code: Annotated[str | None, Field(description="Of a refused run: the first refusal's.")]
    requested_at: datetime
    completed_at: datetime | None
    allocated_from_vnd: int | None
    allocated_vnd: int | None
    unallocated_vnd: int | None
    totals: Totals | None


class Runs(Page, Known):
    """A page of runs."""

    items: list[ListedRun]


class Run(ListedRun):
    """A run with its frozen inputs; `known_at` is its own, so the one asked with is named apart."""

    asked_known_at: Annotated[datetime | None, Field(description="As asked; null: latest state.")]
    settled_at: Annotated[
        datetime, Field(description="Asked with this `known_at`, the answer never changes again.")
    ]
    refusals: list[Refusal]
    ledger_at: Annotated[
        datetime | None, Field(description="Funds and payments are those recorded by then.")
    ]
    areas: Annotated[list[str] | None, Field(description="As asked for.")]
    parameters: Annotated[dict[str, Any], Field(description="As asked for.")]
    rule_version: RuleVersion | None
    inputs: Annotated[dict[str, Any] | None, Field(description="Frozen; named by the digest.")]
    inputs_digest: str | None
    result_digest: Annotated[
        str | None, Field(description="The same inputs give the same lines, byte for byte.")
    ]


class Sums(BaseModel):
    """Lines, and the đồng that they gained, lost or kept."""

    lines: int
    amount_vnd: int


class Summary(BaseModel):
    """All lines of both runs; difference = gained - lost = allocated after - before."""

    gained: Sums
    lost: Sums
    unchanged: Sums
    before_vnd: int
    after_vnd: int
    difference_vnd: int


class Cause(BaseModel):
    """Why an amount differs, with what stood before and after."""

    code: Literal[
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
    detail_en: str
    detail_vi: str
    before: Any
    after: Any


class Difference(BaseModel):
    """A line whose amounts differ; 0 where a run does not have it."""

    line: str
    area_code: str | None
    household_id: str | None
    before_vnd: int
    after_vnd: int
    difference_vnd: int
    causes: list[Cause]


class Comparison(Page, Known):
    """Two runs side by side; `items` are the lines that differ."""

    before: str
    after: str
    summary: Summary
    items: list[Difference]


class AllocationLine(BaseModel):
    """What an area or a household gets, and why; the reasons depend on the kind of rule."""

    area_code: Annotated[str | None, Field(description="Of an area's line.")] = None
    household_id: Annotated[str | None, Field(description="Of a household's line.")] = None
    commune_code: Annotated[
        str | None, Field(description="Where the household lives, on the run's `as_of`.")
    ] = None
    amount_vnd: int
    score: Annotated[str | None, Field(description="Exact, a decimal as text.")]
    outcome: Outcome
    reasons: Any


class AllocationLines(Page, Known):
    """A page of lines."""

    items: list[AllocationLine]
