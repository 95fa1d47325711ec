"""The ledger of tallies: one entry per batch, appended and never changed, and sums over it.

An entry holds the amounts that one commit added (`shared.households.tallies`). Sums are taken over
runs of entries, eight runs of one level making a run of the next, and all levels are kept: so any
past `known_at` is a few sums and a short tail of entries, and the answer for it stays exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Date, DateTime, Integer, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from shared.households.status_flows import STOOD, UNCLASSED
from shared.households.tallies import HELD, Amounts
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

TALLY_ENTRIES = Table(
    "tally_entries",
    METADATA,
    Column("known_at", DateTime(timezone=True), primary_key=True),
    Column("size", Integer, nullable=False),
    # Communes as reported.
    Column("units", ARRAY(Integer), nullable=False),
    Column("days", ARRAY(Date), nullable=False),
    Column("keys", ARRAY(Text), nullable=False),
    Column("amounts", ARRAY(Integer), nullable=False),
)

# A run of entries that sums exist for: those after `after`, up to `through`.
TALLY_RUNS = Table(
    "tally_runs",
    METADATA,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("through", DateTime(timezone=True), primary_key=True),
    Column("after", DateTime(timezone=True), nullable=False),
)

# Per run, year and unit, which is a district, a province or the country: the year's totals, and
# beside them, read only for a day inside the year, the amounts of its days. Runs of the first level
# have no totals.
TALLY_SUMS = Table(
    "tally_sums",
    METADATA,
    Column("unit", Integer, primary_key=True, autoincrement=False),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("through", DateTime(timezone=True), primary_key=True),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("keys", ARRAY(Text), nullable=False),
    Column("amounts", ARRAY(Integer), nullable=False),
    Column("days", ARRAY(Date), nullable=False),
    Column("day_keys", ARRAY(Text), nullable=False),
    Column("day_amounts", ARRAY(Integer), nullable=False),
)

LEVELS_MAX = 10
# Later than any commit.
_LATEST = datetime.max.replace(tzinfo=UTC)
# A longer tail (just filled by a migration, or nobody compacts) is dearer than counting episodes.
TAIL_AMOUNTS_MAX = 400_000


async def append(tx: Transaction, amounts: Amounts, at: datetime) -> None:
    """Append what this transaction changes, if anything; no lock, no row that others write."""
    changed = [(place, amount) for place, amount in amounts.items() if amount]
    if not changed:
        return
    await tx.execute(
        "INSERT INTO tally_entries (known_at, size, units, days, keys, amounts) "
        "VALUES ($1, $2, $3::int[], $4::date[], $5::text[], $6::int[])",
        at,
        len(changed),
        [commune for (commune, _, _), _ in changed],
        [day for (_, day, _), _ in changed],
        [key for (_, _, key), _ in changed],
        [amount for _, amount in changed],
    )


# The runs that make up all entries up to $1, greatest first: of each level those that end after
# the last of all higher levels.
_COVER = f"""
last AS MATERIALIZED (
    SELECT level, (SELECT max(through) FROM tally_runs r
        WHERE r.level = l.level AND through <= $1) AS through
    FROM generate_series(1, {LEVELS_MAX}) AS l (level)),
covered AS MATERIALIZED (SELECT coalesce(max(through), '-infinity') AS through FROM last),
cover AS MATERIALIZED (
    SELECT r.level, r.through FROM last l JOIN tally_runs r ON r.level = l.level
    WHERE r.through <= l.through AND r.through > coalesce(
        (SELECT max(h.through) FROM last h WHERE h.level > l.level), '-infinity'))
