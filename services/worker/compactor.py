"""The component that sums up the ledger of tallies, so that a question adds up few rows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from shared.households.store import tally_runs
from shared.kernel.database import Database
from shared.law.store.seeds import SeedCache

LOOK_EVERY_SECONDS = 1.0

log = structlog.get_logger()


@dataclass
class Compactor:
    """Sums what is due, a run a transaction; of many processes one at a time does."""

    database: Database
    seeds: SeedCache

    async def run(self) -> None:
        """Look again and again; a failing database only makes answers dearer."""
        while True:
            try:
                while await self.run_once():
                    pass
            except Exception as error:  # sums must go on when the database is back
                log.warning("compactor.failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def run_once(self) -> bool:
        """Sum one run; say whether there was one to sum."""
        async with self.database.transaction() as tx:
            return await tally_runs.compact(tx, self.seeds.areas)
