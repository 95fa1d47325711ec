"""What is asked and what an answer means; no input or output, so that both clients share it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

# The registry says these when the same question may be answered in a moment.
AGAIN = frozenset({429, 502, 503, 504})
# After these nothing has been done; after the others nobody knows.
UNDONE = frozenset({429, 503})
UNAUTHORIZED = 401
PAUSE_SECONDS, PAUSE_SECONDS_MAX = 0.2, 30.0
# A new token is fetched so long before the old one ends.
TOKEN_MARGIN_SECONDS = 30.0


@dataclass(frozen=True)
class Call:
    """One question. `repeatable`: asking it twice does no more than asking it once."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    files: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True

    @property
    def parameters(self) -> dict[str, str]:
        """Return the query as it is sent; what is None is left out."""
        return {n: written(v) for n, v in self.query.items() if v is not None}


class RegistryError(Exception):
    """A refusal, as the registry explains it (RFC 9457).

    `code` is for programs, `detail` for people; `errors` are the faults one by one.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], request_id: str | None) -> None:
        """Take what the answer said."""
        self.status = status
        self.code: str = str(problem.get("code", "unknown"))
        self.detail: str = str(problem.get("detail", ""))
        self.errors: list[dict[str, Any]] = list(problem.get("errors") or ())
        self.problem = dict(problem)
        self.request_id = request_id
        super().__init__(f"{status} {self.code}: {self.detail}")


def place(value: object) -> str:
    """Write a value as a part of a path."""
    return quote(written(value), safe="")


def written(value: object) -> str:
    """Write a value as the registry reads it; an instant without a zone is no instant."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone: say which one, as in datetime.now(UTC)")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def pause(attempt: int, retry_after: str | None, now: datetime) -> float:
    """Return how many seconds to wait: as long as was asked for, else ever longer, never alike."""
    if retry_after is not None:
        asked = _seconds(retry_after, now)
        if asked is not None:
            return min(asked, PAUSE_SECONDS_MAX)
    # Many clients that were refused together must not come back together.
    longest: float = min(PAUSE_SECONDS * 2.0**attempt, PAUSE_SECONDS_MAX)
    return random.uniform(longest / 2, longest)


def _seconds(text: str, now: datetime) -> float | None:
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return None
