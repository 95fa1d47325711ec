"""Which runs divide money, and which run has superseded another, in SQL over aliased runs."""

from __future__ import annotations


def divides(run: str) -> str:
    """Return the SQL that says whether a run holds money: completed, and not as a preview."""
    return f"{run}.state = 'completed' AND {run}.mode = 'commit'"


def divided(run: str, at: str | None = "$1") -> str:
    """Return the SQL that says whether a run divided money at the parameter `at` (None: now)."""
    if at is None:
        return divides(run)
    return f"{divides(run)} AND ({at}::timestamptz IS NULL OR {run}.completed_at <= {at})"


def superseding(run: str, at: str | None = "$1") -> str:
    """Return the SQL of the run that had superseded `run` at `at`, null if none had."""
    return (
        f"(SELECT sr.run_id FROM allocation_runs sr WHERE sr.supersedes = {run}.run_id "
        f"AND {divided('sr', at)})"
    )
