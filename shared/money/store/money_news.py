"""What happened to money since an instant, in commit order: funds, runs that ended, payments.

Each statement gives whole commits: as many rows as are wanted, and those of the same instant.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting, said
from shared.money.facts import DISBURSEMENTS, FUNDS

_WHOLE_COMMITS = "FETCH FIRST $3 ROWS WITH TIES"


class StoredFundNews(Struct, frozen=True):
    """A revision of a fund; `area_id` is the unit that holds it."""

    recorded_at: datetime
    fund_id: str
    event_id: UUID
    source: str
    external_id: str
    revision: int
    withdrawn: bool
    area_id: int | None


class StoredRunNews(Struct, frozen=True):
    """A run that ended; `area_id` is the unit that holds its fund."""

    recorded_at: datetime
    run_id: str
    fund_id: str
    state: Literal["completed", "refused"]
    mode: Literal["commit", "preview"]
    supersedes: str | None
    area_id: int | None


class StoredPaymentNews(Struct, frozen=True):
    """A revision of a payment; `area_id` is the unit of its line, `holder_id` that of its fund."""

    recorded_at: datetime
    fund_id: str
    run_id: str
    line: str
    of_household: bool
    kind: Literal["paid", "returned"]
    amount_vnd: int
    paid_on: date
    event_id: UUID
    source: str
    external_id: str
    revision: int
    withdrawn: bool
    area_id: int | None
    holder_id: int | None


_FUNDS = f"""
SELECT g.recorded_at, s.fund_id, d.event_id, d.source, d.external_id, d.revision, d.withdrawn,
    s.area_id
FROM recordings g JOIN funds d USING (recording_id)
CROSS JOIN LATERAL ({said(FUNDS, "fund_id", "area_id")}) s
WHERE g.recorded_at > $1 AND g.recorded_at <= $2
ORDER BY g.recorded_at {_WHOLE_COMMITS}
"""
_RUNS = f"""
SELECT r.completed_at, r.run_id, r.fund_id, r.state, r.mode, r.supersedes, f.area_id
FROM allocation_runs r LEFT JOIN ({counting(FUNDS)}) f USING (fund_id)
WHERE r.completed_at > $1 AND r.completed_at <= $2
ORDER BY r.completed_at {_WHOLE_COMMITS}
"""
_PAYMENT = said(DISBURSEMENTS, "run_id", "line", "kind", "amount_vnd", "paid_on")
_PAYMENTS = f"""
SELECT g.recorded_at, r.fund_id, s.run_id, s.line, r.content IS NOT NULL, s.kind, s.amount_vnd,
    s.paid_on, d.event_id, d.source, d.external_id, d.revision, d.withdrawn, l.area_id, f.area_id
FROM recordings g JOIN disbursements d USING (recording_id)
CROSS JOIN LATERAL ({_PAYMENT}) s
JOIN allocation_runs r ON r.run_id = s.run_id
LEFT JOIN allocation_lines l ON l.run_id = s.run_id AND l.line = s.line
LEFT JOIN ({counting(FUNDS)}) f ON f.fund_id = r.fund_id
WHERE g.recorded_at > $1 AND g.recorded_at <= $2
ORDER BY g.recorded_at {_WHOLE_COMMITS}
"""


async def list_funds(
    snapshot: Snapshot, after: datetime, until: datetime, wanted: int
) -> list[StoredFundNews]:
    """Return the revisions of funds that were committed after an instant, up to another."""
    return [StoredFundNews(*row) for row in await snapshot.fetch(_FUNDS, after, until, wanted)]


async def list_runs(
    snapshot: Snapshot, after: datetime, until: datetime, wanted: int
) -> list[StoredRunNews]:
    """Return the runs that ended after an instant, up to another."""
    return [StoredRunNews(*row) for row in await snapshot.fetch(_RUNS, after, until, wanted)]


async def list_payments(
    snapshot: Snapshot, after: datetime, until: datetime, wanted: int
) -> list[StoredPaymentNews]:
    """Return the revisions of payments that were committed after an instant, up to another."""
    rows = await snapshot.fetch(_PAYMENTS, after, until, wanted)
    return [StoredPaymentNews(*row) for row in rows]
