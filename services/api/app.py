"""The paths that the api answers."""

from __future__ import annotations

from fastapi import APIRouter

from services.api.areas import areas, movement, statistics
from services.api.households import explanation, feed, status, timeline
from services.api.law import policy
from services.api.routes import (
    allocation_differences,
    allocation_lines,
    allocation_runs,
    articles,
    disbursements,
    figures,
    findings,
    funds,
    progress,
    stalled,
    support_records,
)

_NOUNS = (
    articles,
    figures,
    funds,
    progress,
    stalled,
    allocation_runs,
    allocation_lines,
    allocation_differences,
    disbursements,
    support_records,
    findings,
)


_SUBJECTS = (status, timeline, explanation, feed, areas, statistics, movement, policy)


def routers() -> list[APIRouter]:
    """Return every router of the api; they need `app.state.context`."""
    return [subject.routes for subject in _SUBJECTS] + [noun.router for noun in _NOUNS]
