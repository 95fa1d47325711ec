"""Subscribing and ending it: what a message wants becomes a subscription like any other.

So changes are told as webhooks are: in order, for three days, by grants as they stand. What a
filter asks for and subscriptions cannot tell apart is rejected, never told more of.
"""

from __future__ import annotations

from datetime import datetime
from typing import get_args
from uuid import UUID, uuid5

from shared.access.caller import Caller
from shared.areas.reach import check_reached
from shared.areas.tree import AreaTree
from shared.kernel.database import Transaction
from shared.kernel.errors import UnknownArea
from shared.law.standards import ListName
from shared.messages import HOUSEHOLD_STATUS_CHANGED
from shared.spdci.conditions import Comparison, Condition, Every, read_expression, read_predicates
from shared.spdci.exchanges import Exchange, PartOutcome
from shared.spdci.reasons import SearchRejected
from shared.spdci.records import STATUS_CHANGED
from shared.spdci.requests import SubscribeCriteria, SubscribeItem
from shared.spdci.store import notified
from shared.subscriptions.store import subscriptions
from shared.subscriptions.subscription import SUBSCRIPTIONS_MAX, Subscription

_KINDS = {"household_status_changed", "householdstatuschanged"}


class NotSubscribed(Exception):
    """A subscription that is not made, by a reason code of subscribing."""

    def __init__(self, code: str, detail: str) -> None:
        """Remember the code and a sentence."""
        super().__init__(code)
        self.code = code
        self.detail = detail


async def subscribe(
    tx: Transaction,
    exchange: Exchange,
    items: list[SubscribeItem],
    caller: Caller,
    tree: AreaTree,
    now: datetime,
) -> list[PartOutcome]:
    """Make the subscriptions that a message wants; return what became of each."""
    outcome = []
    for item in items:
        try:
            code = await _subscribe(tx, exchange, item, caller, tree, now)
            outcome.append(PartOutcome(item.reference_id, "succ", subscription=str(code)))
        except NotSubscribed as refused:
            outcome.append(PartOutcome(item.reference_id, "rjct", refused.code, refused.detail))
    return outcome


async def _subscribe(
    tx: Transaction,
    exchange: Exchange,
    item: SubscribeItem,
    caller: Caller,
    tree: AreaTree,
    now: datetime,
) -> UUID:
    area, listed = _wanted(item.subscribe_criteria)
    area = area or caller.area
    _check_area(tree, caller, area)
    if await subscriptions.count_own(tx, exchange.client_id) >= SUBSCRIPTIONS_MAX:
        detail = f"a client has at most {SUBSCRIPTIONS_MAX} subscriptions"
        raise NotSubscribed("rjct.notify_details.invalid", detail)
    code = uuid5(exchange.correlation_id, item.reference_id)
    if await subscriptions.find_own(tx, code, exchange.client_id) is not None:
        detail = "another subscription of the message has this reference_id"
        raise NotSubscribed("rjct.reference_id.duplicate", detail)
    await subscriptions.begin(
        tx,
        code,
        now,
        client_id=exchange.client_id,
        callback_url=exchange.sender_uri,
        types=[HOUSEHOLD_STATUS_CHANGED],
        area=area,
        listed=listed,
    )
    await notified.add(tx, code, exchange.sender_id, exchange.transaction_id)
    return code


def _check_area(tree: AreaTree, caller: Caller, code: str) -> None:
    """Refuse a unit that never was; one outside the caller's area is unknown to it."""
    try:
        check_reached(tree, caller.area, code)
    except UnknownArea as error:
        raise NotSubscribed("rjct.notify_details.invalid", error.detail) from None


def _wanted(criteria: SubscribeCriteria) -> tuple[str | None, ListName | None]:
    """Return of which area and which list the changes are wanted; None: all."""
    if criteria.reg_event_type.rpartition(":")[2].casefold() not in _KINDS:
        raise NotSubscribed("rjct.notify_types.invalid", f"the event here is {STATUS_CHANGED}")
    if criteria.notify_record_type.rpartition(":")[2].casefold() != "group":
        raise NotSubscribed("rjct.notify_types.invalid", "the records here are Group")
    if criteria.frequency is not None:
        detail = "changes are told as they happen: leave frequency out"
        raise NotSubscribed("rjct.notify_details.invalid", detail)
    area: str | None = None
    listed: ListName | None = None
    for each in _comparisons(criteria):
        if each.attribute.name == "area_code" and area is None:
            area = str(each.values[0])
        elif each.values[0] in get_args(ListName) and listed is None:
            listed = "poor" if each.values[0] == "poor" else "near_poor"
        else:
            raise _not_told_apart()
    return area, listed


def _comparisons(criteria: SubscribeCriteria) -> list[Comparison]:
    """Return what a filter compares; it may be a unit and a list, both at once."""
    try:
        condition: Condition
        if criteria.filter_type == "predicate":
            condition = read_predicates(criteria.filter)
        elif criteria.filter_type == "expression":
            condition = read_expression(criteria.filter)
        else:
            raise _not_told_apart()
    except SearchRejected as rejected:
        raise NotSubscribed("rjct.notify_details.invalid", rejected.detail) from None
    parts = condition.conditions if isinstance(condition, Every) else (condition,)
    comparisons = [each for each in parts if isinstance(each, Comparison)]
    told = {"area_code", "classification_code"}
    plain = all(e.operator == "eq" and e.attribute.name in told for e in comparisons)
    if len(comparisons) < len(parts) or not plain:
        raise _not_told_apart()
    return comparisons


def _not_told_apart() -> NotSubscribed:
    detail = "a filter is an area_code, a classification_code (poor or near_poor), or both"
    return NotSubscribed("rjct.notify_details.invalid", detail)


async def unsubscribe(tx: Transaction, exchange: Exchange, now: datetime) -> list[PartOutcome]:
    """End the subscriptions that a message names; another client's are as what never was."""
    outcome = []
    for code in exchange.references:
        own = await _own(tx, exchange.client_id, code)
        if own is None:
            reason, detail = "rjct.subscription_code.invalid", "there is no such subscription"
            outcome.append(PartOutcome(code, "rjct", reason, detail))
        elif own.ended_at is not None:
            reason, detail = "rjct.event.already_unsubscribed", "it has ended before"
            outcome.append(PartOutcome(code, "rjct", reason, detail, code))
        else:
            await subscriptions.end(tx, own.subscription_id, now)
            outcome.append(PartOutcome(code, "succ", subscription=code))
    return outcome


async def _own(tx: Transaction, client_id: str, code: str) -> Subscription | None:
    try:
        return await subscriptions.find_own(tx, UUID(code), client_id)
    except ValueError:
        return None
