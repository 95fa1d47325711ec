"""reference-figure.recorded, household-status.changed → articles.due-for-checking.

What an article is held against has changed; the article itself has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.areas.reach import codes_above
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.law.store.seeds import SeedCache
from shared.messages import ARTICLES_DUE_FOR_CHECKING
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.press.store import figures, reference_figures

OFFICIAL, HOUSEHOLD = "official:", "household:"


@dataclass(frozen=True)
class RecheckArticles:
    """Order a check of every article with a figure about an area of what has changed."""

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Find the areas, then the articles."""
        events = [UUID(i.removeprefix(OFFICIAL)) for i in items if i.startswith(OFFICIAL)]
        households = [i.removeprefix(HOUSEHOLD) for i in items if i.startswith(HOUSEHOLD)]
        areas = await self.seeds.areas(tx)
        official = await reference_figures.areas_concerned(tx, events) if events else []
        codes = {areas.by_id(area_id).code for area_id in official}
        if households and (counted := await figures.counted_codes(tx)):
            lived_in = await figures.areas_of_households(tx, households)
            codes |= counted & codes_above(areas, lived_in)
        if ids := await figures.articles_about(tx, sorted(codes)):
            now = await knowledge.settled(tx)
            await outbox.append(tx, [_message(article_id, now) for article_id in ids])


def _message(article_id: UUID, now: datetime) -> Message:
    return Message.new(ARTICLES_DUE_FOR_CHECKING, now, {"article_ids": [str(article_id)]})
