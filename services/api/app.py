"""The paths that the api answers."""

from __future__ import annotations

from fastapi import APIRouter

from services.api.routes import (
    areas,
    articles,
    explanations,
    households,
    policy,
    statistics,
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
)


def routers() -> list[APIRouter]:
    """Return every router of the api; they need `app.state.context`."""
    return [noun.router for noun in _NOUNS]
