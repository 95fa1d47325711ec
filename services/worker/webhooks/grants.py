"""What a subscriber may be told now, by the grants of its client as they stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from shared.access.caller import Caller
from shared.access.store import clients
from shared.areas.reach import holders_in, reached_ever
from shared.areas.tree import AreaTree
from shared.households.store.feed import TransitionFilter
from shared.kernel.database import Snapshot
from shared.kernel.errors import UnknownArea
from shared.subscriptions.store.deliveries import DueDelivery
from shared.subscriptions.subscription import EVERYWHERE, SCOPES, Subscription


class Told(Protocol):
    """News, or a delivery of them: what type they are, and the units that they concern."""

    @property
    def type(self) -> str: ...
    @property
    def area_id(self) -> int | None: ...
    @property
    def holder_id(self) -> int | None: ...
    @property
    def scope(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Granted:
    """Who is told, and of which communes (None: all), as far as both then and now allow.

    `unit_ids`: the units whose money and findings may be told of.
    """

    caller: Caller
    area_ids: Collection[int] | None
    unit_ids: frozenset[int] | None

    def filter(self, subscription: Subscription) -> TransitionFilter:
        """Return which transitions a subscription takes."""
        return TransitionFilter(
            None if self.area_ids is None else sorted(self.area_ids),
            kind=subscription.kind,
            list=subscription.list,
        )

    def takes(self, delivery: DueDelivery) -> bool:
        """Say whether a delivery that was planned earlier may still be made."""
        if delivery.told is not None:
            return self.sees(delivery)
        transition = delivery.transition
        if transition is None or self.area_ids is None:
            return True
        return transition.area_id in self.area_ids

    def sees(self, told: Told) -> bool:
        """Say whether both units of news are granted, and the scope if one is needed."""
        held = told.scope is None or told.scope in self.caller.scopes
        if self.unit_ids is None or told.type in EVERYWHERE:
            return held
        return held and self.unit_ids.issuperset((told.area_id, told.holder_id))


async def granted(
    snapshot: Snapshot, subscription: Subscription, tree: AreaTree, today: date, *, anybody: bool
) -> Granted | None:
    """Return what a subscription is granted; None: nothing any more.

    `anybody`: authentication is off, and whoever subscribed so is told.
    """
    caller = await clients.standing(snapshot, subscription.client_id, anybody=anybody)
    if caller is None or not all(SCOPES[kind] in caller.scopes for kind in subscription.types):
        return None
    try:
        communes = reached_ever(tree, caller.area, subscription.area)
        units = holders_in(tree, caller.area, subscription.area, today)
    except UnknownArea:
        return None
    return Granted(caller, None if communes is None else frozenset(communes), units)
