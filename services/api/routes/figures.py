"""Figures read out of articles: of one article, as time series, and marked in its text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.api import article_page, asking, funding
from services.api.examples import figures as examples
from services.api.schemas import figures as schemas
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import ARTICLES_READ, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import KNOWN_AT, LIMIT, read, write_cursor
from shared.http.problems import Problem, not_found
from shared.http.undeclared import operation
from shared.press.store import articles, finding_reads
from shared.press.store import figure_reads as store

router = APIRouter(tags=["articles"], route_class=PlainRoute)

KINDS = ("actual", "forecast", "target", "norm")
PATH = {"article_id": ("Id of the article.", "0b2f8e7e-0f43-5c0a-9d52-6a5c39f0b1aa")}
_OF_ARTICLE = {
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(parameters.whole_number),
    "limit": LIMIT,
}
_PROBLEMS = ("invalid_request", "not_settled", "in_future")
# Cursors hold days as text; a figure without a period stands behind every day.
_LAST = date(9999, 12, 31)


def _day(value: Any) -> date:
    return date.fromisoformat(value)


_SERIES = {
    "measure": parameters.text("Only figures of this measure, such as poverty_rate."),
    "area": parameters.text("Code of a unit, of whichever map; the figure's place is in it."),
    "from_date": parameters.day("Only figures whose period ends on this day or later."),
    "to_date": parameters.day("Only figures whose period ends on this day or before."),
    "kind": parameters.choice(KINDS, "Only figures of this kind."),
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(_day, parameters.whole_number),
    "limit": LIMIT,
}


@router.get(
    "/v1/articles/{article_id}/figures",
    **operation(
        "Figures of an article",
        "Every figure that its latest revision states, in the order of the text, with the words "
        "that say it. `start` and `end` count code points of the article's `text`.",
        model=schemas.Figures,
        example=examples.FIGURES,
        parameters=_OF_ARTICLE,
        path=PATH,
        problems=("unknown_article", *_PROBLEMS),
        scope=ARTICLES_READ,
    ),
)
async def of_article(request: Request) -> Response:
    """Answer a page of an article's figures."""
    context, _ = context_of(request), authorize(request, ARTICLES_READ)
    asked = read(request, _OF_ARTICLE)
    article_id, known_at, limit = _article_id(request), asked["known_at"], asked["limit"]
    after = asked["cursor"][0] if asked["cursor"] else -1
    async with asking.reading(context, known_at) as (snapshot, settled):
        if await articles.find(snapshot, article_id) is None:
            raise _unknown()
        rows = await store.of_article(snapshot, article_id, known_at, after, limit + 1)
    following = write_cursor([rows[limit - 1]["position"]]) if len(rows) > limit else None
    body = {"items": [shown(row) for row in rows[:limit]], "next_cursor": following}
    return answer(request, body, asking.echoes(None, known_at, settled))


@router.get(
    "/v1/figures",
    **operation(
        "Figures as time series",
        "Figures of all articles, in order of the end of their period; those without one come "
        "last. Callers bound to an area see figures about it and what is below.",
        model=schemas.Figures,
        example=examples.FIGURES,
        parameters=_SERIES,
        problems=("unknown_area", *_PROBLEMS),
        scope=ARTICLES_READ,
    ),
)
async def series(request: Request) -> Response:
    """Answer a page of figures."""
    context, caller = context_of(request), authorize(request, ARTICLES_READ)
    asked = read(request, _SERIES)
    known_at, limit, tree = asked["known_at"], asked["limit"], await context.areas.tree()
    wanted = store.Asked(
        measure=asked["measure"],
        areas=funding.holders(tree, caller, asked["area"], context.clock.today()),
        from_date=asked["from_date"],
        to_date=asked["to_date"],
        kind=asked["kind"],
    )
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = await store.series(snapshot, known_at, wanted, asked["cursor"], limit + 1)
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = write_cursor([(last["period_end"] or _LAST).isoformat(), last["seq"]])
    body = {"items": [shown(row) for row in rows[:limit]], "next_cursor": following}
    return answer(request, body, asking.echoes(None, known_at, settled))


@router.get(
    "/v1/articles/{article_id}/view",
    **operation(
        "An article to look at",
        "An HTML page: the text with its figures marked, and the findings beside it.",
        example="<!doctype html>…",
        parameters={},
        path=PATH,
        problems=("unknown_article", "invalid_request"),
        media_type="text/html",
        scope=ARTICLES_READ,
    ),
)
async def view(request: Request) -> Response:
    """Answer an article as a page."""
    context, _ = context_of(request), authorize(request, ARTICLES_READ)
    read(request, {})
    article_id = _article_id(request)
    async with context.database.snapshot() as snapshot:
        row = await articles.find(snapshot, article_id)
        if row is None:
            raise _unknown()
        rows = await store.of_article(snapshot, article_id, None, -1, article_page.FIGURES_MAX)
        asked = finding_reads.Asked(article_id=article_id)
        findings = await finding_reads.page(snapshot, None, asked, 0, article_page.FINDINGS_MAX)
    page = article_page.page(row, [shown(r) for r in rows], [dict(f) for f in findings])
    return HTMLResponse(page, headers=article_page.HEADERS)


def _article_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["article_id"])
    except ValueError:
        raise _unknown() from None


def _unknown() -> Problem:
    return not_found("unknown_article", "no such article is known")


def shown(row: Record) -> dict[str, Any]:
    """Show a figure in the words of the contract."""
    place = {"name": row["place_name"], "level": row["place_level"], "area_code": row["area_code"]}
    period = {"start": row["period_start"], "end": row["period_end"]}
    comparison = {"direction": row["direction"], "vs": row["versus"]}
    return {
        "figure_id": row["figure_id"],
        "article_id": row["article_id"],
        "measure": row["measure"],
        "value": number(row["value"]),
        "value_max": number(row["value_max"]),
        "unit": row["unit"],
        "qualifier": row["qualifier"],
        "place": place if row["place_name"] else None,
        "period": period if row["period_start"] else None,
        "population": row["population"],
        "kind": row["kind"],
        "comparison": comparison if row["direction"] else None,
        "quote": row["quote"],
        "start": row["starts_at"],
        "end": row["ends_at"],
        "ambiguous": [number(value) for value in row["ambiguous"]] if row["ambiguous"] else None,
    }


def number(value: Decimal | None) -> int | float | None:
    """Return a value as a JSON number; printed figures are short enough to survive it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
