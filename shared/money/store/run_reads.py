"""What is known of allocation runs: the list, one of them, and two of them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from shared.households.store.reads import known
from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.money.allocations import Line
from shared.money.facts import FUNDS
from shared.money.store.run_states import divides, superseding

State = Literal["pending", "completed", "refused"]
Mode = Literal["commit", "preview"]

# As known at $1: before it was completed a run is pending, and of its end nothing is known.
_ENDED = "($1::timestamptz IS NULL OR r.completed_at <= $1)"
_RESULT = (
    "code",
    "refusals",
    "completed_at",
    "ledger_at",
    "inputs",
    "totals",
    "allocated_from_vnd",
    "allocated_vnd",
    "unallocated_vnd",
    "inputs_digest",
    "result_digest",
)
_KNOWN = f"""
    SELECT r.run_id, r.fund_id, r.rule, r.as_of, r.known_at, r.mode, r.supersedes, r.request,
        r.requested_at, r.content, CASE WHEN {_ENDED} THEN r.state ELSE 'pending' END AS state,
        {", ".join(f"CASE WHEN {_ENDED} THEN r.{name} END AS {name}" for name in _RESULT)},
        {superseding("r")} AS superseded_by
    FROM allocation_runs r
    WHERE ($1::timestamptz IS NULL OR r.requested_at <= $1)
        AND ($2::int[] IS NULL OR r.fund_id IN (
            SELECT f.fund_id FROM ({counting(FUNDS, "$1")}) f WHERE f.area_id = ANY($2)))
"""


class StoredRun(Struct, frozen=True):
    """A run as known at an instant; `content` says what a run over households supports."""

    run_id: str
    fund_id: str
    rule: str
    as_of: date
    known_at: datetime
    mode: Mode
    supersedes: str | None
    request: dict[str, Any]
    requested_at: datetime
    content: str | None
    state: State
    code: str | None
    refusals: list[dict[str, Any]] | None
    completed_at: datetime | None
    ledger_at: datetime | None
    inputs: dict[str, Any] | None
    totals: dict[str, int] | None
    allocated_from_vnd: int | None
    allocated_vnd: int | None
    unallocated_vnd: int | None
    inputs_digest: str | None
    result_digest: str | None
    superseded_by: str | None

    @property
    def active(self) -> bool:
        """Say whether it holds money: committed, completed and not superseded."""
        held = self.state == "completed" and self.mode == "commit"
        return held and self.superseded_by is None

    @property
    def of_households(self) -> bool:
        """Say whether its lines are households."""
        return self.content is not None

    @property
    def frozen(self) -> Mapping[str, Any]:
        """Return the inputs that it was computed from; none before it was."""
        return self.inputs or {}


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are asked for; None: all. `holders` are the units that may hold their funds.

    `active`: only those that hold money (committed, completed and not superseded).
    """

    fund_id: str | None = None
    rule: str | None = None
    state: str | None = None
    mode: str | None = None
    holders: Sequence[int] | None = None
    active: bool = False


