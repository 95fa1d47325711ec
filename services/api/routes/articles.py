"""Articles as received: the list, and one with its text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api.examples import articles as examples
from services.api.schemas import articles as schemas
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import ARTICLES_READ, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import LIMIT, read, write_cursor
from shared.http.problems import not_found
from shared.http.undeclared import operation
from shared.press.store import articles as store

router = APIRouter(tags=["articles"], route_class=PlainRoute)

_LIST = {"cursor": parameters.cursor(UUID), "limit": LIMIT}
_PATH = {"article_id": ("Id of the article.", "0b2f8e7e-0f43-5c0a-9d52-6a5c39f0b1aa")}
_SHOWN = (
    "article_id",
    "source",
    "external_id",
    "revision",
    "event_id",
    "url",
    "language",
    "published_on",
    "title",
    "recorded_at",
)


@router.get(
    "/v1/articles",
    **operation(
        "Articles",
        "The latest revision of every article that is not withdrawn, without its text.",
        model=schemas.Articles,
        example=examples.ARTICLES,
        parameters=_LIST,
        problems=("invalid_request",),
        scope=ARTICLES_READ,
    ),
)
async def many(request: Request) -> Response:
    """Answer a page of articles."""
    context, _ = context_of(request), authorize(request, ARTICLES_READ)
    asked = read(request, _LIST)
    limit = asked["limit"]
    async with context.database.statement() as snapshot:
        rows = await store.page(
            snapshot, asked["cursor"][0] if asked["cursor"] else None, limit + 1
        )
    following = write_cursor([rows[limit - 1]["article_id"]]) if len(rows) > limit else None
    items = [_shown(row) for row in rows[:limit]]
    return answer(request, {"items": items, "next_cursor": following})


@router.get(
    "/v1/articles/{article_id}",
    **operation(
        "An article",
        "Its latest revision with the text as sent (of HTML: the extracted text).",
        model=schemas.Article,
        example=examples.ARTICLE,
        parameters={},
        path=_PATH,
        problems=("unknown_article", "invalid_request"),
        scope=ARTICLES_READ,
    ),
)
async def one(request: Request) -> Response:
    """Answer one article."""
    context, _ = context_of(request), authorize(request, ARTICLES_READ)
    read(request, {})
    article_id = _uuid(request.path_params["article_id"])
    async with context.database.statement() as snapshot:
        row = None if article_id is None else await store.find(snapshot, article_id)
    if row is None:
        raise not_found("unknown_article", "no such article is known")
    return answer(request, {**_shown(row), "text": row["text"]})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in _SHOWN}
    # As sent, else as the reader found it; null until the article has been read.
    return {**shown, "language": row["language"] or row["detected_language"]}
