"""The paths that the api answers."""

from __future__ import annotations

from fastapi import APIRouter

from services.api.routes import (
    allocation_differences,
    allocation_lines,
    allocation_runs,
    areas,
    articles,
    disbursements,
    explanations,
    figures,
    findings,
    funds,
    households,
    policy,
    progress,
    stalled,
    statistics,
    support_records,
    timelines,
    transitions,
)

_NOUNS = (
    households,
    timelines,
    explanations,
    transitions,
    areas,
    statistics,
    policy,
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


def routers() -> list[APIRouter]:
    """Return every router of the api; they need `app.state.context`."""
    return [noun.router for noun in _NOUNS]
