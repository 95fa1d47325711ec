"""Polls the feeds, each on its own: what is new or changed goes through the articles' door."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from services.ingest.context import IngestContext, world_of
from services.ingest.feeds.addresses import Hosts
from services.ingest.feeds.entries import Entry, entries_of, kept
from services.ingest.feeds.faults import Unfetched
from services.ingest.feeds.fetching import Fetched, Fetcher
from services.ingest.feeds.pages import Pages
from services.ingest.feeds.reading import read_feed
from services.ingest.feeds.recording import Recording
from services.ingest.feeds.robots import Robots
from shared.http.problems import Problem
from shared.kernel.database import DatabaseUnavailable
from shared.press.store import feeds
from shared.press.store.feeds import FeedState

FEED_BYTES_MAX = 2 * 1024 * 1024
ENTRIES_NEW_MAX = 50
# A poll that died with its process is due again after this.
LEASE = timedelta(minutes=10)
BACKOFF_MAX = timedelta(days=1)
HEADER_MAX = 500
BUSY = timedelta(minutes=1)
LOOK_SECONDS_MAX = 60.0
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.1"

log = structlog.get_logger()


def _uncounted(kind: str, outcome: str, number: int = 1) -> None:
    """Count nothing."""


@dataclass
class Poller:
    """A component: keeps every configured feed polled, whatever becomes of the others."""

    context: IngestContext
    fetcher: Fetcher
    count: Callable[[str, str, int], None] = _uncounted
    _hosts: Hosts = field(init=False)
    _pages: Hosts = field(init=False)
    _robots: Robots = field(init=False)

    def __post_init__(self) -> None:
        """Allow the feeds' own hosts, and those whose pages are wanted."""
        self._hosts = Hosts.of_urls(self.context.settings.feeds)
        self._pages = Hosts.named(self.context.settings.feed_hosts)
        self._robots = Robots(self.fetcher)

    async def run(self) -> None:
        """Poll for ever."""
        async with asyncio.TaskGroup() as all_feeds:
            for url in self.context.settings.feeds:
                all_feeds.create_task(self._keep(url))

    async def _keep(self, url: str) -> None:
        while True:
            wait = LOOK_SECONDS_MAX
            try:
                await self.poll(url)
                wait = await self._due_in(url)
            except Exception as error:  # whatever is wrong with this feed, it is tried again
                log.warning("feeds.poll_failed", host=_host(url), error=type(error).__name__)
            await asyncio.sleep(min(max(wait, 1.0), LOOK_SECONDS_MAX))

    async def _due_in(self, url: str) -> float:
        async with self.context.database.statement() as snapshot:
            due = await feeds.due_at(snapshot, url)
        return (due - self.context.clock.now()).total_seconds() if due else 0.0

    async def poll(self, url: str) -> FeedState | None:
        """Poll a feed if it is due and nobody else does; return what is now known of it."""
        now = self.context.clock.now()
        async with self.context.database.transaction() as tx:
            await feeds.begin(tx, [url], now)
            claimed = await feeds.claim(tx, url, now, now + LEASE)
        if claimed is None:
            return None
        state = await self._polled(replace(claimed, polled_at=now))
        async with self.context.database.transaction() as tx:
            await feeds.save(tx, state)
        self.count("poll", "ok" if state.failures == 0 else "failed", 1)
        log.info("feeds.polled", host=_host(url), status=state.status, entries=state.entries)
        return state

    async def _polled(self, state: FeedState) -> FeedState:
        now = self.context.clock.now()
        try:
            fetched = await self.fetcher.get(
                state.url, self._hosts, FEED_BYTES_MAX, _conditions(state)
            )
            if fetched.status == 304:
                return self._good(state, status="not_modified", http_status=304)
            return await self._read(state, fetched)
        except Unfetched as fault:
            return self._failed(state, fault, now)
        except (Problem, DatabaseUnavailable):
            # Nothing is wrong with the feed: our store takes no more at the moment.
            return replace(state, status="store_busy", next_poll_at=now + BUSY)

    async def _read(self, state: FeedState, fetched: Fetched) -> FeedState:
        media = fetched.headers.get("content-type", "")
        document = await read_feed(fetched.body, media, fetched.url)
        entries = entries_of(document, state.url, self.context.clock.today())
        seen = kept(state.seen, entries)
        fresh = [entry for entry in entries if seen.get(entry.external_id) != entry.digest]
        recording = await self._record(state.url, fresh[:ENTRIES_NEW_MAX])
        seen |= recording.done
        whole = all(seen.get(entry.external_id) == entry.digest for entry in entries)
        return self._good(
            state,
            status="ok",
            http_status=fetched.status,
            # What is left comes with the next poll, which must not hear "not modified".
            etag=_remembered(fetched, "etag") if whole else None,
            last_modified=_remembered(fetched, "last-modified") if whole else None,
            entries=len(entries),
            recorded=state.recorded + recording.accepted,
            refused=state.refused + recording.refused,
            seen=seen,
        )

    async def _record(self, url: str, entries: list[Entry]) -> Recording:
        recording = Recording(
            self.context, _host(url), Pages(self.fetcher, self._pages, self._robots)
        )
        world = await world_of(self.context)
        for entry in entries:
            await recording.record(entry, world)
        for outcome, number in recording.counted().items():
            self.count("entry", outcome, number)
        return recording

    def _good(self, state: FeedState, **found: object) -> FeedState:
        every = timedelta(seconds=self.context.settings.feed_seconds)
        again = self.context.clock.now() + every
        return replace(state, failures=0, next_poll_at=again, **found)  # type: ignore[arg-type]

    def _failed(self, state: FeedState, fault: Unfetched, now: datetime) -> FeedState:
        every = self.context.settings.feed_seconds
        backoff = min(every * 2.0 ** min(state.failures, 20), BACKOFF_MAX.total_seconds())
        return replace(
            state,
            status=fault.code,
            http_status=fault.status,
            failures=state.failures + 1,
            next_poll_at=now + timedelta(seconds=max(backoff, fault.retry_seconds)),
        )


def _conditions(state: FeedState) -> dict[str, str]:
    given = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    return {"accept": _ACCEPT, **{name: value for name, value in given.items() if value}}


def _remembered(fetched: Fetched, name: str) -> str | None:
    """Return a header that can be sent back as it came."""
    value = fetched.headers.get(name, "")
    sendable = value.isascii() and value.isprintable() and len(value) <= HEADER_MAX
    return value if value and sendable else None


def _host(url: str) -> str:
    return next(iter(Hosts.of_urls([url]).allowed))[0]
