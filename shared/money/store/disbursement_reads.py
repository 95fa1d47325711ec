"""What is known of payments: the list, sums by area and month, and the lines that stand still.

The matched funds, their committed runs and what was paid of them are those of `fund_reads`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.money.facts import DISBURSEMENTS, FUNDS
from shared.money.progress import Money
from shared.money.store.fund_reads import LEDGER, FundFilter
from shared.money.store.net_paid import net

_PAGE = f"""
SELECT r.run_id, r.fund_id, d.line, r.content IS NOT NULL, l.area_id, d.event_id, d.source,
    d.external_id, d.revision, d.amount_vnd, d.paid_on, d.kind, d.recorded_at
FROM ({counting(DISBURSEMENTS, "$1")}) d
JOIN allocation_runs r USING (run_id)
LEFT JOIN allocation_lines l ON l.run_id = d.run_id AND l.line = d.line
WHERE ($2::text IS NULL OR d.run_id = $2) AND ($3::text IS NULL OR r.fund_id = $3)
    AND ($4::text IS NULL OR d.line = $4)
    AND ($5::date IS NULL OR d.paid_on >= $5) AND ($6::date IS NULL OR d.paid_on <= $6)
    AND ($7::int[] IS NULL OR (l.area_id = ANY($7) AND r.fund_id IN (
        SELECT f.fund_id FROM ({counting(FUNDS, "$1")}) f WHERE f.area_id = ANY($7))))
    AND ($8::date IS NULL OR (d.paid_on, d.event_id) > ($8, $9::uuid))
ORDER BY d.paid_on, d.event_id LIMIT $10
"""


class OfLine(Struct, frozen=True):
    """Which line of which run: an area's by its code, or a household's by its id."""

    run_id: str
    fund_id: str
    line: str
    of_household: bool
    area_id: int | None


class Payment(OfLine, frozen=True):
    """The revision of a payment or a return that counts."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    amount_vnd: int
    paid_on: date
    kind: Literal["paid", "returned"]
    recorded_at: datetime


class AreaSum(Struct, frozen=True):
    """Sums of the lines of a unit in runs of one day; None: lines of no known unit."""

    area_id: int | None
    as_of: date
    allocated: int
    paid: int
    returned: int

    @property
    def sums(self) -> Money:
        """Return what was allocated, paid and returned."""
        return Money(self.allocated, self.paid, self.returned)


class MonthSum(Struct, frozen=True):
    """What was paid and returned in the month that begins on a day."""

    month: date
    paid: int
    returned: int


class StalledLine(OfLine, frozen=True):
    """A line with money left; `last_movement_on` None: nothing was ever paid of it."""

    amount_vnd: int
    paid: int
    returned: int
    passed_on: int
    last_movement_on: date | None
    allocated_on: date


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which payments are asked for; None: all. `holders` may hold the fund, and the line too."""

    run_id: str | None = None
    fund_id: str | None = None
    line: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    holders: Sequence[int] | None = None


async def list_payments(
    snapshot: Snapshot,
    known_at: datetime | None,
    payment_filter: PaymentFilter,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Payment]:
    """Return current revisions in the order of their days."""
    rows = await snapshot.fetch(
        _PAGE,
        known_at,
        payment_filter.run_id,
        payment_filter.fund_id,
        payment_filter.line,
        payment_filter.from_date,
        payment_filter.to_date,
        payment_filter.holders,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [Payment(*row) for row in rows]


# What was paid of each line in all, and what child funds took over of it.
_OF_LINES = """
    of_line AS MATERIALIZED (
        SELECT run_id, line, sum(paid)::bigint AS paid, sum(returned)::bigint AS returned,
            max(last_on) AS last_on
        FROM paid GROUP BY run_id, line),
    passed_lines AS MATERIALIZED (
        SELECT run_id, line, sum(amount_vnd)::bigint AS passed_on,
            coalesce(sum(amount_vnd) FILTER (WHERE matched), 0)::bigint AS passed_within
        FROM passed GROUP BY run_id, line)
