"""What `make migration M="…"` runs: write the migration from the newest one to the tables in code.

What it writes is a draft: autogeneration sees no renamed column and no data, and the house adds
locks and constraints by hand.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from shared.migrations.upgrade import config, head, upgrade
from shared.runtime.embedded_postgres import embedded_postgres


def main() -> int:
    """Write the file and name it; 1 when there is nothing to migrate."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        print('say what changes: make migration M="funds have an owner"')
        return 2
    with tempfile.TemporaryDirectory(prefix="registry-migration-") as folder:
        with embedded_postgres(Path(folder)) as dsn:
            path = asyncio.run(write_migration(dsn, message))
    print(path or "the migrations already make the tables that the code declares")
    return 0 if path else 1


async def write_migration(dsn: str, message: str) -> str | None:
    """Return the path of the migration written, None when code and newest migration agree."""
    await upgrade(dsn)
    engine = create_async_engine(make_url(dsn).set(drivername="postgresql+asyncpg"))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(_write, message)
    finally:
        await engine.dispose()


def _write(connection: Connection, message: str) -> str | None:
    settings = config()
    settings.attributes["connection"] = connection
    script: Any = command.revision(
        settings,
        message,
        autogenerate=True,
        rev_id=f"{int(head()) + 1:04}",
        process_revision_directives=_leave_out_empty,
    )
    return None if isinstance(script, list) else str(script.path)


def _leave_out_empty(_context: object, _revision: object, directives: list[Any]) -> None:
    if directives[0].upgrade_ops.is_empty():
        directives.clear()


if __name__ == "__main__":
    sys.exit(main())
