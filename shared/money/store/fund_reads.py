"""What is known of funds: their latest revisions, their balances, and what was passed on of them.

Every statement takes the instant that is asked about as `$1`, null for the latest state; give them
a `snapshot()`, whose plans know the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.money.facts import DISBURSEMENTS, FUNDS
from shared.money.progress import Money
from shared.money.store.net_paid import PAID, RETURNED, net
from shared.money.store.run_states import divided, superseding

FundingSource = Literal["central", "local", "mobilised"]


class Fund(Struct, frozen=True):
    """The revision of a fund that counts; `parent_fund` is that of the run that it draws on."""

    fund_id: str
    program: str
    component: str | None
    year: int
    funding_source: FundingSource
    amount_vnd: int
    area_id: int | None
    decided_on: date
    decision_no: str | None
    parent_fund: str | None
    parent_run: str | None
    parent_line: str | None
    source: str
    external_id: str
    revision: int
    event_id: UUID
    recorded_at: datetime


class Balance(Fund, frozen=True):
    """A fund with its sums in đồng.

    `passed_on` sums the child funds on its lines, `passed_within` those children that match too;
    `received_within` says that its parent matches, so its money is counted there already.
    """

    allocated: int
    paid: int
    returned: int
    passed_on: int
    passed_within: int
    first_active: datetime | None
    received_within: bool | None

    @property
    def sums(self) -> Money:
        """Return what was allocated, paid and returned."""
        return Money(self.allocated, self.paid, self.returned)


_COLUMNS = """
    m.fund_id, m.program, m.component, m.year, m.funding_source, m.amount_vnd, m.area_id,
    m.decided_on, m.payload->>'decision_no', m.parent_fund, m.parent_run, m.parent_line, m.source,
    m.external_id, m.revision, m.event_id, m.recorded_at
"""

# One row per fund, whatever number of sources name it: the one heard of last.
KNOWN = f"""
    SELECT DISTINCT ON (f.fund_id) f.* FROM ({counting(FUNDS, "$1")}) f
    ORDER BY f.fund_id, f.recorded_at DESC, f.external_id DESC, f.source DESC
"""


@dataclass(frozen=True, slots=True)
class FundFilter:
    """Which funds are asked for; None: all. `holders` are the units that may hold them."""

    fund_id: str | None = None
    program: str | None = None
    component: str | None = None
    year: int | None = None
    funding_source: str | None = None
    holders: Sequence[int] | None = None
    parent: str | None = None

    def given(self, known_at: datetime | None) -> list[Any]:
        """Return the parameters `$1` to `$8` of a statement about `MATCHED` funds."""
        return [
            known_at,
            self.fund_id,
            self.program,
            self.component,
            self.year,
            self.funding_source,
            None if self.holders is None else list(self.holders),
            self.parent,
        ]


MATCHED = f"""
    SELECT f.*, pr.fund_id AS parent_fund FROM ({KNOWN}) f
    LEFT JOIN allocation_runs pr ON pr.run_id = f.parent_run
    WHERE ($2::text IS NULL OR f.fund_id = $2) AND ($3::text IS NULL OR f.program = $3)
        AND ($4::text IS NULL OR f.component = $4) AND ($5::int IS NULL OR f.year = $5)
        AND ($6::text IS NULL OR f.funding_source = $6)
        AND ($7::int[] IS NULL OR f.area_id = ANY($7)) AND ($8::text IS NULL OR pr.fund_id = $8)
"""

# The committed runs of the matched funds. A superseded one still holds what was paid of it.
RUNS = f"""
    SELECT r.run_id, r.fund_id, r.as_of, r.completed_at, r.allocated_vnd, r.content,
        {superseding("r")} IS NOT NULL AS superseded
    FROM allocation_runs r JOIN matched USING (fund_id) WHERE {divided("r")}
"""

_PAID = f"""
    SELECT d.run_id, d.line, date_trunc('month', d.paid_on)::date AS month,
        max(d.paid_on) AS last_on,
        {PAID} AS paid,
        {RETURNED} AS returned
    FROM ({counting(DISBURSEMENTS, "$1")}) d
    WHERE d.run_id IN (SELECT run_id FROM runs) GROUP BY 1, 2, 3
