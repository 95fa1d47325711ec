"""An export: whose it is, what was asked, and how far its file has got.

Law: none (what a file may hold is decided by the grants of its client, as of each answer).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from shared.access.caller import Caller

Format = Literal["ndjson", "csv", "xlsx", "parquet"]
State = Literal["waiting", "running", "completed", "failed", "interrupted", "streamed"]

# Files of one client that are kept at once, done or not.
EXPORTS_MAX = 10
# An export that a process took with it is begun again by the next one, so often.
ATTEMPTS_MAX = 3
# Whoever makes a file says so at least every few seconds; else another one begins it again.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it stands; `question` is the address with both clocks, `size` in bytes."""

    export_id: UUID
    caller: Caller
    scope: str
    question: str
    format: Format
    known_at: datetime
    state: State
    attempts: int
    rows: int
    size: int
    digest: bytes | None
    fault: str | None
    created_at: datetime
    ended_at: datetime | None
    expires_at: datetime

    def may_be_read_by(self, caller: Caller) -> bool:
        """Say whether a caller may have the file: it is its own, and its grants are the same."""
        own = caller.client_id == self.caller.client_id
        return own and caller.area == self.caller.area and self.scope in caller.scopes
