"""What `/health/ready` means for each process: able to do its work, demo loaded if asked."""

from __future__ import annotations

from collections.abc import Mapping

from shared.http.health import Check
from shared.migrations.upgrade import head
from shared.runtime.context import Context


def checks(name: str, context: Context) -> Mapping[str, Check]:
    """Return the named checks of a process."""
    newest = head()

    async def migrated() -> bool:
        async with context.database.statement() as snapshot:
            found = await snapshot.fetchval("SELECT version_num FROM alembic_version")
        return bool(found == newest)

    async def seeded() -> bool:
        await context.policy.current()
        return len((await context.areas.tree()).units) > 0

    async def writable() -> bool:
        async with context.database.statement() as snapshot:
            locked = await snapshot.fetchval(
                "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"
            )
        return not locked

    async def demo() -> bool:
        return not context.demo_pending

    common = {"migrated": migrated, "policy_and_areas": seeded, "able_to_write": writable}
    return {**common, "demo": demo} if name == "embedded" else common
