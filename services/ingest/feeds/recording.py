"""Entries through the articles' door: with their page where it is wanted, one after the other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from services.ingest.bodies import revision_or_faults
from services.ingest.context import IngestContext
from services.ingest.feeds.entries import Entry, source_of
from services.ingest.feeds.faults import Unfetched
from services.ingest.feeds.pages import Pages
from services.ingest.record import counts
from shared.http.problems import Problem
from shared.kernel.revisions import Revision
from shared.law.world import World
from shared.press.facts import ARTICLES


@dataclass
class Recording:
    """What became of the entries of one poll; `done`: need not be looked at again."""

    context: IngestContext
    host: str
    pages: Pages
    done: dict[str, str] = field(default_factory=dict)
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0

    async def record(self, entry: Entry, world: World) -> None:
        """Record one entry; one that the door refuses is not sent again until it changes."""
        full, final = await self._full(entry)
        article = full.article(source_of(self.host))
        revision = await asyncio.to_thread(revision_or_faults, ARTICLES, article, world)
        if isinstance(revision, Revision):
            await self._submit(revision)
        else:
            self.refused += 1
        if final:
            self.done[entry.external_id] = entry.digest

    async def _submit(self, revision: Revision) -> None:
        await self.context.admission.check()
        try:
            judged = await self.context.recorder.submit(ARTICLES, [revision])
        except Problem as problem:
            if problem.status >= 500:
                raise
            self.refused += 1
            return
        accepted, duplicates = counts(judged.receipts)
        self.accepted += accepted
        self.duplicates += duplicates

    async def _full(self, entry: Entry) -> tuple[Entry, bool]:
        """Return the entry with its page, and whether that is all that there will be.

        Where the page fails for the moment the feed's own text stands in, until the next poll.
        """
        if entry.link is None or not self.pages.wanted(entry.link):
            return entry, True
        try:
            return entry.with_page(await self.pages.html(entry.link)), True
        except Unfetched as fault:
            return entry, not fault.passing

    def counted(self) -> dict[str, int]:
        """Return the outcomes by name."""
        return {
            "accepted": self.accepted,
            "duplicate": self.duplicates,
            "refused": self.refused,
        }