async def list_runs(
    snapshot: Snapshot,
    known_at: datetime | None,
    run_filter: RunFilter,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[StoredRun]:
    """Return runs in the order in which they were requested."""
    rows = await snapshot.fetch(
        f"""
        SELECT * FROM ({_KNOWN}) k
        WHERE ($3::text IS NULL OR fund_id = $3) AND ($4::text IS NULL OR rule = $4)
            AND ($5::text IS NULL OR state = $5) AND ($6::text IS NULL OR mode = $6)
            AND ($7::timestamptz IS NULL OR (requested_at, run_id) > ($7, $8::text))
            AND (NOT $10 OR ({divides("k")} AND superseded_by IS NULL))
        ORDER BY requested_at, run_id LIMIT $9
        """,
        known_at,
        run_filter.holders,
        run_filter.fund_id,
        run_filter.rule,
        run_filter.state,
        run_filter.mode,
        *(after or (None, None)),
        limit,
        run_filter.active,
    )
    return [StoredRun(*row) for row in rows]


async def find(
    snapshot: Snapshot, known_at: datetime | None, run_id: str, holders: Sequence[int] | None
) -> StoredRun | None:
    """Return one run; None if it was not requested yet, or its fund is held outside `holders`."""
    row = await snapshot.fetchrow(
        f"SELECT * FROM ({_KNOWN}) k WHERE run_id = $3", known_at, holders, run_id
    )
    return None if row is None else StoredRun(*row)


async def score_total(snapshot: Snapshot, run_id: str) -> Decimal | None:
    """Return the sum of the scores of a run's lines, None if it has none."""
    total: Decimal | None = await snapshot.fetchval(
        "SELECT sum(score) FROM allocation_lines WHERE run_id = $1", run_id
    )
    return total


_SIDES = """
    SELECT line, coalesce(b.amount_vnd, 0) AS before_vnd, coalesce(a.amount_vnd, 0) AS after_vnd
    FROM (SELECT line, amount_vnd FROM allocation_lines WHERE run_id = $1) b
    FULL JOIN (SELECT line, amount_vnd FROM allocation_lines WHERE run_id = $2) a USING (line)
"""


class ComparedSums(Struct, frozen=True):
    """How many lines gained, lost and stayed, and by how many đồng."""

    gained: int
    lost: int
    unchanged: int
    gained_vnd: int
    lost_vnd: int
    unchanged_vnd: int


async def compare_sums(snapshot: Snapshot, before: str, after: str) -> ComparedSums:
    """Return how many lines of two runs gained, lost and stayed, and by how much."""
    row = await snapshot.fetchrow(
        f"""
        SELECT count(*) FILTER (WHERE after_vnd > before_vnd),
            count(*) FILTER (WHERE after_vnd < before_vnd),
            count(*) FILTER (WHERE after_vnd = before_vnd),
            coalesce(sum(after_vnd - before_vnd) FILTER (WHERE after_vnd > before_vnd), 0)::bigint,
            coalesce(sum(before_vnd - after_vnd) FILTER (WHERE after_vnd < before_vnd), 0)::bigint,
            coalesce(sum(after_vnd) FILTER (WHERE after_vnd = before_vnd), 0)::bigint
        FROM ({_SIDES}) sides
        """,
        before,
        after,
    )
    return ComparedSums(*(row or [0] * 6))


_LINE = (
    "amount_vnd",
    "outcome",
    "area_id",
    "score",
    "reasons",
    "content",
    "status",
    "rank",
    "place",
    "failed",
    "supported_by",
    "already_paid_vnd",
)
_OF_RUN = "SELECT * FROM allocation_lines WHERE run_id = {run} AND ($3::text IS NULL OR line > $3)"
_DIFFERING = f"""
    SELECT line, {", ".join(f"b.{name} AS before_{name}" for name in _LINE)},
        {", ".join(f"a.{name} AS after_{name}" for name in _LINE)}
    FROM ({_OF_RUN.format(run="$1")}) b FULL JOIN ({_OF_RUN.format(run="$2")}) a USING (line)
    WHERE CASE $5::text WHEN 'gained' THEN coalesce(b.amount_vnd, 0) < coalesce(a.amount_vnd, 0)
        WHEN 'lost' THEN coalesce(b.amount_vnd, 0) > coalesce(a.amount_vnd, 0)
        ELSE coalesce(b.amount_vnd, 0) <> coalesce(a.amount_vnd, 0) END
    ORDER BY line LIMIT $4
"""


async def compare_page(
    snapshot: Snapshot,
    before: str,
    after: str,
    *,
    change: str | None,
    place: str | None,
    limit: int,
) -> list[tuple[str, Line | None, Line | None]]:
    """Return the lines whose amounts differ, as either run has them, by line.

    `change`: only those that `gained`, or that `lost`.
    """
    rows = await snapshot.fetch(_DIFFERING, before, after, place, limit, change)
    return [(row["line"], _line(row, "before"), _line(row, "after")) for row in rows]


def _line(row: Any, side: str) -> Line | None:
    if row[f"{side}_amount_vnd"] is None:
        return None
    columns = {name: row[f"{side}_{name}"] for name in _LINE}
    columns["score"] = None if columns["score"] is None else str(columns["score"])
    columns["failed"] = None if columns["failed"] is None else tuple(columns["failed"])
    return Line(line=row["line"], **columns)


class HeldHousehold(Struct, frozen=True):
    """What held of a household on a day; `assessment`: the event that it rested on."""

    household_id: str
    status: str | None
    area_id: int | None
    ethnic_group: str | None
    deprived: list[str] | None
    assessment: UUID | None


async def households(
    snapshot: Snapshot, household_ids: Sequence[str], as_of: date, known_at: datetime
) -> dict[str, HeldHousehold]:
    """Return what held of these households on a day, as known at an instant."""
    where = "household_id = ANY($1) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)"
    rows = await snapshot.fetch(
        "SELECT s.household_id, s.status, s.area_id, s.ethnic_group, s.deprived, s.assessment "
        f"FROM ({known(where, '$3')}) s",
        list(household_ids),
        as_of,
        known_at,
    )
    return {row[0]: HeldHousehold(*row) for row in rows}
