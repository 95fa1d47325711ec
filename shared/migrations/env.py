"""How alembic reaches our database: the address is given by `shared.migrations.upgrade`."""

from __future__ import annotations

from alembic import context

from shared.migrations.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
