"""A subscription: whose it is, what of the changes it takes, and where they are sent.

Law: none (who is told is decided by the grants of the client, looked at again at each delivery).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from shared.access.caller import ARTICLES_READ, FUNDS_READ, HOUSEHOLDS_READ, STATISTICS_READ
from shared.households.transitions import MovementKind
from shared.law.standards import ListName
from shared.messages import (
    ALLOCATION_RUN_COMPLETED,
    ARTICLE_RECORDED,
    DISBURSEMENT_RECORDED,
    EXIT_WINDOW_ENDING,
    FIGURES_EXTRACTED,
    FINDING_RAISED,
    FUND_RECORDED,
    HOUSEHOLD_STATUS_CHANGED,
)

EventType = Literal[
    "household-status.changed",
    "exit-window.ending",
    "fund.recorded",
    "allocation-run.completed",
    "disbursement.recorded",
    "article.recorded",
    "figures.extracted",
    "finding.raised",
]
# What a client must hold to be told of it; findings about funds and households need more.
SCOPES: dict[str, str] = {
    HOUSEHOLD_STATUS_CHANGED: HOUSEHOLDS_READ,
    EXIT_WINDOW_ENDING: HOUSEHOLDS_READ,
    FUND_RECORDED: FUNDS_READ,
    ALLOCATION_RUN_COMPLETED: FUNDS_READ,
    DISBURSEMENT_RECORDED: FUNDS_READ,
    ARTICLE_RECORDED: ARTICLES_READ,
    FIGURES_EXTRACTED: ARTICLES_READ,
    FINDING_RAISED: STATISTICS_READ,
}
# Found by the knowledge clock, not in the feed of transitions.
NEWS = frozenset(SCOPES) - {HOUSEHOLD_STATUS_CHANGED}
# Of no unit: whoever may read articles reads all of them.
EVERYWHERE = frozenset({ARTICLE_RECORDED, FIGURES_EXTRACTED})
# Not subscribed to: a trial that the subscriber orders, and that the registry came from a backup.
TRIAL, RESTORED = "subscription.test", "feed.restored"

# A place in the feed each, which is looked at again and again.
SUBSCRIPTIONS_MAX = 100

Signature = Literal["v1", "v1a"]
State = Literal["active", "paused", "ended"]
# Sent, to be sent, given up after three days, or no longer allowed when its turn came.
DeliveryState = Literal["waiting", "delivered", "parked", "withheld"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it stands.

    `area` is what was granted when it was made, `place` how much of the feed was looked through,
    in this `epoch` of it, `looked_through` the instant up to which news were.
    `failures` came one after another, since `failing_since`.
    """

    subscription_id: UUID
    client_id: str
    callback_url: str
    types: Sequence[str]
    area: str
    kind: MovementKind | None
    list: ListName | None
    signature: Signature
    created_at: datetime
    paused_at: datetime | None
    pause_reason: str | None
    ended_at: datetime | None
    place: int
    epoch: int
    looked_through: datetime
    failures: int
    failing_since: datetime | None
    rest_until: datetime | None

    @property
    def state(self) -> State:
        """Return whether anything is sent."""
        if self.ended_at is not None:
            return "ended"
        return "active" if self.paused_at is None else "paused"

    def delivery_id(self, subject: str) -> UUID:
        """Return the id of the one delivery about a subject: the same after a crash or a restore.

        So it names the transition, not its place in the feed: after a restore from a backup the
        places are given out again, to others.
        """
        return uuid5(self.subscription_id, subject)
