"""Allocation runs: the request, its frozen inputs, and the result; written once, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key
from shared.kernel.reconciliation import Late, not_aside
from shared.money.allocations import RunRefusal
from shared.money.store.run_states import superseding
from shared.money.superseding import SupersededRun

ALLOCATION_RUNS = Table(
    "allocation_runs",
    METADATA,
    Column("run_id", Key, primary_key=True),
    Column("fund_id", Key, nullable=False),
    Column("rule", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    # As asked for, else the instant of the request: either way statuses are frozen at it.
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("mode", Text, nullable=False),
    Column("supersedes", Key),
    Column("request", JSONB, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("completed_at", DateTime(timezone=True)),
    # Refused: [{code, subject, detail}], every cause; the first one's code in `code`.
    Column("code", Text),
    Column("refusals", JSONB),
    # The last commit whose funds, lines and payments were seen; balances are frozen at it.
    Column("ledger_at", DateTime(timezone=True)),
    # What household lines are for (`housing`): one content is supported once, whatever the fund.
    Column("content", Text),
    Column("inputs", JSONB),
    Column("totals", JSONB),
    Column("allocated_from_vnd", BigInteger),
    Column("allocated_vnd", BigInteger),
    Column("unallocated_vnd", BigInteger),
    Column("inputs_digest", Text),
    Column("result_digest", Text),
    CheckConstraint("state IN ('pending', 'completed', 'refused')", name="state"),
    CheckConstraint("mode IN ('commit', 'preview')", name="mode"),
    CheckConstraint(
        "state <> 'completed' OR (allocated_vnd >= 0 AND unallocated_vnd >= 0 "
        "AND allocated_vnd + unallocated_vnd = allocated_from_vnd)",
        name="adds_up",
    ),
)
Index("ix_allocation_runs_fund", ALLOCATION_RUNS.c.fund_id)
# A run is superseded at most once.
Index(
    "uq_allocation_runs_supersedes",
    ALLOCATION_RUNS.c.supersedes,
    unique=True,
    postgresql_where=text("state = 'completed' AND mode = 'commit'"),
)


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run as asked for; `request` is the posted body, `request_hash` that of its content."""

    run_id: str
    fund_id: str
    rule: str
    as_of: date
    known_at: datetime | None
    mode: str
    supersedes: str | None
    request: Mapping[str, Any]
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """A stored run: what was asked for and, once it has ended, what came of it."""

    run_id: str
    fund_id: str
    rule: str
    as_of: date
    known_at: datetime
    mode: str
    supersedes: str | None
    request: Mapping[str, Any]
    request_hash: bytes
    requested_at: datetime
    state: str
    ledger_at: datetime | None
    inputs: Mapping[str, Any] | None
    allocated_from_vnd: int | None
    inputs_digest: str | None
    result_digest: str | None
    superseded_by: str | None

    @property
    def divides(self) -> bool:
        """Say whether the run holds money: completed, and not as a preview."""
        return (self.state, self.mode) == ("completed", "commit")

    @property
    def active(self) -> bool:
        """Say whether the run's lines hold all of their money."""
        return self.divides and self.superseded_by is None

    @property
    def to_supersede(self) -> SupersededRun:
        """Return what is asked of the run when another is to supersede it."""
        return SupersededRun(self.fund_id, self.divides, self.superseded_by)


@dataclass(frozen=True, slots=True)
class Completed:
    """What came of a run whose lines are stored."""

    ledger_at: datetime
    content: str | None
    inputs: Mapping[str, Any]
    totals: Mapping[str, int]
    allocated_from_vnd: int
    allocated_vnd: int
    unallocated_vnd: int
    inputs_digest: str
    result_digest: str


_RUN = f"""
    SELECT r.run_id, r.fund_id, r.rule, r.as_of, r.known_at, r.mode, r.supersedes, r.request,
        r.request_hash, r.requested_at, r.state, r.ledger_at, r.inputs, r.allocated_from_vnd,
        r.inputs_digest, r.result_digest,
        {superseding("r", None)}
    FROM allocation_runs r
"""


async def insert(tx: Transaction, run: NewRun, requested_at: datetime) -> bool:
    """Store a run as pending; False if its id is taken. `requested_at` is this commit's instant."""
    inserted = await tx.fetchval(
        "INSERT INTO allocation_runs (run_id, fund_id, rule, as_of, known_at, mode, supersedes, "
        "request, request_hash, requested_at) VALUES ($1, $2, $3, $4, "
        "coalesce($5, $10::timestamptz), $6, $7, $8, $9, $10) "
        "ON CONFLICT (run_id) DO NOTHING RETURNING true",
        run.run_id,
        run.fund_id,
        run.rule,
        run.as_of,
        run.known_at,
        run.mode,
        run.supersedes,
        run.request,
        run.request_hash,
        requested_at,
    )
    return inserted is True


