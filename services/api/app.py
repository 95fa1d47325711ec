"""The paths that the api answers."""

from __future__ import annotations

from fastapi import APIRouter

from services.api import guide
from services.api.access import answered, clients, signatures, tokens
from services.api.areas import (
    areas,
    changeover,
    changeover_costs,
    decision_lists,
    movement,
    relapse_watch,
    review_rounds,
    series,
    statistics,
    status_flows,
    what_if,
    year_end,
)
from services.api.areas import entitlements as area_entitlements
from services.api.exports import exports, streamed
from services.api.households import (
    accesses,
    certificates,
    decision_changes,
    entitlements,
    exit_windows,
    explanation,
    feed,
    lookup,
    move_requests,
    persons,
    status,
    stream,
    timeline,
    verifications,
)
from services.api.law import policy
from services.api.money import (
    best_allocation,
    best_households,
    comparison,
    fund_scenario,
    funds,
    lines,
    payments,
    progress,
    runs,
    support,
)
from services.api.page.routes import pages
from services.api.press import articles, figures, findings, reference_figures, view
from services.api.spdci import exchanges, profile, search, transactions
from services.api.subscriptions import deliveries, subscriptions

_OWN = (tokens, signatures, clients, answered, guide)
_READ = (status, timeline, explanation, entitlements, exit_windows, feed, stream)
_PAPERS = (certificates, decision_changes, verifications)
_HOUSEHOLDS = (*_READ, *_PAPERS, lookup, accesses, move_requests, persons)
_AREAS = (
    areas,
    statistics,
    status_flows,
    series,
    movement,
    year_end,
    decision_lists,
    relapse_watch,
    changeover,
    changeover_costs,
    what_if,
    review_rounds,
    area_entitlements,
)
_MONEY = (
    funds,
    progress,
    fund_scenario,
    runs,
    lines,
    comparison,
    best_allocation,
    best_households,
    payments,
    support,
)
_PRESS = (articles, figures, reference_figures, view, findings)
_SPDCI = (search, transactions, exchanges, profile)
_SUBSCRIPTIONS = (subscriptions, deliveries)


def routers() -> list[APIRouter]:
    """Return every router of the api; they need `app.state.context`."""
    # Of paths that fit both, the one that is written out comes first.
    told = (*_PRESS, *_SPDCI, *_SUBSCRIPTIONS, streamed, exports)
    answers = (*_OWN, *_HOUSEHOLDS, *_AREAS, policy, *_MONEY, *told)
    return [*(part.routes for part in answers), *pages()]
