"""Whether the database takes writes now: asked by writing, for what a setting says is no proof."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from shared.kernel.database import Database

# Whoever asks how we are may ask as often as he likes.
PROBE_EVERY_SECONDS = 3.0

_REFUSED = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"
# An update of one row finds room on a full disk, in a page and a WAL file that are there already.
# A result larger than its memory needs new blocks: about a megabyte, given back at once.
_NEW_BLOCKS = "SET LOCAL work_mem = '64kB'; SELECT count(*) FROM generate_series(1, 40000)"
# Makes the commit write the WAL, without a table; nobody reads the message.
_WAL = "SELECT pg_logical_emit_message(true, 'registry-write-probe', '')"


@dataclass
class WriteProbe:
    """Remembers for a moment what the last probe gave."""

    database: Database
    every_seconds: float = PROBE_EVERY_SECONDS
    _passed: bool = False
    _probed_at: float = float("-inf")

    async def passes(self) -> bool:
        """Say whether new blocks and a commit are taken; what the database raises is a no."""
        if monotonic() >= self._probed_at + self.every_seconds:
            passed = False
            try:
                passed = await self._probe()
            finally:
                self._passed, self._probed_at = passed, monotonic()
        return self._passed

    async def _probe(self) -> bool:
        async with self.database.transaction() as tx:
            if await tx.fetchval(_REFUSED):
                return False
            await tx.execute(_NEW_BLOCKS)
            await tx.execute(_WAL)
        return True