"""

_BY_AREA = f"""
{LEDGER}, {_OF_LINES}
SELECT l.area_id, r.as_of,
    sum(CASE WHEN r.superseded THEN coalesce({net("p.paid", "p.returned")}, 0) ELSE l.amount_vnd END
        - coalesce(c.passed_within, 0))::bigint AS allocated,
    coalesce(sum(p.paid), 0)::bigint AS paid, coalesce(sum(p.returned), 0)::bigint AS returned
FROM runs r JOIN allocation_lines l USING (run_id)
LEFT JOIN of_line p USING (run_id, line) LEFT JOIN passed_lines c USING (run_id, line)
WHERE l.amount_vnd > 0 GROUP BY l.area_id, r.as_of
"""

_BY_MONTH = f"""
{LEDGER}
SELECT month, sum(paid)::bigint AS paid, sum(returned)::bigint AS returned
FROM paid GROUP BY month ORDER BY month
"""

_STALLED = f"""
{LEDGER}, {_OF_LINES}, held AS (
    SELECT r.run_id, r.fund_id, l.line, r.content IS NOT NULL AS of_household, l.area_id,
        l.amount_vnd,
        coalesce(p.paid, 0) AS paid, coalesce(p.returned, 0) AS returned,
        coalesce(c.passed_on, 0) AS passed_on, p.last_on AS last_movement_on,
        (r.completed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS allocated_on
    FROM runs r JOIN allocation_lines l USING (run_id)
    LEFT JOIN of_line p USING (run_id, line) LEFT JOIN passed_lines c USING (run_id, line)
    WHERE NOT r.superseded AND l.amount_vnd > 0
        AND ($11::int[] IS NULL OR l.area_id = ANY($11)))
"""
_STANDING_STILL = f"""
    amount_vnd > {net("paid", "returned")} + passed_on
    AND $9::date - coalesce(last_movement_on, allocated_on) >= $10::int
"""


@dataclass(frozen=True, slots=True)
class Still:
    """Since how many days, seen from which day, nothing has moved; `areas`: of the lines."""

    on: date
    days: int
    areas: Sequence[int] | None = None


async def by_area(
    snapshot: Snapshot, known_at: datetime | None, funds: FundFilter
) -> list[AreaSum]:
    """Return the sums of the lines per unit and day of their runs; money is counted once."""
    rows = await snapshot.fetch(_BY_AREA, *funds.given(known_at))
    return [AreaSum(*row) for row in rows]


async def by_month(
    snapshot: Snapshot, known_at: datetime | None, funds: FundFilter
) -> list[MonthSum]:
    """Return what was paid and returned per month, by its first day."""
    rows = await snapshot.fetch(_BY_MONTH, *funds.given(known_at))
    return [MonthSum(*row) for row in rows]


async def stalled(
    snapshot: Snapshot,
    known_at: datetime | None,
    funds: FundFilter,
    still: Still,
    after: tuple[str, str] | None,
    limit: int,
) -> list[StalledLine]:
    """Return lines with money left and no movement for long, by (run, line)."""
    rows = await snapshot.fetch(
        f"{_STALLED} SELECT * FROM held WHERE {_STANDING_STILL} "
        "AND ($12::text IS NULL OR (run_id, line) > ($12, $13::text)) "
        "ORDER BY run_id, line LIMIT $14",
        *funds.given(known_at),
        still.on,
        still.days,
        still.areas,
        *(after or (None, None)),
        limit,
    )
    return [StalledLine(*row) for row in rows]


async def stalled_sum(
    snapshot: Snapshot, known_at: datetime | None, funds: FundFilter, still: Still
) -> tuple[int, int]:
    """Return how many lines stand still, and the money left on them."""
    row = await snapshot.fetchrow(
        f"{_STALLED} SELECT count(*) AS lines, "
        f"coalesce(sum(amount_vnd - {net('paid', 'returned')} - passed_on), 0)::bigint AS left_vnd "
        f"FROM held WHERE {_STANDING_STILL}",
        *funds.given(known_at),
        still.on,
        still.days,
        still.areas,
    )
    return (row[0], row[1]) if row is not None else (0, 0)
