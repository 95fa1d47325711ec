"""What stands in a webhook: type, instant and data, as Standard Webhooks has it.

The data is the item of the feed, to the letter: who reads the feed reads webhooks too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shared.http.feed_items import item
from shared.subscriptions.store.deliveries import DueDelivery

_encode = msgspec.json.Encoder().encode


def body(delivery: DueDelivery) -> bytes:
    """Return the body of a delivery, the same at each attempt."""
    if delivery.transition is None:
        return _body(delivery.type, delivery.planned_at, {})
    return _body(delivery.type, delivery.transition.recorded_at, item(delivery.transition))


def _body(kind: str, at: datetime, told: Any) -> bytes:
    return _encode({"type": kind, "timestamp": at, "data": told})
