"""The balance row that serialises allocations of a fund, and what the fund's money is held by.

A fund's money is held by its active runs (completed, committed, not superseded), whole, and by its
superseded runs as far as was paid of them and not returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Table

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key
from shared.kernel.revisions import counting
from shared.money.facts import DISBURSEMENTS, FUNDS
from shared.money.store.net_paid import NET_PAID
from shared.money.store.run_states import divided, superseding

FUND_BALANCES = Table(
    "fund_balances",
    METADATA,
    Column("fund_id", Key, primary_key=True),
    # The fund's latest revision; 0 for one that was withdrawn.
    Column("amount_vnd", BigInteger, nullable=False),
    # What committed runs hold: whole lines, and of superseded runs what was paid.
    Column("allocated_vnd", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("allocated_vnd BETWEEN 0 AND amount_vnd", name="never_overspent"),
)


@dataclass(frozen=True, slots=True)
class FundState:
    """A fund's latest revision at an instant."""

    fund_id: str
    event_id: UUID
    program: str
    component: str | None
    year: int
    funding_source: str
    area_id: int
    amount_vnd: int


async def lock(tx: Transaction, fund_id: str) -> None:
    """Hold a fund's balance until commit: whoever allocates its money does so alone."""
    await tx.execute("SELECT 1 FROM fund_balances WHERE fund_id = $1 FOR UPDATE", fund_id)


async def fund(snapshot: Snapshot, fund_id: str, at: datetime) -> FundState | None:
    """Return a fund as it stood at an instant, None if it was unknown or withdrawn."""
    row = await snapshot.fetchrow(
        f"""
        SELECT fund_id, event_id, program, component, year, funding_source, area_id, amount_vnd
        FROM ({counting(FUNDS, "$1")}) f WHERE fund_id = $2
        ORDER BY recorded_at DESC, external_id DESC, source DESC LIMIT 1
        """,
        at,
        fund_id,
    )
    return None if row is None else FundState(*row)


_HELD = f"""
    WITH held AS (
        SELECT r.run_id, r.allocated_vnd, r.run_id = $3 OR {superseding("r")} IS NOT NULL AS gone
        FROM allocation_runs r WHERE r.fund_id = $2 AND {divided("r")})
    SELECT (coalesce((SELECT sum(allocated_vnd) FROM held WHERE NOT gone), 0)
        + (SELECT {NET_PAID} FROM ({counting(DISBURSEMENTS, "$1")}) d
            WHERE d.run_id IN (SELECT run_id FROM held WHERE gone)))::bigint
"""


async def held(
    snapshot: Snapshot, fund_id: str, at: datetime | None, releasing: str | None = None
) -> int:
    """Return how much of a fund was held at an instant (None: now) if `releasing` gave way.

    Of the run `releasing`, as of superseded ones, only what was paid stays held.
    """
    amount: int = await snapshot.fetchval(_HELD, at, fund_id, releasing or "")
    return amount


async def recompute(tx: Transaction, fund_id: str) -> None:
    """Write down what is held of a fund; call it with its balance locked."""
    await tx.execute(
        "UPDATE fund_balances SET allocated_vnd = $2 WHERE fund_id = $1",
        fund_id,
        await held(tx, fund_id, None),
    )
