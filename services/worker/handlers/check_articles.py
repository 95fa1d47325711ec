"""articles.due-for-checking → figures held against what is known → finding.raised.

The text is not read again: the figures stand, and their cues are kept beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.worker import article_checks, reviewing
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.law.store.seeds import SeedCache
from shared.messages import ARTICLES_DUE_FOR_READING
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.observability import tracing
from shared.press.store import articles, figures, findings, readings
from shared.press.store.findings import NewFinding
from shared.press.store.readings import figure_of

TOGETHER = 20


@dataclass(frozen=True)
class CheckArticles:
    """Recompute the findings of the articles named, as far as they have been read."""

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce: one transaction for the whole batch."""
        subjects = {item: reviewing.article_subject(item) for item in items}
        through = await findings.lock(tx, list(subjects.values()))
        checked: dict[str, list[NewFinding]] = {}
        for item, subject in subjects.items():
            with tracing.span("check article", under=tracing.of_item(item)):
                wanted = await self._findings(tx, UUID(item), subject)
            if wanted is not None:
                checked[subject] = wanted
        at = await knowledge.tick(tx)
        standing = [finding for wanted in checked.values() for finding in wanted]
        await reviewing.replace(tx, list(checked), standing, at)
        await findings.reviewed(tx, list(checked), through)

    async def _findings(
        self, tx: Transaction, article_id: UUID, subject: str
    ) -> list[NewFinding] | None:
        """Return what must stand; None while a revision waits to be read, now or once more."""
        rows = await figures.standing(tx, article_id)
        revision = await articles.revision_that_counts(tx, article_id)
        if revision is None:
            return None if rows else []
        reading = await readings.find(tx, article_id)
        if reading is None or reading.event_id != revision:
            return None
        if reading.cues is None:
            ids = {"article_ids": [str(article_id)]}
            now = await knowledge.settled(tx)
            await outbox.append(tx, [Message.new(ARTICLES_DUE_FOR_READING, now, ids)])
            return None
        read = [figure_of(row, cue) for row, cue in zip(rows, reading.cues, strict=True)]
        return await article_checks.findings(tx, self.seeds, subject, rows, read)
