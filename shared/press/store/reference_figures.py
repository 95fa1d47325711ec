"""Official figures that count: what articles are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from shared.kernel.database import Snapshot
from shared.kernel.receipts import reviewed
from shared.kernel.revisions import counting
from shared.press.facts import REFERENCE_FIGURES

_ARTICLES = """
    SELECT DISTINCT 'article:' || f.article_id AS subject, f.article_id::text AS item
    FROM revised JOIN figures f USING (area_id) WHERE f.known_to IS NULL
"""
# Processed when every article about its areas has been read since; articles that are read later for
# the first time see it anyway. It may fail on its own, before it is known which articles there are.
CONCERNED = f"""
    {reviewed(_ARTICLES, "subject")}
    UNION ALL SELECT 'infinity', event_id::text FROM asked
"""


@dataclass(frozen=True, slots=True)
class OfficialFigure:
    """An official figure that counts."""

    area_id: int
    measure: str
    value: Decimal
    on_date: date
    standard: str | None
    preliminary: bool
    decision_no: str | None


async def list_counting(
    snapshot: Snapshot, known_at: datetime | None = None
) -> list[OfficialFigure]:
    """Return the official figures that count: highest revisions, withdrawn ones out.

    Values as they were printed: the driver by itself reads 10000 as 1E+4, which says that only the
    first digit is exact.
    """
    given = () if known_at is None else (known_at,)
    rows = await snapshot.fetch(
        "SELECT area_id, measure, value::text, on_date, standard, coalesce(preliminary, false), "
        "payload->>'decision_no' "
        f"FROM ({counting(REFERENCE_FIGURES, '$1' if given else None)}) f "
        "ORDER BY source, external_id",
        *given,
    )
    return [
        OfficialFigure(area_id, measure, Decimal(value), *others)
        for area_id, measure, value, *others in rows
    ]


async def areas_concerned(snapshot: Snapshot, event_ids: Sequence[UUID]) -> list[int]:
    """Return the units that any revision of these facts is about: all of them may have changed."""
    rows = await snapshot.fetch(
        """
        SELECT DISTINCT e.area_id FROM reference_figures k
        JOIN reference_figures e USING (source, external_id)
        WHERE k.event_id = ANY($1::uuid[]) AND e.area_id IS NOT NULL ORDER BY e.area_id
        """,
        event_ids,
    )
    return [row[0] for row in rows]
