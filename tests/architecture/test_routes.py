"""Every message type has a queue, every route one handler, and no route waits for nothing."""

from __future__ import annotations

from services.worker.routes import routes, topology
from shared.law.store.seeds import SeedCache
from shared.messages import MESSAGE_TYPES, WORK_ORDERS
from shared.settings import Settings

ROUTES = routes(Settings(), SeedCache())


def test_every_message_type_finds_a_queue() -> None:
    planned = topology(ROUTES)
    for kind in MESSAGE_TYPES:
        assert planned.routes_of(kind.name) or kind.name in planned.announced


def test_every_routed_type_is_a_declared_one() -> None:
    declared = {kind.name for kind in MESSAGE_TYPES}
    assert {name for route in ROUTES for name in route.on} <= declared


def test_every_route_has_a_queue_of_its_own() -> None:
    assert len({route.queue_name for route in ROUTES}) == len(ROUTES)


def test_routes_of_one_name_are_ways_to_the_same_work() -> None:
    handlers: dict[str, object] = {}
    for route in ROUTES:
        assert handlers.setdefault(route.name, route.handle) is route.handle, route.name


def test_every_work_order_is_somebody_s_work() -> None:
    assert {name for route in ROUTES for name in route.on} >= WORK_ORDERS


def test_a_work_order_never_shares_a_queue_with_what_happened() -> None:
    """A worker of an older release takes from its queues what it does not know, and drops it."""
    for route in ROUTES:
        assert set(route.on) <= WORK_ORDERS or not set(route.on) & WORK_ORDERS, route.queue_name
