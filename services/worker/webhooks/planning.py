"""From the feed to deliveries: what lies behind a subscription's place is planned if it matches."""

from __future__ import annotations

from datetime import datetime

from services.worker.webhooks.grants import Granted
from shared.households.store import feed
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.messages import HOUSEHOLD_STATUS_CHANGED
from shared.subscriptions.store import deliveries, subscriptions
from shared.subscriptions.store.deliveries import PlannedDelivery
from shared.subscriptions.subscription import RESTORED, Subscription

ROWS_AT_ONCE = 500
# What is not planned yet waits in the feed, where it takes no room.
WAITING_MAX = 5_000


async def plan(
    tx: Transaction, subscription: Subscription, granted: Granted, now: datetime
) -> bool:
    """Plan the next stretch of the feed; say whether more of it lies behind."""
    one = subscription
    epoch = await knowledge.epoch(tx)
    # Read before the rows: what commits between the two statements lies behind this place.
    end = await feed.end(tx)
    planned = [] if epoch == one.epoch else [_restored(one, epoch)]
    if end > one.place and await deliveries.waiting(tx, one.subscription_id, WAITING_MAX) < (
        WAITING_MAX
    ):
        wanted = granted.filter(one)
        rows, _ = await feed.list_transitions(tx, one.place, wanted, ROWS_AT_ONCE)
        full = len(rows) == ROWS_AT_ONCE
        place = rows[-1].seq if full else max([end, *(row.seq for row in rows)])
        planned += [_told(one, row) for row in rows]
    else:
        full, place = False, one.place
    await deliveries.plan(tx, one.subscription_id, planned, now)
    if (place, epoch) != (one.place, one.epoch):
        await subscriptions.move(tx, one.subscription_id, place, epoch)
    return full


def _told(subscription: Subscription, row: feed.Transition) -> PlannedDelivery:
    subject = str(row.transition_id) if row.retracts is None else f"retracts:{row.retracts}"
    return PlannedDelivery(
        subscription.delivery_id(subject), HOUSEHOLD_STATUS_CHANGED, row.seq, row.household_id
    )


def _restored(subscription: Subscription, epoch: int) -> PlannedDelivery:
    """Return the news that what was told since the backup may be gone."""
    return PlannedDelivery(subscription.delivery_id(f"restored:{epoch}"), RESTORED, None, "")
