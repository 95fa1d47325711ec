"""The exit window by either reading of its last day, for every day on which it can begin.

The expected day is counted here on a calendar, by the words of 91/2015/QH13 Arts. 147 and 148: the
first day is not counted, and a term of months ends at the end of the corresponding day of the last
month, or of its last day where there is none.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.households.timeline import timeline
from shared.law.standards import WindowLastDay
from tests import facts
from tests.builders import counting, policy

POLICY = policy()
DAY = timedelta(days=1)


def corresponding(day: date) -> date:
    year = day.year + POLICY.exit_window_months // 12
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


@pytest.mark.parametrize("last_day", ["inclusive", "exclusive"])
@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    left=st.dates(date(2013, 1, 2), date(2026, 6, 30)) | st.just(date(2024, 2, 29)),
    after=st.integers(-40, 40),
)
def test_the_corresponding_day_is_the_last_one_or_the_first_one_behind(
    last_day: WindowLastDay, left: date, after: int
) -> None:
    law = replace(POLICY, exit_window_last_day=last_day)
    last = corresponding(left) if last_day == "inclusive" else corresponding(left) - DAY
    reviewed = min(corresponding(left) + after * DAY, date(2030, 12, 31))
    told = [
        facts.assessed("H", str(left - DAY), income_vnd=100_000, deprived=[]),
        facts.assessed("H", str(left), income_vnd=90_000_000, deprived=[]),
        facts.assessed("H", str(reviewed), income_vnd=90_000_000, deprived=[]),
    ]
    spells = timeline(counting(told)["H"], law).spells
    window = [spell for spell in spells if spell.status == "recently_exited"]
    assert (window[0].start, window[-1].end) == (left, last + DAY)
    assert spells[-1].status == "non_poor"
    assert spells[-1].by_rule or spells[-1].start > last + DAY
