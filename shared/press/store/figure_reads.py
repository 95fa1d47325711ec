"""Figures as they stand, or stood at an instant: of an article, and by measure, area and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct

from shared.kernel.database import Snapshot
from shared.press.figures.figure import Direction, Kind, Qualifier


class StoredFigure(Struct, frozen=True):
    """A figure as it stands; `starts_at` and `ends_at` count code points of the text."""

    seq: int
    figure_id: UUID
    article_id: UUID
    position: int
    measure: str
    value: Decimal
    value_max: Decimal | None
    unit: str
    qualifier: Qualifier
    place_name: str | None
    place_level: str | None
    area_code: str | None
    period_start: date | None
    period_end: date | None
    population: str
    kind: Kind
    direction: Direction | None
    versus: str | None
    quote: str
    starts_at: int
    ends_at: int
    ambiguous: Sequence[Decimal] | None


_SHOWN = """
f.seq, f.figure_id, f.article_id, f.position, f.measure, f.value, f.value_max, f.unit,
f.qualifier, f.place_name, f.place_level, f.area_code, f.period_start, f.period_end, f.population,
f.kind, f.direction, f.versus, f.quote, f.starts_at, f.ends_at, f.ambiguous
"""
_STANDS = """
(CASE WHEN $1::timestamptz IS NULL THEN f.known_to IS NULL
    ELSE f.known_from <= $1 AND (f.known_to IS NULL OR f.known_to > $1) END)
"""
# Figures without a period stand behind those of every day.
_END = "coalesce(f.period_end, DATE '9999-12-31')"


async def of_article(
    snapshot: Snapshot, article_id: UUID, known_at: datetime | None, after: int, limit: int
) -> list[StoredFigure]:
    """Return an article's figures in the order of its text, after a position."""
    rows = await snapshot.fetch(
        f"SELECT {_SHOWN} FROM figures f WHERE {_STANDS} AND f.article_id = $2 "
        "AND f.position > $3 ORDER BY f.position LIMIT $4",
        known_at,
        article_id,
        after,
        limit,
    )
    return [StoredFigure(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class FigureFilter:
    """Which figures are asked for; None: all. Days compare with the end of a figure's period."""

    measure: str | None = None
    areas: Sequence[int] | None = None
    from_date: date | None = None
    to_date: date | None = None
    kind: Kind | None = None


async def series(
    snapshot: Snapshot,
    known_at: datetime | None,
    figure_filter: FigureFilter,
    after: tuple[date, int] | None,
    limit: int,
) -> list[StoredFigure]:
    """Return figures as a time series: by the end of their period, undated ones last."""
    parameters: list[Any] = [known_at, limit]
    where = [_STANDS]

    def also(condition: str, value: Any) -> None:
        if value is not None:
            parameters.append(value)
            where.append(condition.format(f"${len(parameters)}"))

    also("f.measure = {}", figure_filter.measure)
    also("f.area_id = ANY({}::int[])", figure_filter.areas)
    also("f.period_end >= {}", figure_filter.from_date)
    also("f.period_end <= {}", figure_filter.to_date)
    also("f.kind = {}", figure_filter.kind)
    if after is not None:
        parameters += after
        place = f"(${len(parameters) - 1}::date, ${len(parameters)}::bigint)"
        where.append(f"({_END}, f.seq) > {place}")
    rows = await snapshot.fetch(
        f"SELECT {_SHOWN} FROM figures f WHERE {' AND '.join(where)} "
        f"ORDER BY {_END}, f.seq LIMIT $2",
        *parameters,
    )
    return [StoredFigure(*row) for row in rows]
