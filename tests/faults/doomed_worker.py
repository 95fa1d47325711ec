"""A worker as any other, except that one household id ends the process; started by a test."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.commands import cli
from services.processes import table
from shared.kernel.database import Transaction
from shared.messaging.topology import Handle, Route

DEATH = 86


def doomed(handle: Handle, victim: str) -> Handle:
    """Return a handler that dies at the victim, as a segmentation fault would."""

    async def handle_or_die(tx: Transaction, items: Sequence[str]) -> None:
        if victim in items:
            os._exit(DEATH)
        await handle(tx, items)

    return handle_or_die


def main(victim: str) -> None:
    """Run the worker process."""
    normal = table.routes

    def routes(*given: Any) -> tuple[Route, ...]:
        return tuple(replace(r, handle=doomed(r.handle, victim)) for r in normal(*given))

    table.routes = routes
    sys.argv = ["registry", "run", "worker"]
    cli.main()


if __name__ == "__main__":
    main(sys.argv[1])
