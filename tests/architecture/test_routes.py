"""Every message type has a queue, every route one handler, and no route waits for nothing."""

from __future__ import annotations

from services.worker.routes import routes, topology
from shared.law.store.seed_cache import SeedCache
from shared.messages import MESSAGE_TYPES
from shared.settings import Settings

ROUTES = routes(Settings(), SeedCache())


def test_every_message_type_finds_a_queue() -> None:
    planned = topology(ROUTES)
    for kind in MESSAGE_TYPES:
        assert planned.routes_of(kind.name) or kind.name in planned.announced


def test_every_routed_type_is_a_declared_one() -> None:
    declared = {kind.name for kind in MESSAGE_TYPES}
    assert {name for route in ROUTES for name in route.on} <= declared


def test_every_route_has_a_name_of_its_own() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES)
