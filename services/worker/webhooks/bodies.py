"""What stands in a webhook: type, instant and data, as Standard Webhooks has it.

Of a change of status the data is the item of the feed, to the letter: who reads the feed reads
webhooks too. Of money and findings it says what to ask for; it was written down when planned.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shared.http.feed_items import item
from shared.subscriptions.store.deliveries import DueDelivery

_encoder = msgspec.json.Encoder()


def body(delivery: DueDelivery) -> bytes:
    """Return the body of a delivery, the same at each attempt."""
    if delivery.told is not None:
        return delivery.told.encode()
    if delivery.transition is None:
        return encode(delivery.type, delivery.planned_at, {})
    return encode(delivery.type, delivery.transition.recorded_at, item(delivery.transition))


def encode(kind: str, at: datetime, told: Any) -> bytes:
    """Return a body as it travels."""
    return _encoder.encode({"type": kind, "timestamp": at, "data": told})


def told_of(delivery: DueDelivery) -> set[str]:
    """Return the households that a delivery tells of."""
    if delivery.told is None:
        return {delivery.chain} - {""}
    data = msgspec.json.decode(delivery.told)["data"]
    kind, _, name = data.get("subject", "").partition(":")
    return {name if kind == "household" else data.get("household_id")} - {None}
