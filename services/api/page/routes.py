"""Every address of the page."""

from __future__ import annotations

from fastapi import APIRouter

from services.api.page.rendering import assets
from services.api.page.views import (
    articles,
    below,
    best_allocation,
    changeover,
    changes,
    exits,
    figures,
    findings,
    fund_scenario,
    funds,
    household,
    households,
    imports,
    issuer,
    knowledge,
    movement,
    operations,
    places,
    review_round,
    runs,
    signing_in,
    start,
    what_if,
    year_end,
)

_PLACES = (start, places, below, movement, households, household, exits, knowledge, changes)
_BOOKS = (year_end, changeover, what_if, review_round)
_OTHERS = (
    funds,
    fund_scenario,
    runs,
    best_allocation,
    findings,
    articles,
    figures,
    imports,
    operations,
)
_SIGNING_IN = (signing_in, issuer)


def pages() -> list[APIRouter]:
    """Return the routers of all views and of the assets."""
    return [assets, *(part.views for part in (*_PLACES, *_BOOKS, *_OTHERS, *_SIGNING_IN))]
