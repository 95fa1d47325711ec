"""Figures read out of articles: of the latest revision, and in system time of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

FIGURES = Table(
    "figures",
    METADATA,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("figure_id", Uuid, nullable=False),
    Column("article_id", Uuid, nullable=False),
    # The revision of the article whose text says it.
    Column("event_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("measure", Text, nullable=False),
    Column("value", Numeric, nullable=False),
    Column("value_max", Numeric),
    Column("unit", Text, nullable=False),
    Column("qualifier", Text, nullable=False),
    Column("place_name", Text),
    Column("place_level", Text),
    Column("area_code", Text),
    Column("area_id", Integer),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("population", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("direction", Text),
    Column("versus", Text),
    Column("quote", Text, nullable=False),
    # Code points of the number's own words in the article's text.
    Column("starts_at", Integer, nullable=False),
    Column("ends_at", Integer, nullable=False),
    # All readings of a number that can be read more than one way.
    Column("ambiguous", ARRAY(Numeric)),
    Column("known_from", DateTime(timezone=True), nullable=False),
    Column("known_to", DateTime(timezone=True)),
)
_CURRENT = FIGURES.c.known_to.is_(None)
Index("ix_figures_article", FIGURES.c.article_id, FIGURES.c.position)
# What is told to subscribers goes by the instant.
Index("ix_figures_read", FIGURES.c.known_from)
Index("ix_figures_changed", FIGURES.c.known_to, postgresql_where=FIGURES.c.known_to.is_not(None))
Index("ix_figures_measure", FIGURES.c.measure, FIGURES.c.area_id, postgresql_where=_CURRENT)


class NewFigure(NamedTuple):
    """One figure as it is stored, without its system time."""

    figure_id: UUID
    article_id: UUID
    event_id: UUID
    position: int
    measure: str
    value: Decimal
    value_max: Decimal | None
    unit: str
    qualifier: str
    place_name: str | None
    place_level: str | None
    area_code: str | None
    area_id: int | None
    period_start: date | None
    period_end: date | None
    population: str
    kind: str
    direction: str | None
    versus: str | None
    quote: str
    starts_at: int
    ends_at: int
    ambiguous: list[Decimal] | None


async def standing(snapshot: Snapshot, article_id: UUID) -> list[NewFigure]:
    """Return the figures that stand of an article, in the order of its text."""
    rows = await snapshot.fetch(
        f"SELECT {', '.join(NewFigure._fields)} FROM figures "
        "WHERE known_to IS NULL AND article_id = $1 ORDER BY position",
        article_id,
    )
    return [NewFigure(*row) for row in rows]


async def close(tx: Transaction, article_id: UUID, at: datetime) -> None:
    """Let an article's figures stand no longer: the text has changed, or is gone."""
    await tx.execute(
        "UPDATE figures SET known_to = $2 WHERE known_to IS NULL AND article_id = $1",
        article_id,
        at,
    )


async def insert(tx: Transaction, figures: Sequence[NewFigure], at: datetime) -> None:
    """Insert the figures that were read, in their order."""
    names = NewFigure._fields
    placeholders = ", ".join(f"${n}" for n in range(1, len(names) + 2))
    await tx.executemany(
        f"INSERT INTO figures ({', '.join(names)}, known_from) VALUES ({placeholders})",
        [(*figure, at) for figure in figures],
    )


async def articles_about(snapshot: Snapshot, area_codes: Sequence[str]) -> list[UUID]:
    """Return the articles with standing figures about units with these codes."""
    rows = await snapshot.fetch(
        "SELECT DISTINCT article_id FROM figures "
        "WHERE known_to IS NULL AND area_code = ANY($1::text[]) ORDER BY article_id",
        area_codes,
    )
    return [row[0] for row in rows]


async def counted_codes(snapshot: Snapshot) -> set[str]:
    """Return the codes of areas of which an article says what the register counts too."""
    rows = await snapshot.fetch(
        "SELECT DISTINCT area_code FROM figures WHERE known_to IS NULL "
        "AND measure IN ('poor_households', 'near_poor_households') AND area_code IS NOT NULL"
    )
    return {row[0] for row in rows}


async def areas_of_households(snapshot: Snapshot, household_ids: Sequence[str]) -> list[int]:
    """Return the units where these households live or have lived, as reported."""
    rows = await snapshot.fetch(
        "SELECT DISTINCT area_id FROM episodes WHERE known_to IS NULL "
        "AND household_id = ANY($1::text[]) AND area_id IS NOT NULL ORDER BY area_id",
        household_ids,
    )
    return [row[0] for row in rows]
