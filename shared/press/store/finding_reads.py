"""Findings that stand, or stood at an instant, in the order in which they were raised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from shared.kernel.database import Snapshot


class StoredFinding(Struct, frozen=True):
    """A finding that stands; `body` has figures, expected, stated, tolerance and explanation."""

    seq: int
    finding_id: UUID
    kind: str
    subject: str
    article_id: UUID | None
    area_id: int | None
    body: dict[str, Any]
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings are asked for; None: all. `hidden`: kinds of subject that are left out."""

    article_id: UUID | None = None
    subject: str | None = None
    kind: str | None = None
    areas: Sequence[int] | None = None
    hidden: Sequence[str] = ()


_MATCHING = """
(CASE WHEN $1::timestamptz IS NULL THEN known_to IS NULL
    ELSE known_from <= $1 AND (known_to IS NULL OR known_to > $1) END)
AND ($2::uuid IS NULL OR article_id = $2) AND ($3::text IS NULL OR subject = $3)
AND ($4::text IS NULL OR kind = $4) AND ($5::int[] IS NULL OR area_id = ANY($5))
AND split_part(subject, ':', 1) <> ALL($6::text[])
"""


def _parameters(known_at: datetime | None, finding_filter: FindingFilter) -> tuple[Any, ...]:
    return (
        known_at,
        finding_filter.article_id,
        finding_filter.subject,
        finding_filter.kind,
        finding_filter.areas,
        list(finding_filter.hidden),
    )


async def count_findings(
    snapshot: Snapshot, known_at: datetime | None, finding_filter: FindingFilter
) -> dict[str, int]:
    """Return how many findings stood at an instant, by kind."""
    rows = await snapshot.fetch(
        f"SELECT kind, count(*) FROM findings WHERE {_MATCHING} GROUP BY kind ORDER BY kind",
        *_parameters(known_at, finding_filter),
    )
    return {row[0]: row[1] for row in rows}


async def list_findings(
    snapshot: Snapshot,
    known_at: datetime | None,
    finding_filter: FindingFilter,
    after: int,
    limit: int,
) -> list[StoredFinding]:
    """Return the findings that stood at an instant, by number."""
    rows = await snapshot.fetch(
        f"""
        SELECT seq, finding_id, kind, subject, article_id, area_id, body, known_from
        FROM findings WHERE {_MATCHING} AND seq > $7 ORDER BY seq LIMIT $8
        """,
        *_parameters(known_at, finding_filter),
        after,
        limit,
    )
    return [StoredFinding(*row) for row in rows]
