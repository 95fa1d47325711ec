"""`registry migrate`: the newest schema, and policy and areas as the files have them."""

from __future__ import annotations

from services.commands.keys import seal_keys
from services.commands.persons import seal_persons
from services.commands.seed import load_seeds
from services.commands.shell import open_database, run_with_database
from shared.kernel import server
from shared.kernel.key_file import KeyFile
from shared.migrations.upgrade import upgrade
from shared.runtime.errors import StartError


def migrate() -> None:
    """Bring the database to the newest schema and load policy and areas; safe to repeat."""
    run_with_database(lambda settings, dsn: prepare(dsn, KeyFile(settings.persons_keys())))


async def check_server(dsn: str) -> None:
    """Refuse a server that cannot be reached or is too old, before anything is changed."""
    async with open_database(dsn) as database, database.statement() as snapshot:
        major, _ = await server.version(snapshot)
    if major < server.OLDEST_MAJOR:
        raise StartError(f"PostgreSQL {major} is too old: {server.OLDEST_MAJOR} or newer is needed")


async def prepare(dsn: str, keys: KeyFile) -> None:
    """Migrate, encrypt what an older release did not, then seed."""
    await check_server(dsn)
    await upgrade(dsn)
    await seal_persons(dsn, keys)
    await seal_keys(dsn, keys)
    await load_seeds(dsn)
