"""How long an import may take, and which of its parts took the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from shared.http.problems import RETRY_SECONDS, Problem

# A gigabyte takes some seven minutes of checking here, and a quarter of an hour on a slow line.
IMPORT_SECONDS = 3600.0

Stage = Literal["sender", "checks", "store"]
_NAMED: dict[Stage, str] = {
    "sender": "waiting for rows",
    "checks": "checking rows",
    "store": "storing rows",
}


@dataclass
class Pace:
    """The seconds of each stage so far; ends what takes too long by the name of the slowest."""

    seconds_max: float = field(default_factory=lambda: IMPORT_SECONDS)
    spent: dict[Stage, float] = field(default_factory=lambda: dict.fromkeys(_NAMED, 0.0))
    _last: float = field(default_factory=monotonic)

    def reached(self, stage: Stage) -> None:
        """Count the time since the last call to a stage; raise `import_too_slow` past the end."""
        now = monotonic()
        self.spent[stage] += now - self._last
        self._last = now
        if sum(self.spent.values()) > self.seconds_max:
            raise too_slow(self.spent)


def too_slow(spent: dict[Stage, float]) -> Problem:
    """Return the problem of an import that took too long: the sender's doing, or ours."""
    slowest = max(spent, key=lambda stage: spent[stage])
    parts = ", ".join(f"{_NAMED[stage]} {seconds:.0f} s" for stage, seconds in spent.items())
    detail = f"the import took too long, most of it {_NAMED[slowest]} ({parts}); rows already "
    detail += "counted are stored, send the rest again"
    if slowest == "sender":
        return Problem(408, "import_too_slow", detail)
    return Problem(503, "import_too_slow", detail, headers={"Retry-After": str(RETRY_SECONDS)})
