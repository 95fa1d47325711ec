"""Where the periods of the calendar end. Pure."""

from __future__ import annotations

from datetime import date

from shared.kernel.periods import period_ends


def test_periods_end_with_the_calendars() -> None:
    def ends(start: str, end: str, months: int) -> list[str]:
        days = period_ends(date.fromisoformat(start), date.fromisoformat(end), months)
        return [day.isoformat() for day in days]

    assert ends("2023-12-31", "2024-12-30", 12) == ["2023-12-31"]
    assert ends("2024-01-01", "2025-12-31", 12) == ["2024-12-31", "2025-12-31"]
    assert ends("2024-02-29", "2024-06-30", 3) == ["2024-03-31", "2024-06-30"]
    assert ends("2024-02-29", "2024-04-29", 1) == ["2024-02-29", "2024-03-31"]
    assert ends("2024-02-01", "2024-02-28", 1) == []
