"""What every table of posted facts answers alike: which revisions of a key are stored."""

from __future__ import annotations

from collections.abc import Sequence

from shared.store.database import Transaction

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