async def find(snapshot: Snapshot, run_id: str) -> Run | None:
    """Return a run as it stands, None if it was never asked for."""
    row = await snapshot.fetchrow(f"{_RUN} WHERE r.run_id = $1", run_id)
    return None if row is None else Run(*row)


async def completed_ids(snapshot: Snapshot) -> list[str]:
    """Return the ids of all completed runs, previews too."""
    rows = await snapshot.fetch(
        "SELECT run_id FROM allocation_runs WHERE state = 'completed' ORDER BY run_id"
    )
    return [row[0] for row in rows]


async def share(tx: Transaction, run_ids: Sequence[str]) -> dict[str, Run]:
    """Keep runs as they are until commit, in the order of their ids; unknown ones are left out."""
    await tx.execute(
        "SELECT 1 FROM allocation_runs WHERE run_id = ANY($1::text[]) ORDER BY run_id FOR SHARE",
        list(run_ids),
    )
    # Only a later statement sees whether a run was superseded while we waited.
    rows = await tx.fetch(f"{_RUN} WHERE r.run_id = ANY($1::text[])", list(run_ids))
    return {row[0]: Run(*row) for row in rows}


async def claim(tx: Transaction, run_id: str) -> Run | None:
    """Lock a run that waits to be computed; None if it has ended, so that nothing is left to do."""
    run = await lock(tx, run_id)
    return run if run is not None and run.state == "pending" else None


async def lock(tx: Transaction, run_id: str) -> Run | None:
    """Lock a run until commit: no payment of its lines is stored meanwhile."""
    await tx.execute("SELECT 1 FROM allocation_runs WHERE run_id = $1 FOR UPDATE", run_id)
    return await find(tx, run_id)


async def instants(snapshot: Snapshot, before: datetime) -> list[datetime]:
    """Return the instants before another at which runs know households, which are read again."""
    rows = await snapshot.fetch(
        "SELECT DISTINCT known_at FROM allocation_runs WHERE state <> 'refused' AND known_at < $1 "
        "ORDER BY known_at",
        before,
    )
    return [row[0] for row in rows]


async def complete(tx: Transaction, run_id: str, result: Completed) -> None:
    """Store what came of a run; the database refuses lines that do not add up to it."""
    await tx.execute(
        "UPDATE allocation_runs SET state = 'completed', ledger_at = $2, content = $3, "
        "inputs = $4, totals = $5, allocated_from_vnd = $6, allocated_vnd = $7, "
        "unallocated_vnd = $8, inputs_digest = $9, result_digest = $10 WHERE run_id = $1",
        run_id,
        result.ledger_at,
        result.content,
        result.inputs,
        result.totals,
        result.allocated_from_vnd,
        result.allocated_vnd,
        result.unallocated_vnd,
        result.inputs_digest,
        result.result_digest,
    )


async def refuse(
    tx: Transaction, run_id: str, refusals: Sequence[RunRefusal], ledger_at: datetime
) -> None:
    """Store why a run cannot be computed: every cause, the first one's code as the run's."""
    await tx.execute(
        "UPDATE allocation_runs SET state = 'refused', code = $2, refusals = $3, ledger_at = $4 "
        "WHERE run_id = $1",
        run_id,
        refusals[0].code,
        [asdict(refusal) for refusal in refusals],
        ledger_at,
    )


async def end(tx: Transaction, run_id: str, at: datetime) -> None:
    """Give a run that was completed or refused its instant, at which others see it."""
    await tx.execute("UPDATE allocation_runs SET completed_at = $2 WHERE run_id = $1", run_id, at)


async def late(
    snapshot: Snapshot, since: datetime | None, until: datetime, limit: int
) -> list[Late]:
    """Return the runs asked for after `since` up to `until` that have not ended, oldest first."""
    rows = await snapshot.fetch(
        f"""
        SELECT r.run_id, r.requested_at FROM allocation_runs r
        WHERE r.state = 'pending' AND r.requested_at <= $2
            AND r.requested_at > coalesce($1, '-infinity'::timestamptz)
            AND {not_aside("r.run_id")}
        ORDER BY r.requested_at, r.run_id LIMIT $3
        """,
        since,
        until,
        limit,
    )
    return [Late(*row) for row in rows]
