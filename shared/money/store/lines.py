"""Lines of allocation runs: an area's share or a household's norm, also where it got nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key
from shared.kernel.revisions import counting
from shared.money.allocations import DIGEST_LINES, Line, result_digest
from shared.money.facts import FUNDS

ALLOCATION_LINES = Table(
    "allocation_lines",
    METADATA,
    Column("run_id", Key, nullable=False),
    # An area's code or a household's id.
    Column("line", Key, nullable=False),
    Column("area_id", Integer),
    Column("amount_vnd", BigInteger, nullable=False),
    # allocated, not_eligible, already_supported, fund_exhausted
    Column("outcome", Text, nullable=False),
    # Of score_share: its exact score, and every criterion with its value and coefficient.
    Column("score", Numeric),
    Column("reasons", JSONB),
    # Of household_norm: enough to say why, in few bytes, for there may be a million.
    Column("content", Text),
    Column("status", Text),
    Column("rank", SmallInteger),
    # Place in the queue of the eligible, from 1.
    Column("place", Integer),
    Column("failed", ARRAY(Text)),
    # The run or support record that supported the household before.
    Column("supported_by", Key),
    # Paid under the superseded run and deducted from the norm here.
    Column("already_paid_vnd", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("run_id", "line"),
    CheckConstraint("amount_vnd >= 0", name="amount"),
)
Index(
    "ix_allocation_lines_content",
    ALLOCATION_LINES.c.line,
    ALLOCATION_LINES.c.content,
    postgresql_where=ALLOCATION_LINES.c.content.is_not(None) & (ALLOCATION_LINES.c.amount_vnd > 0),
)


_FIELDS = (
    "line, amount_vnd, outcome, area_id, score::text, reasons, content, status, rank, place, "
    "failed, supported_by, already_paid_vnd"
)
# The text of `shared.money.allocations.canonical`, of lines without reasons.
_DIGEST = f"""
WITH numbered AS (
    SELECT line, (row_number() OVER (ORDER BY line) - 1) / {DIGEST_LINES} AS chunk,
        concat(line, '|', amount_vnd, '|', outcome, '|', score::text, '|', rank, '|', place, '|',
            status, '|', array_to_string(failed, ','), '|', supported_by, '|', already_paid_vnd,
            '|', E'\n') AS text
    FROM allocation_lines WHERE run_id = $1),
chunks AS (
    SELECT chunk, sha256(convert_to(string_agg(text, '' ORDER BY line), 'UTF8')) AS digest
    FROM numbered GROUP BY chunk)
SELECT encode(sha256(coalesce(string_agg(digest, ''::bytea ORDER BY chunk), ''::bytea)), 'hex')
FROM chunks
"""


async def insert(tx: Transaction, run_id: str, lines: Sequence[Line]) -> None:
    """Store area lines; those of households are filled in by `household_norm`, set by set."""
    await tx.execute(
        """
        INSERT INTO allocation_lines (run_id, line, area_id, amount_vnd, outcome, score, reasons)
        SELECT $1::text, line, area_id, amount_vnd, outcome, score::numeric, reasons::jsonb
        FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[])
            AS l (line, area_id, amount_vnd, outcome, score, reasons)
        """,
        run_id,
        [line.line for line in lines],
        [line.area_id for line in lines],
        [line.amount_vnd for line in lines],
        [line.outcome for line in lines],
        [line.score for line in lines],
        [None if line.reasons is None else orjson.dumps(line.reasons).decode() for line in lines],
    )


async def of_run(snapshot: Snapshot, run_id: str) -> list[Line]:
    """Return every line of a run in the byte order of their keys."""
    rows = await snapshot.fetch(
        f"SELECT {_FIELDS} FROM allocation_lines WHERE run_id = $1 ORDER BY line", run_id
    )
    return [_line(tuple(row)) for row in rows]


async def digest(snapshot: Snapshot, run_id: str) -> str:
    """Return the digest of a run's lines as they are stored."""
    reasoned: bool = await snapshot.fetchval(
        "SELECT EXISTS (SELECT 1 FROM allocation_lines WHERE run_id = $1 AND reasons IS NOT NULL)",
        run_id,
    )
    if reasoned:
        return result_digest(await of_run(snapshot, run_id))
    found: str = await snapshot.fetchval(_DIGEST, run_id)
    return found


async def remove(tx: Transaction, run_id: str) -> None:
    """Remove lines that were stored only to be compared; those of a run are never removed."""
    await tx.execute("DELETE FROM allocation_lines WHERE run_id = $1", run_id)


async def passed_on(tx: Transaction, run_id: str) -> list[tuple[str, str]]:
    """Return (line, fund) for every fund that draws on a line of the run."""
    rows = await tx.fetch(
        f"SELECT parent_line, fund_id FROM ({counting(FUNDS, '$1')}) f "
        "WHERE parent_run = $2 AND amount_vnd > 0 ORDER BY parent_line, fund_id",
        None,
        run_id,
    )
    return [(row[0], row[1]) for row in rows]


def _line(row: tuple[Any, ...]) -> Line:
    values: list[Any] = list(row)
    values[10] = None if values[10] is None else tuple(values[10])
    return Line(*values)


async def runs_of_household(snapshot: Snapshot, household_id: str) -> list[str]:
    """Return the runs in which a household got a line."""
    rows = await snapshot.fetch(
        "SELECT DISTINCT run_id FROM allocation_lines "
        "WHERE line = $1 AND content IS NOT NULL AND amount_vnd > 0 ORDER BY run_id",
        household_id,
    )
    return [row[0] for row in rows]
