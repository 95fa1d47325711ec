"""The results of households computed anew, in tables of their own, beside those that are stored.

The transaction is one that is not kept; the tables go with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from shared.households.store.rows import EpisodeRow, TransitionRow
from shared.kernel.database import Snapshot, Transaction

SCHEMA = "rebuild"
# What is compared of each table, what of it stands, and the order in which it is shown.
_CONTENT = {
    # When a change waits for its day is no part of what is known.
    "episodes": [name for name in EpisodeRow._fields if name != "due_on"],
    "transitions": list(TransitionRow._fields),
}
_STANDING = {
    "episodes": "known_to IS NULL",
    "transitions": "retracts IS NULL AND retracted_at IS NULL",
}
_KEY = {"episodes": "household_id, valid_from", "transitions": "household_id, on_date, to_status"}


async def make_fresh_tables(tx: Transaction) -> None:
    """Let the statements that store results write into empty tables from now on."""
    await tx.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    await tx.execute(f"CREATE SCHEMA {SCHEMA}")
    for table in _CONTENT:
        await tx.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
    await tx.execute(f"CREATE TABLE {SCHEMA}.pending (household_id text PRIMARY KEY)")
    # Not yet worked off: their stored timeline is rightly behind their events.
    await tx.execute(
        f"""
        INSERT INTO {SCHEMA}.pending
        SELECT DISTINCT e.household_id FROM household_events e
        JOIN recordings r USING (recording_id) LEFT JOIN households h USING (household_id)
        WHERE e.household_id IS NOT NULL
            AND r.recorded_at > coalesce(h.folded_through, '-infinity')
        """
    )
    await tx.execute(f"ANALYZE {SCHEMA}.pending")
    await tx.execute(f"SET LOCAL search_path = {SCHEMA}, public")


async def count_households(snapshot: Snapshot) -> tuple[int, int]:
    """Return how many households wait to be worked off, and how many have events."""
    row = await snapshot.fetchrow(
        "SELECT (SELECT count(*) FROM pending), "
        "(SELECT count(DISTINCT household_id) FROM household_events)"
    )
    return (0, 0) if row is None else (row[0], row[1])


async def households(snapshot: Snapshot, together: int) -> AsyncIterator[list[str]]:
    """Yield the households that are worked off, so many at a time, in order."""
    last = ""
    while True:
        rows = await snapshot.fetch(
            "SELECT DISTINCT household_id FROM household_events WHERE household_id > $1 "
            "AND household_id NOT IN (SELECT household_id FROM pending) "
            "ORDER BY household_id LIMIT $2",
            last,
            together,
        )
        if not rows:
            return
        last = rows[-1][0]
        yield [row[0] for row in rows]


async def differences(snapshot: Snapshot, limit: int) -> list[str]:
    """Return, as sentences, at most `limit` rows of each table that stand on one side only."""
    return [line for table in _CONTENT for line in await _differences(snapshot, table, limit)]


async def _differences(snapshot: Snapshot, table: str, limit: int) -> list[str]:
    names = _CONTENT[table]
    content = ", ".join(names)
    rows = await snapshot.fetch(
        f"""
        WITH stored AS (
            SELECT {content} FROM public.{table} WHERE {_STANDING[table]}
                AND household_id NOT IN (SELECT household_id FROM pending)),
        rebuilt AS (SELECT {content} FROM {SCHEMA}.{table})
        (SELECT 'stored but not rebuilt' AS side, d.* FROM (TABLE stored EXCEPT ALL TABLE rebuilt) d
        UNION ALL
        SELECT 'rebuilt but not stored', d.* FROM (TABLE rebuilt EXCEPT ALL TABLE stored) d)
        ORDER BY {_KEY[table]}, side LIMIT {limit}
        """
    )
    return [f"{table}: {side}: {_readable(names, values)}" for side, *values in rows]


def _readable(names: Sequence[str], values: Sequence[object]) -> str:
    pairs = zip(names, values, strict=True)
    return ", ".join(f"{name}={value}" for name, value in pairs if value is not None)
