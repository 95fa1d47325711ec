"""One article read: its figures, and how they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.areas.tree import AreaTree
from shared.kernel.database import Snapshot
from shared.kernel.errors import DomainError
from shared.kernel.revisions import content_id
from shared.law.store.seeds import SeedCache
from shared.press.figures.figure import Figure
from shared.press.figures.kept_names import read
from shared.press.store.articles import StoredArticle
from shared.press.store.figures import NewFigure
from shared.runtime.child import Child, TooSlow
from shared.runtime.reader import read_apart

# Five megabytes full of figures take some ten seconds on a quiet machine.
READING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Read:
    """What stands in one revision of an article; `rows` are its figures as they are stored."""

    language: str
    figures: tuple[Figure, ...]
    rows: tuple[NewFigure, ...]


@dataclass(frozen=True)
class ArticleReader:
    """Reads articles in a process of their own, which ends with the time that one may take."""

    seeds: SeedCache
    child: Child

    async def read(self, snapshot: Snapshot, row: StoredArticle) -> Read:
        """Read a revision as stored; `reading_too_slow` when it takes more than its time."""
        areas = await self.seeds.areas(snapshot)
        try:
            reading = await read_apart(self.child, READING_SECONDS, read, areas, row)
        except TooSlow:
            raise DomainError(
                "reading_too_slow", f"the article took more than {READING_SECONDS:.0f} s to read"
            ) from None
        rows = (_row(row, areas, *numbered) for numbered in enumerate(reading.figures))
        return Read(reading.language, reading.figures, tuple(rows))


def _row(row: StoredArticle, areas: AreaTree, position: int, figure: Figure) -> NewFigure:
    place, period, comparison = figure.place, figure.period, figure.comparison
    name = f"{row.event_id}:{position}:{figure.start}:{figure.measure}:{figure.value}"
    code = place.area_code if place else None
    return NewFigure(
        figure_id=content_id(f"urn:poverty-registry:figure:{name}"),
        article_id=row.article_id,
        event_id=row.event_id,
        position=position,
        measure=figure.measure,
        value=figure.value,
        value_max=figure.value_max,
        unit=figure.unit,
        qualifier=figure.qualifier,
        place_name=place.name if place else None,
        place_level=place.level if place else None,
        area_code=code,
        area_id=_area_id(areas, code, period.end if period else row.published_on),
        period_start=period.start if period else None,
        period_end=period.end if period else None,
        population=figure.population,
        kind=figure.kind,
        direction=comparison.direction if comparison else None,
        versus=comparison.vs if comparison else None,
        quote=figure.quote,
        starts_at=figure.start,
        ends_at=figure.end,
        ambiguous=list(figure.ambiguous) or None,
    )


def _area_id(areas: AreaTree, code: str | None, day: date | None) -> int | None:
    """Return the unit with this code on the figure's day, else its newest one."""
    if code is None:
        return None
    units = areas.versions(code)
    on_day = [unit for unit in units if day and unit.in_force(day)]
    return (on_day or list(units))[-1].area_id
