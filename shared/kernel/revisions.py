"""What tables of posted facts have alike: inserting revisions, and which ones are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from asyncpg import Record

from shared.kernel.database import Transaction

Key = tuple[str, str]


async def content_hashes(
    tx: Transaction, table: str, keys: Sequence[Key]
) -> dict[Key, dict[int, bytes]]:
    """Return, per (source, external_id), the content hash of each revision stored in `table`."""
    rows = await tx.fetch(
        f"""
        SELECT e.source, e.external_id, e.revision, e.content_hash
        FROM unnest($1::text[], $2::text[]) AS k (source, external_id)
        JOIN {table} e USING (source, external_id)
        """,
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    found: dict[Key, dict[int, bytes]] = {}
    for source, external_id, revision, digest in rows:
        found.setdefault((source, external_id), {})[revision] = digest
    return found


# What every table of posted facts has beside its own columns, and the types of both.
_COMMON = {
    "event_id": "uuid",
    "source": "text",
    "external_id": "text",
    "revision": "int",
    "withdrawn": "bool",
    "content_hash": "bytea",
}


async def insert(
    tx: Transaction, table: str, own: Mapping[str, str], recording_id: int, rows: Sequence[Any]
) -> int:
    """Insert new revisions in the order given; return how many were new.

    `own` maps the table's own columns, which are fields of the rows, to their types.
    """
    types = {**_COMMON, **own}
    names = ", ".join(types)
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(types.values(), 3))
    made: int = await tx.fetchval(
        f"""
        WITH made AS (
            INSERT INTO {table} (recording_id, payload, {names})
            SELECT $1, payload::jsonb, {names}
            FROM unnest($2::text[], {arrays}) AS r (payload, {names})
            ON CONFLICT DO NOTHING RETURNING 1)
        SELECT count(*) FROM made
        """,
        recording_id,
        [orjson.dumps(row.payload).decode() for row in rows],
        *([getattr(row, name) for row in rows] for name in types),
    )
    return made


async def of_keys(tx: Transaction, table: str, fields: str, keys: Sequence[Key]) -> list[Record]:
    """Return these fields, behind source and external_id, of every stored revision of the keys."""
    rows: list[Record] = await tx.fetch(
        f"""
        SELECT e.source, e.external_id, {fields}
        FROM unnest($1::text[], $2::text[]) AS k (source, external_id)
        JOIN {table} e USING (source, external_id)
        """,
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    return rows


def counting(table: str, at: str | None = None) -> str:
    """Return the SQL of the facts of `table` that count: highest revisions, withdrawn ones out.

    `at` is the placeholder of an instant: what was known by then, all if it is null; the rows then
    have their `recorded_at`. Without it the facts count that this transaction has stored so far.
    """
    if at is None:
        return f"""
            SELECT e.* FROM {table} e WHERE NOT e.withdrawn AND NOT EXISTS (
                SELECT 1 FROM {table} n WHERE {_LATER})
        """
    known = f"({at}::timestamptz IS NULL OR %s.recorded_at <= {at})"
    return f"""
        SELECT e.*, er.recorded_at FROM {table} e JOIN recordings er USING (recording_id)
        WHERE NOT e.withdrawn AND {known % "er"} AND NOT EXISTS (
            SELECT 1 FROM {table} n JOIN recordings nr USING (recording_id)
            WHERE {_LATER} AND {known % "nr"})
    """


_LATER = "n.source = e.source AND n.external_id = e.external_id AND n.revision > e.revision"
