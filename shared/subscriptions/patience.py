"""When a delivery that failed is tried again, and when it is given up.

5 seconds, 20, 80, 5 minutes, 21, 85, then each 6 hours; half as long to one and a half times as
long, so that what failed together does not come back together. A receiver that fails whatever it is
sent rests as a whole, for some five minutes at most.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_SECONDS, FACTOR = 5.0, 4
PAUSE_MAX = timedelta(hours=6)
REST_MAX = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=3)
# So many failures one after another, whoever they are about, are the receiver's.
RESTS_AFTER = 5


def pause(attempts: int, share: float) -> timedelta:
    """Return how long to wait after so many attempts; `share` is drawn from 0 to 1."""
    seconds = FIRST_SECONDS * FACTOR ** min(attempts - 1, 12)
    return min(PAUSE_MAX, timedelta(seconds=seconds)) * (0.5 + share)


def rest(failures: int, failing_for: timedelta, share: float) -> timedelta | None:
    """Return how long a receiver rests after failures one after another; None: it need not.

    As long as it has been failing: it is asked less and less often.
    """
    if failures < RESTS_AFTER:
        return None
    return min(REST_MAX, max(timedelta(seconds=FIRST_SECONDS), failing_for)) * (0.5 + share)


def given_up(planned_at: datetime, now: datetime) -> bool:
    """Say whether a delivery that failed once more is parked."""
    return now - planned_at >= GIVEN_UP_AFTER
