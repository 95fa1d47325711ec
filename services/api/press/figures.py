"""Figures read out of articles: of one article, and as time series."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from services.api.press.articles import UNKNOWN_ARTICLE, ArticleId, unknown_article
from services.api.press.evidence import EXPLAINING_TOO_SLOW, Slot, evidence_of, weighed
from services.api.press.measures import check_measure
from services.api.words import NextCursor
from shared.access.caller import ARTICLES_READ
from shared.areas.reach import holders
from shared.http import parameters
from shared.http.ask import Ask, Known, from_row
from shared.http.heavy import TOO_MANY
from shared.http.operations import Routes
from shared.http.problems import UNKNOWN_AREA
from shared.press.figures.figure import Direction, Kind, Qualifier
from shared.press.store import articles
from shared.press.store import figure_reads as store
from shared.press.store.figure_reads import StoredFigure

routes = Routes("press")

# Cursors hold days as text; a figure without a period stands behind every day.
_LAST = date(9999, 12, 31)


class FigurePlace(Struct, frozen=True):
    """Where a figure holds."""

    name: Annotated[str, Meta(description="As the text names it.")]
    level: Annotated[str | None, Meta(description="The level that the text means.")]
    area_code: Annotated[
        str | None, Meta(description="Null where no one unit of that day fits the name.")
    ]


class Period(Struct, frozen=True):
    """Days that a figure is about, both included."""

    start: Annotated[date, Meta(description="First day.")]
    end: Annotated[date, Meta(description="Last day; the same for a level at a date.")]


class ChangeFrom(Struct, frozen=True):
    """The direction of a change, and what it is counted from."""

    direction: Annotated[Direction, Meta(description="Whether it rose or fell.")]
    vs: Annotated[str | None, Meta(description="The day or period before, where the text says.")]


class Figure(Struct, frozen=True):
    """One figure, with the words that say it."""

    figure_id: Annotated[UUID, Meta(description="Id of the figure.")]
    article_id: Annotated[UUID, Meta(description="The article that states it.")]
    measure: Annotated[str, Meta(description="What it measures, such as `poverty_rate`.")]
    value: Annotated[int | float, Meta(description="Exact; đồng for money, percent for rates.")]
    value_max: Annotated[
        int | float | None, Meta(description="Upper end of a range; null: no range.")
    ]
    unit: Annotated[str, Meta(description="What it counts: `vnd`, `percent`, `households`, …")]
    qualifier: Annotated[Qualifier, Meta(description="How exactly the text says it.")]
    place: Annotated[FigurePlace | None, Meta(description="Where it holds, if the text says.")]
    period: Annotated[Period | None, Meta(description="When it holds, if the text says.")]
    population: Annotated[str, Meta(description="Whom it is about, such as `all` or `minority`.")]
    kind: Annotated[Kind, Meta(description="Whether it is, is expected, is aimed at, or is due.")]
    comparison: Annotated[ChangeFrom | None, Meta(description="Of a change.")]
    quote: Annotated[str, Meta(description="An exact part of the text around the number.")]
    start: Annotated[int, Meta(description="First code point of the number's own words.")]
    end: Annotated[int, Meta(description="The code point after them.")]
    ambiguous: Annotated[
        list[int | float] | None,
        Meta(description="All readings of a number that has more than one."),
    ]
    evidence: (
        Annotated[
            list[Slot] | None,
            Meta(
                description="How each part was filled, where `explain` asks for it; null: the "
                "present engine reads no figure there."
            ),
        ]
        | UnsetType
    ) = UNSET

    @classmethod
    def of(cls, row: StoredFigure, evidence: list[Slot] | UnsetType | None = UNSET) -> Figure:
        """Return a figure in the words of the contract."""
        place = period = comparison = None
        if row.place_name:
            place = FigurePlace(row.place_name, row.place_level, row.area_code)
        if row.period_start and row.period_end:
            period = Period(row.period_start, row.period_end)
        if row.direction:
            comparison = ChangeFrom(row.direction, row.versus)
        return from_row(
            cls,
            row,
            value=number(row.value),
            value_max=None if row.value_max is None else number(row.value_max),
            place=place,
            period=period,
            comparison=comparison,
            start=row.starts_at,
            end=row.ends_at,
            ambiguous=[number(value) for value in row.ambiguous] if row.ambiguous else None,
            evidence=evidence,
        )


def number(value: Decimal) -> int | float:
    """Return a value as a JSON number; printed figures are short enough to survive it."""
    return int(value) if value == value.to_integral_value() else float(value)


class Figures(Struct, frozen=True):
    """A page of figures."""

    items: Annotated[list[Figure], Meta(description="Figures in their order.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/articles/{article_id}/figures",
    scope=ARTICLES_READ,
    clock=Known,
    cursor=[parameters.whole_number],
    problems=[UNKNOWN_ARTICLE, EXPLAINING_TOO_SLOW, TOO_MANY],
)
async def list_article_figures(
    ask: Ask,
    article_id: ArticleId,
    explain: Annotated[
        str, parameters.choice(("true", "false"), "Whether to give evidence.").but(default="false")
    ] = "false",
) -> Figures:
    """Figures of an article.

    Every figure that its latest revision states, in the order of the text, with the words that say
    it. `start` and `end` count code points of the article's `text`. With `explain=true` the text is
    read again, and each figure has the `evidence` that it was read by.
    """
    page = ask.page
    after = page.after[0] if page.after else -1
    async with ask.snapshot() as snapshot:
        article = await articles.find(snapshot, article_id)
        if article is None:
            raise unknown_article()
        rows = await store.of_article(snapshot, article_id, ask.known_at, after, page.fetch)
    shown, next_cursor = page.cut(rows, lambda row: [row.position])
    if explain == "false":
        return Figures([Figure.of(row) for row in shown], next_cursor)
    text, spans = article.text or "", await weighed(ask, article)
    return Figures([Figure.of(r, evidence_of(r, text, spans)) for r in shown], next_cursor)


def _day(value: Any) -> date:
    return date.fromisoformat(value)


@routes.get(
    "/v1/figures",
    scope=ARTICLES_READ,
    clock=Known,
    cursor=[_day, parameters.whole_number],
    problems=[UNKNOWN_AREA],
)
async def list_figures(
    ask: Ask,
    measure: Annotated[
        str | None, parameters.text("Only figures of this measure, such as poverty_rate.")
    ] = None,
    area: Annotated[
        str | None,
        parameters.text("Code of a unit, of whichever map; the figure's place is in it."),
    ] = None,
    from_date: Annotated[
        date | None, parameters.day("Only figures whose period ends on this day or later.")
    ] = None,
    to_date: Annotated[
        date | None, parameters.day("Only figures whose period ends on this day or before.")
    ] = None,
    kind: Annotated[Kind | None, parameters.choice(Kind, "Only figures of this kind.")] = None,
) -> Figures:
    """Figures as time series.

    Figures of all articles, in order of the end of their period; those without one come last.
    Callers bound to an area see figures about it and what is below.
    """
    page = ask.page
    areas = holders(await ask.tree(), ask.caller.area, area, ask.today)
    if measure is not None:
        await check_measure(ask, measure)
    matching = store.FigureFilter(measure, areas, from_date, to_date, kind)
    async with ask.snapshot() as snapshot:
        rows = await store.series(snapshot, ask.known_at, matching, page.after, page.fetch)
    shown, next_cursor = page.cut(
        rows, lambda row: [(row.period_end or _LAST).isoformat(), row.seq]
    )
    return Figures([Figure.of(row) for row in shown], next_cursor)
