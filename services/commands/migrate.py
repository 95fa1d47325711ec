"""`registry migrate`: the newest schema, and policy and areas as the files have them."""

from __future__ import annotations

from services.commands.seed import load_seeds
from services.commands.shell import run_with_database
from shared.migrations.upgrade import upgrade


def migrate() -> None:
    """Bring the database to the newest schema and load policy and areas; safe to repeat."""
    run_with_database(lambda _, dsn: prepare(dsn))


async def prepare(dsn: str) -> None:
    """Migrate, then seed."""
    await upgrade(dsn)
    await load_seeds(dsn)
