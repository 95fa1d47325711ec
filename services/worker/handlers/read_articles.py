"""article.recorded, articles.due-for-reading → figures read out of the text → figures.extracted.

Recompute, never increment: the latest revision is read as a whole, and figures that differ from
those that stand replace them. Whatever came of it, the article is due for checking: a message that
an older release sent to have an article checked again comes this way too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.worker import reviewing
from services.worker.article_reader import READING_SECONDS, ArticleReader
from shared.kernel import knowledge, server
from shared.kernel.database import Transaction
from shared.messages import ARTICLES_DUE_FOR_CHECKING, FIGURES_EXTRACTED
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.observability import tracing
from shared.press.store import articles, readings
from shared.press.store import figures as store
from shared.press.store import findings as finding_store
from shared.press.store.figures import NewFigure

MARGIN_SECONDS = 30.0
# The reader may first have to end with the article of the consumer beside this one.
SECONDS = 2 * (READING_SECONDS + MARGIN_SECONDS)


@dataclass(frozen=True)
class ReadArticles:
    """Read articles.

    An article that takes too long is refused with `reading_too_slow`; its neighbours are not kept.
    """

    reader: ArticleReader

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce, one article after the other."""
        # While the text is read, the transaction is idle for as long as that takes.
        await server.may_idle(tx, SECONDS)
        for item in items:
            with tracing.span("read article", under=tracing.of_item(item)) as span:
                span.note({"registry.figures": await self._read(tx, UUID(item))})

    async def _read(self, tx: Transaction, article_id: UUID) -> int:
        """Read one article; return how many figures stand of it."""
        subject = reviewing.article_subject(str(article_id))
        await finding_store.lock(tx, [subject])
        row = await articles.find(tx, article_id)
        read = None if row is None else await self.reader.read(tx, row)
        rows = () if read is None else read.rows
        at = await knowledge.tick(tx)
        if list(rows) != await store.standing(tx, article_id):
            await _replace(tx, article_id, rows, at)
        if row is not None and read is not None:
            await readings.remember(tx, article_id, row.event_id, read.language, read.figures, at)
        ids = {"article_ids": [str(article_id)]}
        await outbox.append(tx, [Message.new(ARTICLES_DUE_FOR_CHECKING, at, ids)])
        return len(rows)


async def _replace(
    tx: Transaction, article_id: UUID, figures: Sequence[NewFigure], at: datetime
) -> None:
    await store.close(tx, article_id, at)
    await store.insert(tx, figures, at)
    await outbox.append(
        tx, [Message.new(FIGURES_EXTRACTED, at, {"article_ids": [str(article_id)]})]
    )
