"""Whom the queues of runs of one fund hold, counted by kind; and who of them would get what.

`$1` and `$2` are the runs and the norm of each in đồng, `$3` and `$4` the day and the instant that
households are read at. A claim is a household with one content, whichever runs it waits in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from shared.households.store.reads import known
from shared.kernel.database import Snapshot

_THEN = known(
    "valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3) "
    "AND household_id IN (SELECT line FROM waiting)",
    "$4",
)
_CLAIMS = f"""
waiting AS MATERIALIZED (
    SELECT l.line, l.content, r.norm::int - 1 AS norm, l.rank,
        r.norm_vnd - l.already_paid_vnd AS price, l.outcome = 'allocated' AS served
    FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS r (run_id, norm_vnd, norm)
    JOIN allocation_lines l USING (run_id) WHERE l.rank IS NOT NULL),
lacks AS MATERIALIZED (
    SELECT household_id AS line, cardinality(deprived) AS lacking FROM ({_THEN}) h),
claims AS (
    SELECT line, content, max(lacking) AS lacking, array_agg(norm ORDER BY norm) AS norms,
        array_agg(rank ORDER BY norm) AS ranks, array_agg(price ORDER BY norm) AS prices
    FROM waiting LEFT JOIN lacks USING (line) GROUP BY line, content)
"""
_KIND = "concat_ws('|', norms::text, ranks::text, prices::text, coalesce(lacking::text, '-'))"


@dataclass(frozen=True, slots=True)
class Queues:
    """The runs that are looked at together, and when their households are read."""

    run_ids: Sequence[str]
    norms_vnd: Sequence[int]
    as_of: date
    known_at: datetime

    def given(self) -> list[Any]:
        """Return the parameters `$1` to `$4`."""
        return [list(self.run_ids), list(self.norms_vnd), self.as_of, self.known_at]


class Kind(Struct, frozen=True):
    """Claims that are alike: the runs waited in, rank and price in each, services lacking."""

    kind: str
    norms: list[int]
    ranks: list[int]
    prices: list[int]
    lacking: int | None
    households: int


class Served(Struct, frozen=True):
    """Claims that the runs serve, one after the other."""

    norm: int
    rank: int
    price: int
    lacking: int | None
    households: int


async def kinds(snapshot: Snapshot, queues: Queues, limit: int) -> list[Kind]:
    """Return the kinds of claims, at most so many."""
    rows = await snapshot.fetch(
        f"WITH {_CLAIMS} SELECT {_KIND}, norms, ranks, prices, lacking, count(*)::int FROM claims "
        "GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 3, 4, 5 LIMIT $5",
        *queues.given(),
        limit,
    )
    return [Kind(*row) for row in rows]


def _legal(runs: int) -> str:
    """Return the SQL of what the runs serve: the first as it is, each other from what is left.

    Its own queue ends at the first that no longer fits; who has the content does not wait again.
    """
    first = "SELECT line, content, norm, rank, price FROM waiting WHERE norm = 0 AND served"
    parts = [f"legal0 AS ({first})"]
    for run in range(1, runs):
        before = f"legal{run - 1}"
        parts.append(
            f"""legal{run} AS (SELECT * FROM {before} UNION ALL
            SELECT line, content, norm, rank, price FROM (
                SELECT w.*, sum(price) OVER (ORDER BY rank, line ROWS UNBOUNDED PRECEDING) AS used
                FROM waiting w WHERE norm = {run} AND NOT EXISTS (
                    SELECT FROM {before} b WHERE b.line = w.line AND b.content = w.content)) q
            WHERE used <= $5::bigint - (SELECT coalesce(sum(price), 0) FROM {before}))"""
        )
    return ", ".join(parts)


async def legal(snapshot: Snapshot, queues: Queues, money: int) -> list[Served]:
    """Return what the runs serve with the money."""
    runs = len(queues.run_ids)
    rows = await snapshot.fetch(
        f"WITH {_CLAIMS}, {_legal(runs)} SELECT norm, rank, price, lacking, count(*)::int "
        f"FROM legal{runs - 1} LEFT JOIN lacks USING (line) WHERE $5::bigint IS NOT NULL "
        "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        *queues.given(),
        money,
    )
    return [Served(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Picked:
    """Of a kind the claims from one number to another, by the household's id, get a norm."""

    kind: str
    first: int
    last: int
    norm: int
    price: int


class Differing(Struct, frozen=True):
    """A claim beside both allocations: norm and đồng in each; None: nothing."""

    household_id: str
    content: str
    lacking: int | None
    legal_norm: int | None
    legal_vnd: int | None
    best_norm: int | None
    best_vnd: int | None


async def differing(
    snapshot: Snapshot,
    queues: Queues,
    money: int,
    picked: Sequence[Picked],
    change: str | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Differing]:
    """Return the claims that the two allocations serve differently, by household and content."""
    runs = len(queues.run_ids)
    columns = zip(*((p.kind, p.first, p.last, p.norm, p.price) for p in picked), strict=True)
    rows = await snapshot.fetch(
        f"""
        WITH {_CLAIMS}, {_legal(runs)},
        numbered AS (SELECT line, content, {_KIND} AS kind,
            row_number() OVER (PARTITION BY {_KIND} ORDER BY line, content) AS number FROM claims),
        chosen AS (SELECT n.line, n.content, p.norm, p.price FROM numbered n
            JOIN unnest($6::text[], $7::int[], $8::int[], $9::int[], $10::bigint[])
                AS p (kind, first, last, norm, price)
                ON p.kind = n.kind AND n.number BETWEEN p.first AND p.last),
        sides AS (SELECT line, content, l.norm AS legal_norm, coalesce(l.price, 0) AS legal_vnd,
            b.norm AS best_norm, coalesce(b.price, 0) AS best_vnd
            FROM legal{runs - 1} l FULL JOIN chosen b USING (line, content))
        SELECT line, content, lacking, legal_norm, legal_vnd, best_norm, best_vnd
        FROM sides LEFT JOIN lacks USING (line)
        WHERE legal_norm IS DISTINCT FROM best_norm AND $5::bigint IS NOT NULL
            AND ($11::text IS NULL OR $11 = CASE WHEN best_vnd > legal_vnd THEN 'gained'
                ELSE 'lost' END)
            AND ($12::text IS NULL OR (line, content) > ($12, $13))
        ORDER BY line, content LIMIT $14
        """,
        *queues.given(),
        money,
        *([list(column) for column in columns] if picked else [[]] * 5),
        change,
        *(after or (None, None)),
        limit,
    )
    return [Differing(*row) for row in rows]
