"""An exchange: a message that is answered later, by a callback, and what has become of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from msgspec import Struct

from shared.spdci.answers import RequestAnswer, request_answer
from shared.spdci.reasons import RequestStatus, SearchReason

Action = Literal["search", "subscribe", "unsubscribe", "txn-status"]
CALLBACKS: dict[Action, str] = {
    "search": "on-search",
    "subscribe": "on-subscribe",
    "unsubscribe": "on-unsubscribe",
    "txn-status": "txn-on-status",
}
# To be answered, answered, given up after three days, or no longer allowed when its turn came.
ExchangeState = Literal["waiting", "delivered", "parked", "withheld"]


class PartOutcome(Struct, frozen=True):
    """What became of one request of a message; `subscription`: the code that it was given."""

    reference_id: str
    status: RequestStatus
    reason: str | None = None
    detail: str | None = None
    subscription: str | None = None


class Exchange(Struct, frozen=True):
    """A message that is answered by a callback; `outcome` is empty until it was worked off."""

    correlation_id: UUID
    client_id: str
    sender_id: str
    sender_uri: str
    action: Action
    message_id: str
    transaction_id: str
    references: list[str]
    received_at: datetime
    state: ExchangeState = "waiting"
    attempts: int = 0
    outcome: Sequence[PartOutcome] = ()


def status_of(exchange: Exchange, now: datetime) -> list[RequestAnswer]:
    """Return what has become of each request of an exchange."""
    known = {each.reference_id: each for each in exchange.outcome}
    return [_status(exchange, name, known.get(name), now) for name in exchange.references]


def _status(
    exchange: Exchange, reference_id: str, outcome: PartOutcome | None, now: datetime
) -> RequestAnswer:
    if outcome is not None:
        # The standard's answer knows the reasons of searches alone; others are told in words.
        known = outcome.reason in get_args(SearchReason)
        reason = outcome.reason if known else None
        words = outcome.detail
        if not known and outcome.reason is not None:
            words = f"{outcome.reason}: {outcome.detail}"
        return request_answer(reference_id, now, outcome.status, reason, words)
    if exchange.state != "waiting":
        detail = "the callback could not be delivered" if exchange.state == "parked" else "withheld"
        return request_answer(reference_id, now, "rjct", None, detail)
    return request_answer(reference_id, now, "pdng" if exchange.attempts else "rcvd")
