"""Digests of what a run looked at and of what came out, computed where the rows are.

The same as `shared.money.allocations.result_digest` says of lines that are at hand: each text ends
with a line feed, chunks of 10,000 in the byte order of their keys, a digest over their digests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import Record

from shared.kernel.database import Snapshot
from shared.money.allocations import DIGEST_LINES, OUTCOMES

SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What household lines of a run come to; `totals` counts them, in all and by outcome."""

    totals: Mapping[str, int]
    allocated_vnd: int
    digest: str


@dataclass(frozen=True, slots=True)
class HouseholdsDigest:
    """How many households a run looked at, and the digest of what it read of them."""

    count: int
    digest: str


_DIGEST = f"""
SELECT encode(sha256(coalesce(string_agg(part, ''::bytea ORDER BY chunk), ''::bytea)), 'hex')
        AS digest, coalesce(sum(rows), 0)::bigint AS rows {{sums}}
FROM (
    SELECT chunk, sha256(convert_to(string_agg(said || E'\\n', '' ORDER BY key), 'UTF8')) AS part,
        count(*) AS rows {{counts}}
    FROM (
        SELECT *, (row_number() OVER (ORDER BY key) - 1) / {DIGEST_LINES} AS chunk
        FROM ({{source}}) said) numbered
    GROUP BY chunk) chunks
"""
# A household's line has neither a score nor reasons: two fields stay empty.
_LINES = """
SELECT line AS key, outcome, amount_vnd, line || '|' || amount_vnd || '|' || outcome || '||'
    || coalesce(rank::text, '') || '|' || coalesce(place::text, '') || '|' || coalesce(status, '')
    || '|' || coalesce(array_to_string(failed, ','), '') || '|' || coalesce(supported_by, '')
    || '|' || already_paid_vnd || '|' AS said
FROM allocation_lines WHERE run_id = $1
"""
_RESULT = _DIGEST.format(
    sums=", coalesce(sum(amount), 0)::bigint AS amount"
    + "".join(f", coalesce(sum({name}), 0)::bigint AS {name}" for name in OUTCOMES),
    counts=", sum(amount_vnd) AS amount"
    + "".join(f", count(*) FILTER (WHERE outcome = '{name}') AS {name}" for name in OUTCOMES),
    source=_LINES,
)


async def read_result(snapshot: Snapshot, run_id: str) -> LineTotals:
    """Return what the household lines of a run come to."""
    row = await _row(snapshot, _RESULT, run_id)
    totals: dict[str, int] = {"lines": row["rows"]}
    totals.update((name, row[name]) for name in OUTCOMES)
    return LineTotals(totals, row["amount"], row["digest"])


async def read_households(
    snapshot: Snapshot, table: str, text: str, values: Sequence[Any]
) -> HouseholdsDigest:
    """Return the digest of `said`, an expression over `table` with the values `given`."""
    source = f"SELECT household_id AS key, {text} AS said FROM {table}"
    row = await _row(snapshot, _DIGEST.format(sums="", counts="", source=source), *values)
    return HouseholdsDigest(row["rows"], row["digest"])


async def _row(snapshot: Snapshot, statement: str, *values: Any) -> Record:
    row: Record
    (row,) = await snapshot.fetch(statement, *values, timeout=SECONDS)
    return row
