"""Households' lines with money paid on them, beside what is now known of those households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.money.facts import DISBURSEMENTS
from shared.money.store.net_paid import NET_PAID
from shared.money.store.run_states import divides

# The partial index on lines with a content finds nothing for most households, and costs little.
_PAID = f"""
SELECT l.run_id, l.line, l.area_id, r.rule, r.as_of, r.known_at, paid.net_vnd,
    e.status, e.ethnic_group, e.area_type, e.standard, e.deprived, v.payload
FROM allocation_lines l JOIN allocation_runs r USING (run_id)
JOIN LATERAL (
    SELECT {NET_PAID} AS net_vnd
    FROM ({counting(DISBURSEMENTS)}) d
    WHERE d.run_id = l.run_id AND d.line = l.line) paid ON paid.net_vnd > 0
LEFT JOIN episodes e ON e.household_id = l.line AND e.known_to IS NULL
    AND e.valid_from <= r.as_of AND (e.valid_to IS NULL OR e.valid_to > r.as_of)
LEFT JOIN household_events v ON v.event_id = e.assessment
WHERE l.line = ANY($1::text[]) AND l.content IS NOT NULL AND l.amount_vnd > 0
    AND {divides("r")}
ORDER BY l.line, l.run_id
"""


@dataclass(frozen=True, slots=True)
class PaidHousehold:
    """A line with money on it, and the household's status and measurement on the run's day."""

    run_id: str
    household_id: str
    area_id: int | None
    rule: str
    as_of: date
    known_at: datetime
    net_vnd: int
    status: str | None
    ethnic_group: str | None
    area_type: str | None
    standard: str | None
    deprived: Sequence[str] | None
    payload: Mapping[str, Any] | None


async def of_households(snapshot: Snapshot, household_ids: Sequence[str]) -> list[PaidHousehold]:
    """Return the paid lines of these households, in order."""
    return [PaidHousehold(*row) for row in await snapshot.fetch(_PAID, household_ids)]
