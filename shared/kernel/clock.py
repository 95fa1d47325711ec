"""The only place that reads the wall clock; everything else is given a time.

"Today" is a civil date in Viet Nam (UTC+7 all year, no daylight saving since 1975).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(instant: datetime) -> date:
    """Return the civil date in Viet Nam at an instant."""
    return instant.astimezone(VIETNAM).date()


def written_instant(instant: datetime) -> str:
    """Return an instant in UTC as answers, addresses and messages write it.

    >>> written_instant(datetime(2026, 10, 5, 3, tzinfo=UTC))
    '2026-10-05T03:00:00Z'
    """
    return instant.isoformat().replace("+00:00", "Z")


class Clock(Protocol):
    """Tells the time; injected so that tests and simulations own it."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        ...

    def today(self) -> date:
        """Return the present civil date in Viet Nam."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the present civil date in Viet Nam."""
        return day_of(self.now())


@dataclass
class FrozenClock:
    """A clock that moves only when told to."""

    instant: datetime

    def now(self) -> datetime:
        """Return the frozen instant."""
        return self.instant

    def today(self) -> date:
        """Return the civil date in Viet Nam at the frozen instant."""
        return day_of(self.instant)

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`."""
        self.instant += step