"""

# What counts on a day, and what tells of flows from the end of day $3 to that of $6, in a year $4.
_ON_DAY = f"day <= $3 AND NOT starts_with(key, '{STOOD}')"
_HELD_AT_START = f"(starts_with(key, '{HELD}') OR key = '{UNCLASSED}')"
_SINCE = f"""CASE WHEN starts_with(key, '{STOOD}') THEN day > $3 AND day <= $6
    ELSE day <= $3 AND {_HELD_AT_START} END"""


def _sum(of_years: str, of_days: str) -> str:
    """Return the SQL of the sums of those amounts that meet a condition.

    $2: the units, $4: the year, before which totals count, and in which days do; $5: the communes
    that the units consist of, null: all. The sums are found per run by their key: whatever is known
    of the tables, never by reading all. Communes are looked up in a hash, as `= ANY` is only where
    a plan is made for their very number.
    """
    return f"""
WITH {_COVER},
asked AS MATERIALIZED (
    SELECT u.unit, c.level, c.through FROM cover c CROSS JOIN unnest($2::int[]) AS u (unit)),
tail AS MATERIALIZED (
    SELECT coalesce(sum(size), 0) AS size FROM tally_entries, covered
    WHERE known_at > covered.through AND known_at <= $1),
counted AS (
    SELECT y.key, y.amount FROM asked a CROSS JOIN LATERAL (
        SELECT keys, amounts FROM tally_sums s WHERE s.unit = a.unit AND s.level = a.level
            AND s.through = a.through AND s.year < $4 OFFSET 0) s CROSS JOIN
        unnest(s.keys, s.amounts) AS y (key, amount)
    WHERE {of_years}
    UNION ALL
    SELECT d.key, d.amount FROM asked a CROSS JOIN LATERAL (
        SELECT days, day_keys, day_amounts FROM tally_sums s WHERE s.unit = a.unit
            AND s.level = a.level AND s.through = a.through
            AND (s.year = $4 OR s.year < $4 AND s.level = 1) OFFSET 0) s CROSS JOIN
        unnest(s.days, s.day_keys, s.day_amounts) AS d (day, key, amount)
    WHERE {of_days}
    UNION ALL
    SELECT t.key, t.amount FROM covered, tally_entries e,
        unnest(e.units, e.days, e.keys, e.amounts) AS t (commune, day, key, amount)
    WHERE e.known_at > covered.through AND e.known_at <= $1 AND {of_days}
        AND ($5::int[] IS NULL OR t.commune IN (SELECT unnest($5::int[])))
        AND (SELECT size FROM tail) <= {TAIL_AMOUNTS_MAX}),
answer AS (
    SELECT key, sum(amount)::int AS amount FROM counted GROUP BY key
    UNION ALL
    SELECT NULL, size::int FROM tail WHERE size > {TAIL_AMOUNTS_MAX})
SELECT k.at, a.key, a.amount FROM knowledge_clock k LEFT JOIN answer a ON true
"""


_TOTALS = _sum("true", _ON_DAY)
_FLOWS = _sum(_HELD_AT_START, _SINCE)


class Totals(NamedTuple):
    """What the ledger counts, and the instant of the last commit that it saw."""

    amounts: dict[str, int]
    at: datetime


async def totals(
    snapshot: Snapshot,
    units: Sequence[int],
    communes: Sequence[int] | None,
    day: date,
    known_at: datetime | None,
) -> Totals | None:
    """Return what the ledger counts in these units, which consist of `communes`, on a day.

    None: too many entries wait to be summed, and counting episodes is quicker.
    """
    rows = await snapshot.fetch(_TOTALS, known_at or _LATEST, units, day, day.year, communes)
    return _totals(rows)


async def totals_since(
    snapshot: Snapshot,
    units: Sequence[int],
    communes: Sequence[int] | None,
    period: tuple[date, date],
    known_at: datetime | None,
) -> Totals | None:
    """Return the same of who was held at the end of a year, and of flows from there to a day.

    The day is one of the next year (`shared.households.status_flows.period_summed`).
    """
    start, end = period
    at = known_at or _LATEST
    return _totals(await snapshot.fetch(_FLOWS, at, units, start, end.year, communes, end))


def _totals(rows: Sequence[Any]) -> Totals | None:
    amounts = {key: amount for _, key, amount in rows if amount}
    return None if None in amounts else Totals(amounts, rows[0][0])
