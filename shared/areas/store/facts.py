"""Area facts that count on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text

from shared.areas.facts import AREA_FACTS
from shared.kernel.database import Snapshot
from shared.kernel.knowledge import RECORDINGS
from shared.kernel.receipts import reviewed
from shared.kernel.revisions import counting

# Of doors that were recorded together all are named.
_OF_AREA_FACTS = f"door LIKE '%{AREA_FACTS.name}%'"
Index("ix_recordings_area_facts", RECORDINGS.c.recorded_at, postgresql_where=text(_OF_AREA_FACTS))


@dataclass(frozen=True, slots=True)
class AreaFact:
    """What is known of a unit from `on` on; `payload` as posted."""

    event_id: UUID
    area_id: int
    on: date
    source: str
    external_id: str
    recorded_at: datetime
    payload: dict[str, Any]


async def in_force(
    snapshot: Snapshot, area_ids: Sequence[int] | None, as_of: date, known_at: datetime | None
) -> dict[int, AreaFact]:
    """Return, per unit, the fact that counts on a day: latest `on`, then (external_id, source).

    Of all units if none are named: 13,000 ids would cost more than the answer.
    """
    rows = await snapshot.fetch(
        f"""
        SELECT DISTINCT ON (area_id) event_id, area_id, on_date, source, external_id, recorded_at,
            payload
        FROM ({counting(AREA_FACTS, "$3")}) f
        WHERE ($1::int[] IS NULL OR area_id = ANY($1::int[])) AND on_date <= $2
        ORDER BY area_id, on_date DESC, external_id COLLATE "C" DESC, source COLLATE "C" DESC
        """,
        None if area_ids is None else list(area_ids),
        as_of,
        known_at,
    )
    return {row[1]: AreaFact(*row) for row in rows}


# Processed when the findings of every unit that it ever named take it in.
CONCERNED = reviewed("SELECT 'area:' || area_code AS item FROM revised WHERE area_code IS NOT NULL")


async def of_codes(snapshot: Snapshot, codes: Sequence[str]) -> list[AreaFact]:
    """Return every fact that counts of units of these codes, one for a unit and day."""
    rows = await snapshot.fetch(
        f"""
        SELECT DISTINCT ON (area_id, on_date) event_id, area_id, on_date, source, external_id,
            now(), payload
        FROM ({counting(AREA_FACTS)}) f WHERE area_code = ANY($1::text[])
        ORDER BY area_id, on_date, external_id COLLATE "C" DESC, source COLLATE "C" DESC
        """,
        list(codes),
    )
    return [AreaFact(*row) for row in rows]


async def having(snapshot: Snapshot, codes: Sequence[str]) -> list[str]:
    """Return those of the codes of which any fact was posted, in order."""
    rows = await snapshot.fetch(
        "SELECT c FROM unnest($1::text[]) u (c) "
        "WHERE EXISTS (SELECT 1 FROM area_facts f WHERE f.area_code = c) ORDER BY c",
        list(codes),
    )
    return [row[0] for row in rows]


async def version(snapshot: Snapshot, known_at: datetime | None) -> datetime | None:
    """Return when the last fact known at an instant (None: now) was recorded: it tells them all.

    Facts are only ever added, and what is added later gets a later instant.
    """
    at: datetime | None = await snapshot.fetchval(
        f"SELECT max(recorded_at) FROM recordings WHERE {_OF_AREA_FACTS} "
        "AND ($1::timestamptz IS NULL OR recorded_at <= $1)",
        known_at,
    )
    return at
