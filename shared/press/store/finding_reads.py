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


async def list_findings(
    snapshot: Snapshot,
    known_at: datetime | None,
    finding_filter: FindingFilter,
    after: int,
    limit: int,
) -> list[StoredFinding]:
    """Return the findings that stood at an instant, by number."""
    rows = await snapshot.fetch(
        """
        SELECT seq, finding_id, kind, subject, article_id, area_id, body, known_from
        FROM findings
        WHERE seq > $2
            AND (CASE WHEN $1::timestamptz IS NULL THEN known_to IS NULL
                ELSE known_from <= $1 AND (known_to IS NULL OR known_to > $1) END)
            AND ($3::uuid IS NULL OR article_id = $3) AND ($4::text IS NULL OR subject = $4)
            AND ($5::text IS NULL OR kind = $5) AND ($6::int[] IS NULL OR area_id = ANY($6))
            AND split_part(subject, ':', 1) <> ALL($7::text[])
        ORDER BY seq LIMIT $8
        """,
        known_at,
        after,
        finding_filter.article_id,
        finding_filter.subject,
        finding_filter.kind,
        finding_filter.areas,
        list(finding_filter.hidden),
        limit,
    )
    return [StoredFinding(*row) for row in rows]
