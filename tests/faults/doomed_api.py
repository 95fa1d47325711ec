"""An api as any other, except that its files have small pages and parts, and leases end soon.

python -m tests.faults.doomed_api
"""

from __future__ import annotations

import sys
from datetime import timedelta

from services.api.exports import content, exporter, questions
from services.commands import cli
from shared.exports.store import exports

PART_BYTES, PAGE_ROWS = 512, 7


def main() -> None:
    """Run the api process."""
    questions.PAGE_ROWS = PAGE_ROWS
    for module in (content, exporter, exports):
        module.PART_BYTES = PART_BYTES
    exports.LEASE = timedelta(seconds=1)
    sys.argv = ["registry", "run", "api"]
    cli.main()


if __name__ == "__main__":
    main()
