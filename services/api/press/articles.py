"""Articles as received: the list, and one with its text."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from msgspec import Meta, Struct

from services.api.press.measures import check_measure
from services.api.words import EventId, ExternalId, NextCursor, Revision, Source
from shared.access.caller import ARTICLES_READ
from shared.areas.reach import holders
from shared.http import parameters
from shared.http.ask import Ask, from_row
from shared.http.operations import Routes
from shared.http.parameters import PathParameter
from shared.http.problems import UNKNOWN_AREA, Problem, ProblemType, not_found
from shared.http.schemas import Instant
from shared.press.store import articles as store
from shared.press.store.articles import StoredArticle

routes = Routes("press")
A = TypeVar("A", bound="ListedArticle")


def unknown_article() -> Problem:
    """Return the one answer for articles that do not exist."""
    return not_found("unknown_article", "no such article is known")


UNKNOWN_ARTICLE = ProblemType("No such article", unknown_article())


def _read(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise unknown_article() from None


ArticleId = Annotated[
    UUID,
    PathParameter(
        _read,
        "Id of the article.",
        "0b2f8e7e-0f43-5c0a-9d52-6a5c39f0b1aa",
        {"type": "string", "format": "uuid"},
    ),
]


class ListedArticle(Struct, frozen=True):
    """An article without its text."""

    article_id: Annotated[UUID, Meta(description="Id of the article, of all its revisions.")]
    source: Source
    external_id: ExternalId
    revision: Revision
    event_id: EventId
    url: Annotated[str | None, Meta(description="Where it was published.")]
    language: Annotated[
        str | None,
        Meta(description="As sent, else as it was read: `vi`, `id`, `th`, `en`; null: not yet."),
    ]
    published_on: Annotated[date | None, Meta(description="The day it was published.")]
    title: Annotated[str | None, Meta(description="Its title.")]
    recorded_at: Annotated[Instant, Meta(description="When this revision was committed.")]
    figures: Annotated[int, Meta(description="How many figures were read in it.")]
    findings: Annotated[int, Meta(description="How many contradictions stand in it.")]


class Article(ListedArticle, frozen=True):
    """An article with its text."""

    text: Annotated[str | None, Meta(description="The text as sent; of HTML: the extracted text.")]


class Articles(Struct, frozen=True):
    """A page of articles."""

    items: Annotated[
        list[ListedArticle],
        Meta(description="By day of publication, the newest first."),
    ]
    next_cursor: NextCursor


@routes.get(
    "/v1/articles",
    scope=ARTICLES_READ,
    cursor=[date.fromisoformat, UUID],
    problems=[UNKNOWN_AREA],
)
async def list_articles(
    ask: Ask,
    measure: Annotated[
        str | None, parameters.text("Only articles with a figure of this measure.")
    ] = None,
    area: Annotated[
        str | None,
        parameters.text("Code of a unit, of whichever map; a figure's place is in it."),
    ] = None,
    from_date: Annotated[
        date | None, parameters.day("Only articles published on this day or later.")
    ] = None,
    to_date: Annotated[
        date | None, parameters.day("Only articles published on this day or before.")
    ] = None,
    has_findings: Annotated[
        str | None,
        parameters.choice(("true", "false"), "Only articles with contradictions, or without any."),
    ] = None,
) -> Articles:
    """Articles, the newest first.

    The latest revision of every article that is not withdrawn, without its text. With both, one
    figure has the measure and the place.
    """
    if measure is not None:
        await check_measure(ask, measure)
    tree = await ask.tree()
    matching = store.ArticleFilter(
        measure=measure,
        areas=None if area is None else holders(tree, ask.caller.area, area, ask.today),
        from_date=from_date,
        to_date=to_date,
        has_findings=None if has_findings is None else has_findings == "true",
    )
    async with ask.reads.snapshot() as snapshot:
        rows = await store.page(snapshot, matching, ask.page.after, ask.page.fetch)
    shown, next_cursor = ask.page.cut(
        rows, lambda row: [row.published_on or store.NO_DAY, row.article_id]
    )
    return Articles([_listed(ListedArticle, row) for row in shown], next_cursor)


@routes.get("/v1/articles/{article_id}", scope=ARTICLES_READ, problems=[UNKNOWN_ARTICLE])
async def get_article(ask: Ask, article_id: ArticleId) -> Article:
    """An article.

    Its latest revision with the text as sent (of HTML: the extracted text).
    """
    async with ask.reads.statement() as snapshot:
        row = await store.find(snapshot, article_id)
    if row is None:
        raise unknown_article()
    return _listed(Article, row)


def _listed(kind: type[A], row: StoredArticle) -> A:
    return from_row(kind, row, language=row.language or row.detected_language)
