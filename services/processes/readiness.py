"""What `/health/ready` means for each process: able to do its work, demo loaded if asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from shared.http.context import Context
from shared.http.health import Check
from shared.kernel import server
from shared.kernel.write_probe import WriteProbe
from shared.migrations.upgrade import head


def checks(name: str, context: Context, demo_loaded: asyncio.Event) -> Mapping[str, Check]:
    """Return the named checks of a process."""
    newest = head()
    probe = WriteProbe(context.database)

    async def migrated() -> bool:
        return await server.schema(context.database) == newest

    async def seeded() -> bool:
        await context.policy.current()
        return len((await context.areas.current()).units) > 0

    async def demo() -> bool:
        return demo_loaded.is_set()

    common = {"migrated": migrated, "policy_and_areas": seeded, "able_to_write": probe.passes}
    return {**common, "demo": demo} if name == "embedded" else common
