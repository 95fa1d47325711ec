"""THE SYSTEM ON ONE SCREEN: which message wakes which handler, how many at once.

household-event.recorded ─► assess_households ─► household-status.changed ─► whoever listens
a day begins             ─► announcer         ─► household-event.recorded (households due)
article.recorded         ─► announced only; figures are read out of articles later
"""

from __future__ import annotations

from collections.abc import Sequence

from services.worker.handlers.assess_households import AssessHouseholds
from shared.messages import HOUSEHOLD_EVENT_RECORDED, MESSAGE_TYPES
from shared.messaging.message import Message
from shared.messaging.route import Batch, Route
from shared.messaging.topology import Topology
from shared.settings import Settings
from shared.store.seed_cache import SeedCache


def routes(settings: Settings, seeds: SeedCache) -> tuple[Route, ...]:
    """Return every route of the worker."""
    batch = Batch(settings.batch_items_max, settings.batch_age_ms)
    return (
        Route(
            "assess_households",
            on=(HOUSEHOLD_EVENT_RECORDED,),
            handle=AssessHouseholds(seeds),
            items=_household_ids,
            batch=batch,
        ),
    )


def topology(routes: Sequence[Route]) -> Topology:
    """Return the queues: one per route, and one for the types that only others listen to."""
    routed = {kind for route in routes for kind in route.on}
    announced = {kind.name for kind in MESSAGE_TYPES} - routed
    return Topology(tuple(routes), frozenset(announced))


def _household_ids(message: Message) -> Sequence[str]:
    ids = message.data["household_ids"]
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise TypeError("household_ids must be a list of strings")
    return ids
