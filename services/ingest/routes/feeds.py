"""`GET /v1/feeds`: how the polling of each configured feed is going."""

from __future__ import annotations

from services.ingest.answers import PolledFeed, PolledFeeds
from shared.access.caller import OPERATIONS
from shared.http.ask import Ask
from shared.http.operations import Routes
from shared.http.parameters import whole_number, write_cursor
from shared.press.store import feeds

routes = Routes("facts")


@routes.get(
    "/v1/feeds",
    scope=OPERATIONS,
    cursor=[whole_number],
    shown={
        "items": [
            {
                "url": "https://press.example/ngheo.rss",
                "last_polled_at": "2026-11-21T03:00:00Z",
                "last_status": "ok",
                "http_status": 200,
                "entries": 20,
                "recorded": 57,
                "refused": 0,
                "failures": 0,
                "next_poll_at": "2026-11-21T03:15:00Z",
            }
        ],
        "next_cursor": None,
    },
)
async def list_feeds(ask: Ask) -> PolledFeeds:
    """Feeds that are polled.

    The configured feeds: the last poll, what it found, failures in a row, the next poll.
    """
    urls = sorted(set(ask.context.settings.feeds))
    start = ask.page.after[0] if ask.page.after else 0
    end = start + ask.page.limit
    async with ask.context.database.statement() as snapshot:
        states = await feeds.list_states(snapshot, urls[start:end])
    return PolledFeeds(
        items=[_feed(url, states.get(url)) for url in urls[start:end]],
        next_cursor=write_cursor([end]) if end < len(urls) else None,
    )


def _feed(url: str, state: feeds.PollState | None) -> PolledFeed:
    """Return one feed; one that has never been polled has no state yet."""
    return PolledFeed(
        url=url,
        last_polled_at=state and state.polled_at,
        last_status=state and state.status,
        http_status=state and state.http_status,
        entries=state.entries if state else 0,
        recorded=state.recorded if state else 0,
        refused=state.refused if state else 0,
        failures=state.failures if state else 0,
        next_poll_at=state and state.next_poll_at,
    )
