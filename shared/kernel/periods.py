"""Calendar arithmetic on half-open periods of days: `start` is in, `end` is not."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

# No poverty standard is older; a test holds it to the first one in `seeds/policy`.
FIRST_DAY = date(2011, 1, 1)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, clamped to that month's last day.

    >>> add_months(date(2024, 2, 29), 36)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = 31 if month in _LONG else monthrange(year, month)[1]
    return date(year, month, min(day.day, last))


_LONG = frozenset({1, 3, 5, 7, 8, 10, 12})


def period_ends(start: date, end: date, months: int) -> Iterator[date]:
    """Give the last days, from `start` to `end`, of the calendar's periods of so many months.

    >>> [day.isoformat() for day in period_ends(date(2023, 3, 31), date(2023, 9, 29), 3)]
    ['2023-03-31', '2023-06-30']
    """
    first = date(start.year, (start.month - 1) // months * months + 1, 1)
    while (day := (first := add_months(first, months)) - timedelta(days=1)) <= end:
        yield day


def earlier(one: date | None, other: date | None) -> date | None:
    """Return the earlier of two ends, where None means open."""
    if one is None or other is None:
        return one or other
    return min(one, other)
