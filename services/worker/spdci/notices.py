"""Changes in the standard's words: a delivery of a subscription as a `notify` message."""

from __future__ import annotations

from datetime import datetime

from services.worker.spdci.answering import signed
from shared.access.store.signing_keys import SigningKey, list_keys
from shared.kernel.database import Snapshot
from shared.kernel.sealing import Keyring
from shared.spdci.answers import (
    AnswerHeader,
    Callback,
    ChangedGroup,
    EventData,
    NotifyEvent,
    NotifyEvents,
)
from shared.spdci.records import HOUSEHOLD_ID, SpdciIdentifier, household_urn
from shared.spdci.store import notified, senders
from shared.subscriptions.store.deliveries import DueDelivery
from shared.subscriptions.subscription import Subscription


class Notices:
    """How the changes of one subscription are told."""

    def __init__(self, sender_id: str, transaction_id: str, keys: list[SigningKey]) -> None:
        """`keys` sign for who has keys here."""
        self._sender_id = sender_id
        self._transaction_id = transaction_id
        self._keys = keys

    @classmethod
    async def of(cls, snapshot: Snapshot, subscription: Subscription) -> Notices | None:
        """Return how a subscription is told; None: in our own words."""
        told = await notified.find(snapshot, subscription.subscription_id)
        if told is None:
            return None
        sender_id, transaction_id = told
        _, own = await senders.find(snapshot, subscription.client_id, sender_id)
        keys = await list_keys(snapshot) if own is not None and own.keys else []
        return cls(sender_id, transaction_id, keys)

    def body(self, delivery: DueDelivery, ring: Keyring, own_id: str, now: datetime) -> bytes:
        """Return the message that tells of a delivery; its id is the delivery's at each attempt."""
        events = self._events(delivery)
        header = AnswerHeader(
            message_id=str(delivery.delivery_id),
            message_ts=now,
            action="notify",
            status="succ",
            total_count=len(events),
            completed_count=len(events),
            sender_id=own_id,
            receiver_id=self._sender_id,
        )
        message = NotifyEvents(self._transaction_id, events)
        return signed(Callback(header=header, message=message), self._keys, ring, own_id, now)

    def _events(self, delivery: DueDelivery) -> list[NotifyEvent]:
        row = delivery.transition
        if row is None:
            return []
        group = ChangedGroup(
            id=household_urn(row.household_id),
            group_identifier=[SpdciIdentifier(HOUSEHOLD_ID, row.household_id)],
            area_code=row.area_code,
            classification_code=row.to_status,
            classification_validity_start=row.on,
            previous_classification_code=row.from_status,
            retracted=row.retracts is not None,
        )
        data = EventData(reg_records=group)
        return [NotifyEvent(str(delivery.delivery_id), row.recorded_at, data)]
