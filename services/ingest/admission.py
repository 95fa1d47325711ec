"""May we accept more? Not while the outbox is over its limit: 503, with a time to come back."""

from __future__ import annotations

from dataclasses import dataclass

from shared.http.problems import Problem
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.messaging import outbox

LOOK_EVERY_SECONDS = 0.5
RETRY_AFTER_SECONDS = 5


@dataclass
class Admission:
    """Looks at the outbox at most twice a second, however many requests ask."""

    database: Database
    clock: Clock
    rows_max: int
    _looked_at: float = 0.0
    _full: bool = False

    async def check(self) -> None:
        """Raise 503 `outbox_full` while too many messages wait to be sent."""
        now = self.clock.now().timestamp()
        # A clock that was set back must not keep us from looking.
        if not 0 <= now - self._looked_at < LOOK_EVERY_SECONDS:
            self._looked_at = now
            async with self.database.statement() as snapshot:
                rows, _ = await outbox.depth(snapshot, self.rows_max + 1)
            self._full = rows > self.rows_max
        if self._full:
            raise Problem(
                503,
                "outbox_full",
                "too many messages wait to be sent; nothing was stored, send the same again later",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )
