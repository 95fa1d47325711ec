"""From the feed to deliveries: what lies behind a subscription's place is planned if it matches."""

from __future__ import annotations

from datetime import datetime

from services.worker.webhooks.bodies import encode
from services.worker.webhooks.grants import Granted
from services.worker.webhooks.news import ROWS_AT_ONCE, News, list_news
from shared.households.store import feed
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.messages import HOUSEHOLD_STATUS_CHANGED
from shared.subscriptions.store import deliveries, subscriptions
from shared.subscriptions.store.deliveries import PlannedDelivery
from shared.subscriptions.subscription import RESTORED, Subscription

# What is not planned yet waits in the feed, where it takes no room.
WAITING_MAX = 5_000


async def plan(
    tx: Transaction, subscription: Subscription, granted: Granted, now: datetime
) -> bool:
    """Plan the next stretch of what happened; say whether more of it lies behind."""
    one = subscription
    epoch = await knowledge.epoch(tx)
    # Read before the rows: what commits between the statements lies behind these places.
    end, settled = await feed.end(tx), await knowledge.settled(tx)
    planned = [] if epoch == one.epoch else [_restored(one, epoch)]
    place, through, more = one.place, one.looked_through, False
    behind = end > place or settled > through
    if behind and await deliveries.waiting(tx, one.subscription_id, WAITING_MAX) < WAITING_MAX:
        rows, place = await _transitions(tx, one, granted, end)
        news, through = await list_news(tx, one.types, through, settled)
        more = len(rows) == ROWS_AT_ONCE or through < settled
        planned += [_told(one, row) for row in rows]
        planned += [_news(one, n) for n in news if granted.sees(n)]
    await deliveries.plan(tx, one.subscription_id, planned, now)
    if (place, epoch, through) != (one.place, one.epoch, one.looked_through):
        await subscriptions.move(tx, one.subscription_id, place, epoch, through)
    return more


async def _transitions(
    tx: Transaction, subscription: Subscription, granted: Granted, end: int
) -> tuple[list[feed.Transition], int]:
    """Return the next transitions that are wanted, and the place behind them."""
    if HOUSEHOLD_STATUS_CHANGED not in subscription.types or end == subscription.place:
        return [], end
    wanted = granted.filter(subscription)
    rows, _ = await feed.list_transitions(tx, subscription.place, wanted, ROWS_AT_ONCE)
    if len(rows) == ROWS_AT_ONCE:
        return rows, rows[-1].seq
    return rows, max([end, *(row.seq for row in rows)])


def _told(subscription: Subscription, row: feed.Transition) -> PlannedDelivery:
    subject = str(row.transition_id) if row.retracts is None else f"retracts:{row.retracts}"
    return PlannedDelivery(
        subscription.delivery_id(subject), HOUSEHOLD_STATUS_CHANGED, row.seq, row.household_id
    )


def _news(subscription: Subscription, news: News) -> PlannedDelivery:
    return PlannedDelivery(
        subscription.delivery_id(news.name),
        news.type,
        None,
        news.chain,
        encode(news.type, news.at, news.data).decode(),
        news.area_id,
        news.holder_id,
        news.scope,
    )


def _restored(subscription: Subscription, epoch: int) -> PlannedDelivery:
    """Return the news that what was told since the backup may be gone."""
    return PlannedDelivery(subscription.delivery_id(f"restored:{epoch}"), RESTORED)
