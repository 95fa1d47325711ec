"""What answers about a household share: whom a path names, who may see it, what waits."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta, UnsetType

from shared.areas.reach import granted
from shared.http.ask import Ask
from shared.http.parameters import PathParameter
from shared.http.problems import Problem, ProblemType, not_found
from shared.http.schemas import Instant

_POSSIBLE = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def unknown_household() -> Problem:
    """Return the one answer for households that do not exist or may not be seen."""
    return not_found("unknown_household", "no such household is known")


UNKNOWN_HOUSEHOLD = ProblemType(
    "No such household, or outside the caller's area", unknown_household()
)


def _read(text: str) -> str:
    if not _POSSIBLE.fullmatch(text):
        raise unknown_household()
    return text


HouseholdId = Annotated[str, PathParameter(_read, "Id of the household.", "LS-06091-000123")]


async def check_visible(ask: Ask, area_id: int | None, day: date) -> None:
    """Refuse, as if it did not exist, a household outside the caller's area."""
    if not ask.caller.nationwide:
        reach = granted(await ask.tree(), ask.caller.area, day)
        if reach is not None and area_id not in reach:
            raise unknown_household()


Pending = Annotated[
    bool | UnsetType,
    Meta(
        description="True while facts of the household are recorded and not yet processed: the "
        "answer does not have them. Absent otherwise, and of a past `known_at`."
    ),
]
PendingSince = Annotated[
    Instant | UnsetType, Meta(description="When the oldest of them was recorded.")
]


def pending(since: datetime | None) -> dict[str, Any]:
    """Return the fields of an answer that say so; none when nothing waits."""
    return {} if since is None else {"pending": True, "pending_since": since}
