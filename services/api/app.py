"""The paths that the api answers."""

from __future__ import annotations

from services.api import front
from services.api.access import tokens
from services.api.areas import areas, movement, series, statistics
from services.api.households import (
    accesses,
    explanation,
    feed,
    persons,
    status,
    stream,
    timeline,
    verifications,
)
from services.api.law import policy
from services.api.money import comparison, funds, lines, payments, progress, runs, support
from services.api.press import articles, figures, findings, view
from shared.http.operations import Routes

_OWN = (front, tokens)
_HOUSEHOLDS = (status, timeline, explanation, feed, stream, accesses, persons, verifications)
_AREAS = (areas, statistics, series, movement)
_MONEY = (funds, progress, runs, lines, comparison, payments, support)
_PRESS = (articles, figures, view, findings)


def routers() -> list[Routes]:
    """Return every router of the api; they need `app.state.context`."""
    return [part.routes for part in (*_OWN, *_HOUSEHOLDS, *_AREAS, policy, *_MONEY, *_PRESS)]
