"""Notices before an exit window ends: what is due, what was told, and what is no longer true.

A window is told of by its last day. A notice stands while the household has a window that runs out
on that day; a correction that moves or ends the window takes it back, and a window that comes back
is told of anew. Each of the policy's days before the end is told at most once: who hears of a
window late hears only of the day that holds now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, DateTime, Identity, Index, Integer, Table

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key

EXIT_NOTICES = Table(
    "exit_notices",
    METADATA,
    Column("notice_id", Integer, Identity(always=True), primary_key=True),
    Column("household_id", Key, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("days_before", Integer, nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
)
Index(
    "uq_exit_notices_standing",
    EXIT_NOTICES.c.household_id,
    EXIT_NOTICES.c.last_day,
    EXIT_NOTICES.c.days_before,
    unique=True,
    postgresql_where=EXIT_NOTICES.c.withdrawn_at.is_(None),
)
# What is told to subscribers goes by the instant.
Index("ix_exit_notices_told", EXIT_NOTICES.c.told_at)
Index(
    "ix_exit_notices_withdrawn",
    EXIT_NOTICES.c.withdrawn_at,
    postgresql_where=EXIT_NOTICES.c.withdrawn_at.is_not(None),
)

# Only the window's own end counts: a window that a poor class or a closure cuts short runs out
# never. What follows it is `non_poor`, and nothing else makes that of one recently exited.
# With OFFSET a question of one household stays one: joined to all that ever left a list, before
# anything is known of the table, a batch took a minute.
_RUNS_OUT = """e.known_to IS NULL AND e.status = 'recently_exited' AND EXISTS (
    SELECT FROM episodes n WHERE n.household_id = e.household_id AND n.known_to IS NULL
        AND n.valid_from = e.valid_to AND n.status = 'non_poor' OFFSET 0)"""
# $1: the day up to which changes are told; $2: days before the end, by policy.
_DUE = f"""
SELECT w.household_id, w.last_day, w.days_before FROM (
    SELECT e.household_id, e.valid_to - 1 AS last_day,
        (SELECT min(d) FROM unnest($2::int[]) d WHERE d >= e.valid_to - 1 - $1::date) AS days_before
    FROM {{episodes}} e
    WHERE e.valid_to > $1 AND e.valid_to <= $1 + 1 + (SELECT max(d) FROM unnest($2::int[]) d)
        AND {_RUNS_OUT}) w
WHERE NOT EXISTS (
    SELECT FROM exit_notices n WHERE n.household_id = w.household_id AND n.withdrawn_at IS NULL
        AND n.last_day = w.last_day AND n.days_before = w.days_before OFFSET 0)
"""
_OWN = """unnest($3::text[]) AS u (household_id) CROSS JOIN LATERAL (
    SELECT * FROM episodes c WHERE c.household_id = u.household_id AND c.known_to IS NULL OFFSET 0)
"""
_OF_ALL, _OF_SOME = _DUE.format(episodes="episodes"), _DUE.format(episodes=_OWN)


@dataclass
class Notice:
    """What one message tells of the windows with one last day."""

    told: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)


# By the last day of the windows, and the days before it.
Notices = dict[tuple[date, int], Notice]


async def due(
    snapshot: Snapshot, announced: date, days: Sequence[int], limit: int | None = None
) -> list[str]:
    """Return the households with a window to be told of on a day."""
    rows = await snapshot.fetch(
        f"SELECT DISTINCT d.household_id FROM ({_OF_ALL}) d ORDER BY 1 LIMIT $3",
        announced,
        days,
        limit,
    )
    return [row[0] for row in rows]


async def tell(
    tx: Transaction,
    household_ids: Sequence[str],
    announced: date,
    days: Sequence[int],
    at: datetime,
) -> Notices:
    """Write down what is to be told of these households, which are locked; return it."""
    notices: Notices = {}
    for household_id, *window in await _withdraw(tx, household_ids, announced, at):
        notices.setdefault((window[0], window[1]), Notice()).withdrawn.append(household_id)
    rows = await tx.fetch(
        f"INSERT INTO exit_notices (household_id, last_day, days_before, told_at) "
        f"SELECT d.*, $4 FROM ({_OF_SOME}) d "
        "RETURNING household_id, last_day, days_before",
        announced,
        days,
        household_ids,
        at,
    )
    for household_id, *window in rows:
        notices.setdefault((window[0], window[1]), Notice()).told.append(household_id)
    return notices


async def _withdraw(
    tx: Transaction, household_ids: Sequence[str], announced: date, at: datetime
) -> list[Any]:
    """Take back what was told of windows that should still run; of one the last that was told."""
    return await tx.fetch(
        f"""
        WITH gone AS (
            UPDATE exit_notices t SET withdrawn_at = $3
            WHERE t.household_id = ANY($1::text[]) AND t.withdrawn_at IS NULL AND t.last_day >= $2
                AND NOT EXISTS (
                    SELECT FROM (
                        SELECT * FROM episodes c WHERE c.household_id = t.household_id
                            AND c.known_to IS NULL OFFSET 0) e
                    WHERE e.valid_to = t.last_day + 1 AND {_RUNS_OUT} OFFSET 0)
            RETURNING household_id, last_day, days_before)
        SELECT household_id, last_day, min(days_before) FROM gone GROUP BY 1, 2
        """,
        household_ids,
        announced,
        at,
    )