"""

# Every child fund on a line of these runs; `matched`: the child is one of the funds asked for.
PASSED = f"""
    SELECT c.parent_run AS run_id, c.parent_line AS line, c.amount_vnd,
        EXISTS (SELECT 1 FROM matched m WHERE m.fund_id = c.fund_id) AS matched
    FROM ({KNOWN}) c WHERE c.parent_run IN (SELECT run_id FROM runs)
"""

LEDGER = f"""
    WITH matched AS MATERIALIZED ({MATCHED}), runs AS MATERIALIZED ({RUNS}),
        paid AS MATERIALIZED ({_PAID}), passed AS MATERIALIZED ({PASSED})
"""

_BALANCES = f"""
    {LEDGER}, of_run AS (
        SELECT r.run_id, r.fund_id, r.superseded, r.allocated_vnd, r.completed_at,
            (SELECT coalesce(sum(p.paid), 0) FROM paid p WHERE p.run_id = r.run_id) AS paid,
            (SELECT coalesce(sum(p.returned), 0) FROM paid p WHERE p.run_id = r.run_id) AS returned,
            (SELECT coalesce(sum(c.amount_vnd), 0) FROM passed c WHERE c.run_id = r.run_id)
                AS passed_on,
            (SELECT coalesce(sum(c.amount_vnd), 0) FROM passed c
                WHERE c.run_id = r.run_id AND c.matched) AS passed_within
        FROM runs r),
    of_fund AS (
        SELECT fund_id, sum(paid) AS paid, sum(returned) AS returned,
            sum(passed_on) AS passed_on, sum(passed_within) AS passed_within,
            sum(CASE WHEN superseded THEN {net("paid", "returned")} ELSE allocated_vnd END)
                AS allocated,
            min(completed_at) FILTER (WHERE NOT superseded) AS first_active
        FROM of_run GROUP BY fund_id)
    SELECT {_COLUMNS},
        coalesce(o.allocated, 0)::bigint AS allocated, coalesce(o.paid, 0)::bigint AS paid,
        coalesce(o.returned, 0)::bigint AS returned, coalesce(o.passed_on, 0)::bigint AS passed_on,
        coalesce(o.passed_within, 0)::bigint AS passed_within, o.first_active,
        m.parent_run IN (SELECT run_id FROM runs) AS received_within
    FROM matched m LEFT JOIN of_fund o USING (fund_id) ORDER BY m.fund_id
"""


async def list_funds(
    snapshot: Snapshot,
    known_at: datetime | None,
    fund_filter: FundFilter,
    after: str | None,
    limit: int,
) -> list[Fund]:
    """Return funds in the byte order of their ids."""
    rows = await snapshot.fetch(
        f"SELECT {_COLUMNS} FROM ({MATCHED}) m WHERE ($9::text IS NULL OR m.fund_id > $9) "
        "ORDER BY m.fund_id LIMIT $10",
        *fund_filter.given(known_at),
        after,
        limit,
    )
    return [Fund(*row) for row in rows]


async def count(snapshot: Snapshot, known_at: datetime | None, fund_filter: FundFilter) -> int:
    """Return how many funds match."""
    number: int = await snapshot.fetchval(
        f"SELECT count(*) FROM ({MATCHED}) m", *fund_filter.given(known_at)
    )
    return number


async def balances(
    snapshot: Snapshot, known_at: datetime | None, fund_filter: FundFilter
) -> list[Balance]:
    """Return the matched funds with their sums, by id."""
    rows = await snapshot.fetch(_BALANCES, *fund_filter.given(known_at))
    return [Balance(*row) for row in rows]


async def find(
    snapshot: Snapshot, known_at: datetime | None, fund_id: str, holders: Sequence[int] | None
) -> Balance | None:
    """Return one fund with its sums; None if it is not known or held outside `holders`."""
    rows = await balances(snapshot, known_at, FundFilter(fund_id=fund_id, holders=holders))
    return rows[0] if rows else None


async def provided(snapshot: Snapshot, known_at: datetime | None, fund: Fund) -> int:
    """Return the local money for the same programme, component, year and area."""
    total: int = await snapshot.fetchval(
        f"""
        SELECT coalesce(sum(f.amount_vnd), 0)::bigint FROM ({KNOWN}) f
        WHERE f.funding_source = 'local' AND f.program = $2 AND f.year = $3 AND f.area_id = $4
            AND f.component IS NOT DISTINCT FROM $5
        """,
        known_at,
        fund.program,
        fund.year,
        fund.area_id,
        fund.component,
    )
    return total
