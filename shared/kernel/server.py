"""The database server itself: which PostgreSQL it is, its clock, and the schema it holds."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from shared.kernel.database import Database, Snapshot, Transaction

# The oldest that the statements and the migrations are tested against.
OLDEST_MAJOR = 15


async def version(snapshot: Snapshot) -> tuple[int, str]:
    """Return the major version of PostgreSQL, and how it calls itself."""
    number = int(await snapshot.fetchval("SHOW server_version_num"))
    return number // 10_000, await snapshot.fetchval("SHOW server_version")


async def schema(database: Database) -> str | None:
    """Return the migration that the schema stands at, None where none ever ran."""
    async with database.statement() as snapshot:
        try:
            revision: str | None = await snapshot.fetchval(
                "SELECT version_num FROM alembic_version"
            )
        except asyncpg.UndefinedTableError:
            return None
    return revision


async def clock(snapshot: Snapshot) -> datetime:
    """Return what the server's clock says at this moment, not when the transaction began."""
    now: datetime = await snapshot.fetchval("SELECT clock_timestamp()")
    return now


async def releases(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return name and release of every process of a registry that is connected to this database.

    One of before the names told the release has an empty one.
    """
    rows = await snapshot.fetch(
        "SELECT DISTINCT split_part(application_name, '/', 1), "
        "split_part(application_name, '/', 2) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name LIKE 'registry-%' ORDER BY 1, 2"
    )
    return [(name, version) for name, version in rows]


async def archived(snapshot: Snapshot) -> tuple[datetime | None, datetime | None] | None:
    """Return when the log was last archived and when that last failed; None where it is not."""
    if await snapshot.fetchval("SHOW archive_mode") == "off":
        return None
    [row] = await snapshot.fetch(
        "SELECT last_archived_time, last_failed_time FROM pg_stat_archiver"
    )
    return row[0], row[1]


def archiving_fails(archived: tuple[datetime | None, datetime | None] | None) -> bool:
    """Say whether the last try to archive the log failed."""
    if archived is None:
        return False
    done, failed = archived
    return failed is not None and (done is None or failed > done)


async def read_stretches(tx: Transaction) -> None:
    """Let this transaction read stretches of time, where a writing one looks up keys."""
    await tx.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on")


async def may_idle(tx: Transaction, seconds: float) -> None:
    """Let this transaction wait so long between statements for what is done outside of it."""
    await tx.execute(f"SET LOCAL idle_in_transaction_session_timeout = {int(seconds * 1000)}")
