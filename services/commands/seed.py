"""`registry seed`: load what has changed of policy and areas."""

from __future__ import annotations

from services.commands.shell import OUT, open_database, run_with_database
from services.processes import seeding
from shared.kernel.clock import SystemClock


def seed() -> None:
    """Load changed policy and areas as a new version; what they touch is recomputed."""
    run_with_database(lambda _, dsn: load_seeds(dsn))


async def load_seeds(dsn: str) -> None:
    """Load the seeds and say what changed."""
    async with open_database(dsn, "seed") as database:
        loaded = await seeding.load(database, SystemClock())
    if loaded.kinds:
        OUT.print(f"Loaded {', '.join(loaded.kinds)}; {loaded.households_due} households are due.")
    else:
        OUT.print("Policy and areas are up to date.")
