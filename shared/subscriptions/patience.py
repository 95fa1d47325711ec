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


def pause(attempts: int, share: float, at_most: timedelta = PAUSE_MAX) -> timedelta:
    """Return how long to wait after so many attempts; `share` is drawn from 0 to 1."""
    seconds = FIRST_SECONDS * FACTOR ** min(attempts - 1, 12)
    return min(at_most, timedelta(seconds=seconds)) * (0.5 + share)


def rest(failures: int, share: float) -> timedelta | None:
    """Return how long a receiver rests after failures one after another; None: it need not."""
    if failures < RESTS_AFTER:
        return None
    return pause(1 + failures - RESTS_AFTER, share, REST_MAX)


def given_up(planned_at: datetime, now: datetime) -> bool:
    """Say whether a delivery that failed once more is parked."""
    return now - planned_at >= GIVEN_UP_AFTER
