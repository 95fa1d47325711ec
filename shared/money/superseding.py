"""Whether a run may be superseded: the door and the worker ask here, so both answer in one wording.

The money of a fund is divided anew only from the same fund, and only by one run at a time.

Law: none (the money of a fund is divided by one run at a time).
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.money.allocations import RunRefusal

ALREADY_SUPERSEDED = "already_superseded"


@dataclass(frozen=True, slots=True)
class SupersededRun:
    """The run that is to give way, as it stands; `divides`: completed, and not as a preview."""

    fund_id: str
    divides: bool
    superseded_by: str | None


def objection(run_id: str, fund_id: str, stored: SupersededRun | None) -> RunRefusal | None:
    """Return why a run of `fund_id` may not supersede `run_id`, None if it may.

    `unknown_run`, `other_fund` or `already_superseded`.
    """
    if stored is None or not stored.divides:
        return RunRefusal("unknown_run", run_id, f"{run_id} is no completed and committed run")
    if stored.fund_id != fund_id:
        return RunRefusal("other_fund", run_id, f"run {run_id} divides fund {stored.fund_id}")
    if stored.superseded_by is not None:
        detail = f"run {run_id} was superseded by {stored.superseded_by}"
        return RunRefusal(ALREADY_SUPERSEDED, run_id, detail)
    return None
