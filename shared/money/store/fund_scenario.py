"""The money of an area's funds by year and source, as it stood on a day, and each day's payments.

`$9` is the day: funds decided and payments made until then count. `$10` is the last year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.money.facts import DISBURSEMENTS
from shared.money.progress import Money
from shared.money.store.fund_reads import KNOWN, MATCHED, RUNS, FundFilter, FundingSource
from shared.money.store.net_paid import NET_PAID, PAID, RETURNED, net


@dataclass(frozen=True, slots=True)
class Until:
    """The day that is looked back from, and the last year of funds."""

    on: date
    year: int


class YearSource(Struct, frozen=True):
    """The funds of one year and source; what one passed on to another of them counts once.

    `stalled_lines` have money left and did not move for so many days.
    """

    year: int
    funding_source: FundingSource
    funds: int
    amount_vnd: int
    allocated: int
    paid: int
    returned: int
    stalled_lines: int
    stalled_vnd: int

    @property
    def sums(self) -> Money:
        """Return what was allocated, paid and returned."""
        return Money(self.allocated, self.paid, self.returned)


class DayMoved(Struct, frozen=True):
    """What was paid on a day of one year's and source's money, less what came back."""

    year: int
    funding_source: FundingSource
    paid_on: date
    net_paid: int


_FUNDS = f"""
    WITH matched AS MATERIALIZED (
        SELECT * FROM ({MATCHED}) m WHERE m.decided_on <= $9::date AND m.year <= $10::int),
    runs AS MATERIALIZED ({RUNS}),
    payments AS (
        SELECT d.* FROM ({counting(DISBURSEMENTS, "$1")}) d
        WHERE d.run_id IN (SELECT run_id FROM runs) AND d.paid_on <= $9)
"""

# A child counts once only beside a parent of its own year and source: else both have their row.
_ROOTS = f"""
    {_FUNDS}, sourced AS MATERIALIZED (
        SELECT r.*, m.year, m.funding_source FROM runs r JOIN matched m USING (fund_id)),
    rooted AS (
        SELECT m.*, s.run_id IS NULL AS is_root
        FROM matched m LEFT JOIN sourced s ON s.run_id = m.parent_run
            AND s.year = m.year AND s.funding_source = m.funding_source)
"""

_BY_YEAR = f"""
    {_ROOTS}, of_line AS MATERIALIZED (
        SELECT d.run_id, d.line, {PAID} AS paid, {RETURNED} AS returned, max(d.paid_on) AS last_on
        FROM payments d GROUP BY d.run_id, d.line),
    passed AS MATERIALIZED (
        SELECT c.parent_run AS run_id, c.parent_line AS line, sum(c.amount_vnd)::bigint AS in_all,
            coalesce(sum(m.amount_vnd), 0)::bigint AS within
        FROM ({KNOWN}) c JOIN sourced s ON s.run_id = c.parent_run
        LEFT JOIN matched m ON m.fund_id = c.fund_id
            AND m.year = s.year AND m.funding_source = s.funding_source
        WHERE c.decided_on <= $9 GROUP BY c.parent_run, c.parent_line),
    held AS (
        SELECT s.year, s.funding_source, s.superseded, l.amount_vnd,
            coalesce(p.paid, 0) AS paid, coalesce(p.returned, 0) AS returned,
            coalesce(c.in_all, 0) AS passed_on, coalesce(c.within, 0) AS passed_within,
            $9 - coalesce(p.last_on, (s.completed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
                AS still
        FROM sourced s JOIN allocation_lines l USING (run_id)
        LEFT JOIN of_line p USING (run_id, line) LEFT JOIN passed c USING (run_id, line)),
    left_over AS (
        SELECT *, CASE WHEN superseded THEN 0
            ELSE amount_vnd - {net("paid", "returned")} - passed_on END AS left_vnd FROM held),
    of_source AS (
        SELECT year, funding_source, sum(paid) AS paid, sum(returned) AS returned,
            sum(CASE WHEN superseded THEN {net("paid", "returned")} ELSE amount_vnd END
                - passed_within) AS allocated,
            count(*) FILTER (WHERE left_vnd > 0 AND still >= $11::int) AS lines,
            sum(left_vnd) FILTER (WHERE left_vnd > 0 AND still >= $11) AS stalled_vnd
        FROM left_over GROUP BY year, funding_source),
    of_funds AS (
        SELECT year, funding_source, count(*) AS funds,
            sum(amount_vnd) FILTER (WHERE is_root) AS amount_vnd
        FROM rooted GROUP BY year, funding_source)
    SELECT year, funding_source, f.funds, coalesce(f.amount_vnd, 0)::bigint,
        coalesce(o.allocated, 0)::bigint, coalesce(o.paid, 0)::bigint,
        coalesce(o.returned, 0)::bigint, coalesce(o.lines, 0)::bigint,
        coalesce(o.stalled_vnd, 0)::bigint
    FROM of_funds f LEFT JOIN of_source o USING (year, funding_source)
    ORDER BY year, funding_source
"""

_BY_DAY = f"""
    {_FUNDS}
    SELECT m.year, m.funding_source, d.paid_on, {NET_PAID}
    FROM payments d JOIN runs r USING (run_id) JOIN matched m USING (fund_id)
    GROUP BY m.year, m.funding_source, d.paid_on
"""


_BY_PROGRAM = f"""
    {_ROOTS}
    SELECT year, program,
        coalesce(sum(amount_vnd) FILTER (WHERE funding_source = 'central'), 0)::bigint,
        coalesce(sum(amount_vnd) FILTER (WHERE funding_source = 'local'), 0)::bigint
    FROM rooted WHERE is_root GROUP BY year, program ORDER BY year, program
"""


class ProgramMoney(Struct, frozen=True):
    """Central and local money of one programme in one year."""

    year: int
    program: str
    central: int
    local: int


async def by_program(
    snapshot: Snapshot, known_at: datetime | None, funds: FundFilter, until: Until
) -> list[ProgramMoney]:
    """Return the money of each year and programme, in this order."""
    rows = await snapshot.fetch(_BY_PROGRAM, *_given(known_at, funds, until))
    return [ProgramMoney(*row) for row in rows]


async def by_year(
    snapshot: Snapshot,
    known_at: datetime | None,
    funds: FundFilter,
    until: Until,
    not_moved_for: int,
) -> list[YearSource]:
    """Return the sums per year and source of the funds that match, in this order."""
    rows = await snapshot.fetch(_BY_YEAR, *_given(known_at, funds, until), not_moved_for)
    return [YearSource(*row) for row in rows]


async def by_day(
    snapshot: Snapshot, known_at: datetime | None, funds: FundFilter, until: Until
) -> list[DayMoved]:
    """Return what moved on each day of the money of each year and source."""
    rows = await snapshot.fetch(_BY_DAY, *_given(known_at, funds, until))
    return [DayMoved(*row) for row in rows]


def _given(known_at: datetime | None, funds: FundFilter, until: Until) -> list[Any]:
    return [*funds.given(known_at), until.on, until.year]
