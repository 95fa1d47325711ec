"""Readings of articles: which revision was read last, its language, and what checks go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, DateTime, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.press.figures.figure import Comparison, Figure, Period, Place
from shared.press.store.figures import NewFigure

ARTICLE_READINGS = Table(
    "article_readings",
    METADATA,
    Column("article_id", Uuid, primary_key=True),
    # The revision that was read last, and the language that its text turned out to be in.
    Column("event_id", Uuid, nullable=False),
    Column("language", Text),
    Column("read_at", DateTime(timezone=True), nullable=False),
    # What checks go by beside the figures as shown. It names its own revision: a worker of an older
    # release leaves what stands here as it is.
    Column("cues", JSONB),
)


class Cue(NamedTuple):
    """What the words say of a figure beside what is shown of it; numbers as they were written."""

    value: str
    value_max: str | None
    within: str | None
    role: Any
    per: Any
    sentence: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The revision that was read; `cues` is None where they are missing, or of another one."""

    event_id: UUID
    cues: tuple[Cue, ...] | None


async def find(snapshot: Snapshot, article_id: UUID) -> Reading | None:
    """Return what was read last of an article, None if it never was."""
    row = await snapshot.fetchrow(
        "SELECT event_id, cues FROM article_readings WHERE article_id = $1", article_id
    )
    if row is None:
        return None
    event_id, kept = row
    if kept is None or kept["event_id"] != str(event_id):
        return Reading(event_id, None)
    return Reading(event_id, tuple(Cue(*cue) for cue in kept["cues"]))


async def remember(
    tx: Transaction,
    article_id: UUID,
    event_id: UUID,
    language: str | None,
    figures: Sequence[Figure],
    at: datetime,
) -> None:
    """Remember which revision of an article was read last, its language and its cues."""
    await tx.execute(
        """INSERT INTO article_readings (article_id, event_id, language, read_at, cues)
           VALUES ($1, $2, $3, $4, $5) ON CONFLICT (article_id) DO UPDATE
              SET event_id = excluded.event_id, language = excluded.language,
                  read_at = excluded.read_at, cues = excluded.cues""",
        article_id,
        event_id,
        language,
        at,
        {"event_id": str(event_id), "cues": [list(_cue(figure)) for figure in figures]},
    )


def _cue(figure: Figure) -> Cue:
    return Cue(
        value=str(figure.value),
        value_max=None if figure.value_max is None else str(figure.value_max),
        within=figure.place.within if figure.place else None,
        role=figure.role,
        per=figure.per,
        sentence=figure.sentence,
    )


def figure_of(row: NewFigure, cue: Cue) -> Figure:
    """Return a figure as it was read, from what is shown of it and its cue."""
    period = None
    if row.period_start is not None and row.period_end is not None:
        period = Period(row.period_start, row.period_end)
    place = None
    if row.place_name is not None:
        place = Place(row.place_name, row.place_level, row.area_code, cue.within)
    values: dict[str, Any] = {"qualifier": row.qualifier, "kind": row.kind}
    direction: Any = row.direction
    return Figure(
        measure=row.measure,
        value=Decimal(cue.value),
        unit=row.unit,
        start=row.starts_at,
        end=row.ends_at,
        quote=row.quote,
        value_max=None if cue.value_max is None else Decimal(cue.value_max),
        place=place,
        period=period,
        population=row.population,
        comparison=None if direction is None else Comparison(direction, row.versus),
        ambiguous=tuple(row.ambiguous or ()),
        role=cue.role,
        per=cue.per,
        sentence=cue.sentence,
        **values,
    )
