"""A worker as any other, except that it looks for forgotten work every second; a test's patience.

What nobody carries is found after two looks and a minute and a half in earnest.
"""

from __future__ import annotations

import sys
from functools import partial

from services.commands import cli
from services.processes import table
from services.worker.reconciler import Reconciler

LOOK_EVERY_SECONDS = 1.0
# Work done twice is work recomputed, so taking what is at work for lost costs only time.
OVERDUE_SECONDS = 5.0


def main() -> None:
    """Run the worker process."""
    hasty = partial(
        Reconciler, look_every_seconds=LOOK_EVERY_SECONDS, overdue_seconds=OVERDUE_SECONDS
    )
    table.Reconciler = hasty  # type: ignore[misc, assignment]
    sys.argv = ["registry", "run", "worker"]
    cli.main()


if __name__ == "__main__":
    main()
