"""Facts that were recorded and have no part yet in what is answered about their household."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, UnsetType

from shared.http.schemas import Instant

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
