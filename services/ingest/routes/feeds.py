"""`GET /v1/feeds`: how the polling of each configured feed is going."""

from __future__ import annotations

from typing import Any

from asyncpg import Record
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.ingest.context import ingest_of
from services.ingest.doors import figure_examples
from shared.http.answers import answer
from shared.http.auth import OPERATIONS, authorize
from shared.http.openapi import PlainRoute
from shared.http.parameters import read, write_cursor
from shared.press.store import feeds

router = APIRouter(tags=["feeds"], route_class=PlainRoute)


@router.get(
    "/v1/feeds",
    summary="Feeds that are polled",
    response_class=Response,
    openapi_extra=figure_examples.FEEDS,
)
async def get_feeds(request: Request) -> Response:
    """List the configured feeds: the last poll, what it found, failures in a row, the next poll."""
    authorize(request, OPERATIONS)
    asked = read(request, figure_examples.FEED_LIST)
    context = ingest_of(request)
    urls = sorted(set(context.settings.feeds))
    start = asked["cursor"][0] if asked["cursor"] else 0
    end = start + asked["limit"]
    async with context.database.statement() as snapshot:
        states = await feeds.states(snapshot, urls[start:end])
    items = [_feed(url, states.get(url)) for url in urls[start:end]]
    following = write_cursor([end]) if end < len(urls) else None
    return answer(request, {"items": items, "next_cursor": following})


def _feed(url: str, state: Record | None) -> dict[str, Any]:
    """Return one feed; one that has never been polled has no state yet."""
    return {
        "url": url,
        "last_polled_at": state and state["polled_at"],
        "last_status": state and state["status"],
        "http_status": state and state["http_status"],
        "entries": state["entries"] if state else 0,
        "recorded": state["recorded"] if state else 0,
        "refused": state["refused"] if state else 0,
        "failures": state["failures"] if state else 0,
        "next_poll_at": state and state["next_poll_at"],
    }
