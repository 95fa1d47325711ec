"""`Prefer: wait=N` (RFC 7240): a door answers once the effects of its facts are visible.

Without it a caller who posts and reads at once meets an answer that does not have its facts yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from uuid import UUID

from shared.facts import CONCERNED
from shared.kernel import receipts
from shared.kernel.database import Database
from shared.kernel.facts import FactKind

# Callers keep a connection that long; work that takes longer is told by the receipts.
WAIT_SECONDS_MAX = 10
FIRST_PAUSE_SECONDS, PAUSE_SECONDS_MAX = 0.01, 0.25


def wait_seconds(headers: Iterable[str]) -> int:
    """Return how long a caller would wait, at most ten seconds; 0 without such a preference.

    What cannot be read is as if it had not been sent: RFC 7240 asks for that.

    >>> wait_seconds(["respond-async, wait=5", "wait=7"])
    5
    >>> wait_seconds(['Wait = "60"; x=1'])
    10
    >>> wait_seconds(["wait=soon"])
    0
    """
    for preference in ",".join(headers).split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        number = value.strip().strip('"')
        if name.strip().lower() == "wait":
            # Of one that is named twice the first counts.
            return min(int(number[:9]), WAIT_SECONDS_MAX) if _is_number(number) else 0
    return 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


async def visible(
    database: Database, kind: FactKind, event_ids: Sequence[UUID], seconds: int
) -> bool:
    """Wait until every effect of the facts is committed; False if that took longer."""
    concerned, pause = CONCERNED[kind], FIRST_PAUSE_SECONDS
    if concerned is None or not event_ids:
        return True
    try:
        async with asyncio.timeout(seconds):
            while True:
                async with database.statement() as snapshot:
                    if await receipts.processed(snapshot, kind, concerned, event_ids):
                        return True
                await asyncio.sleep(pause)
                pause = min(2 * pause, PAUSE_SECONDS_MAX)
    except TimeoutError:
        return False
