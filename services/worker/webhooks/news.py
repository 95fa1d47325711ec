"""News beside changes of status: what was committed since a subscription last looked, by type.

The knowledge clock gives their order: its instants follow commit order, and no commit gets one at
or before an instant that was seen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Struct

from shared.households.store import exit_news
from shared.households.store.exit_news import StoredExitNews
from shared.http.ask import from_row
from shared.http.news_items import (
    ArticleNews,
    ExitWindowNews,
    FiguresNews,
    FindingNews,
    FundNews,
    PaymentNews,
    RunNews,
)
from shared.kernel.database import Snapshot
from shared.messages import (
    ALLOCATION_RUN_COMPLETED,
    ARTICLE_RECORDED,
    DISBURSEMENT_RECORDED,
    EXIT_WINDOW_ENDING,
    FIGURES_EXTRACTED,
    FINDING_RAISED,
    FUND_RECORDED,
)
from shared.money.store import money_news
from shared.money.store.money_news import StoredFundNews, StoredPaymentNews, StoredRunNews
from shared.press.finding_scopes import scope_of
from shared.press.store import article_news, finding_news
from shared.press.store.article_news import StoredArticleNews, StoredReadingNews
from shared.press.store.finding_news import StoredFindingNews

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened: told in order within its chain, to who may see both its units.

    `name` tells it from all others. A `scope` must be held beside that of the type.
    """

    type: str
    at: datetime
    name: str
    chain: str
    data: Struct
    area_id: int | None
    holder_id: int | None
    scope: str | None = None


def _fund(row: StoredFundNews) -> News:
    data = from_row(FundNews, row)
    chain = _of_fund(row.fund_id)
    name, holder = str(row.event_id), row.area_id
    return News(FUND_RECORDED, row.recorded_at, name, chain, data, holder, holder)


def _run(row: StoredRunNews) -> News:
    data = from_row(RunNews, row)
    name, chain, holder = f"run:{row.run_id}", _of_fund(row.fund_id), row.area_id
    return News(ALLOCATION_RUN_COMPLETED, row.recorded_at, name, chain, data, holder, holder)


def _payment(row: StoredPaymentNews) -> News:
    data = from_row(PaymentNews, row, household_id=row.line if row.of_household else None)
    name, chain, units = str(row.event_id), _of_fund(row.fund_id), (row.area_id, row.holder_id)
    return News(DISBURSEMENT_RECORDED, row.recorded_at, name, chain, data, *units)


def _finding(row: StoredFindingNews) -> News:
    name = f"finding:{row.finding_id}:{row.withdrawn}:{row.recorded_at.isoformat()}"
    return News(
        FINDING_RAISED,
        row.recorded_at,
        name,
        # A household's id has no slash: its findings wait for each other, not for its changes.
        row.subject.replace(":", "/", 1),
        from_row(FindingNews, row),
        row.area_id,
        row.area_id,
        scope_of(row.subject),
    )


def _exit_window(row: StoredExitNews) -> News:
    told = f"{row.last_day}:{row.days_before}:{row.withdrawn}:{row.recorded_at.isoformat()}"
    name, chain = f"exit-window:{row.household_id}:{told}", f"exit-window/{row.household_id}"
    data, area_id = from_row(ExitWindowNews, row), row.area_id
    return News(EXIT_WINDOW_ENDING, row.recorded_at, name, chain, data, area_id, area_id)


def _article(row: StoredArticleNews) -> News:
    name, chain = str(row.event_id), f"article/{row.article_id}"
    data = from_row(ArticleNews, row)
    return News(ARTICLE_RECORDED, row.recorded_at, name, chain, data, None, None)


def _figures(row: StoredReadingNews) -> News:
    chain = f"article/{row.article_id}"
    name = f"figures:{row.article_id}:{row.recorded_at.isoformat()}"
    data = from_row(FiguresNews, row)
    return News(FIGURES_EXTRACTED, row.recorded_at, name, chain, data, None, None)


def _of_fund(fund_id: str) -> str:
    return f"fund/{fund_id}"


_Listing = Callable[[Snapshot, datetime, datetime, int], Awaitable[Sequence[Any]]]
_KINDS: dict[str, tuple[_Listing, Callable[[Any], News]]] = {
    FUND_RECORDED: (money_news.list_funds, _fund),
    ALLOCATION_RUN_COMPLETED: (money_news.list_runs, _run),
    DISBURSEMENT_RECORDED: (money_news.list_payments, _payment),
    EXIT_WINDOW_ENDING: (exit_news.list_notices, _exit_window),
    ARTICLE_RECORDED: (article_news.list_articles, _article),
    FIGURES_EXTRACTED: (article_news.list_readings, _figures),
    FINDING_RAISED: (finding_news.list_findings, _finding),
}


async def list_news(
    snapshot: Snapshot, types: Collection[str], after: datetime, until: datetime
) -> tuple[list[News], datetime]:
    """Return the next news of these types in commit order, and the instant they are whole up to."""
    listed: list[News] = []
    for kind in _KINDS.keys() & set(types):
        listing, told = _KINDS[kind]
        rows = await listing(snapshot, after, until, ROWS_AT_ONCE)
        if len(rows) >= ROWS_AT_ONCE:
            until = min(until, rows[-1].recorded_at)
        listed += map(told, rows)
    return sorted((n for n in listed if n.at <= until), key=lambda n: n.at), until
