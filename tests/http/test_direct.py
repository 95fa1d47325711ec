"""The short way leads to the route that FastAPI would have taken, or nowhere."""

from __future__ import annotations

from typing import Any, cast

import pytest
from starlette.routing import Match

from services.api.app import routers as api_routers
from services.ingest.app import routers as ingest_routers
from shared.http.app import create_app
from shared.http.context import Context
from shared.http.direct import Direct
from shared.http.operations import PlainRoute
from shared.observability.metrics import Metrics
from tests.http.documents import Parts

APP = create_app(
    cast("Context", Parts()),
    [*ingest_routers(), *api_routers()],
    process="api",
    checks={},
    metrics=Metrics(),
)
PLAIN = [route for route in APP.router.routes if isinstance(route, PlainRoute)]
TEXTS = ("181", "series", "statistics", "a.b:c-d", "Bình Gia", "", "x/y", "{code}")


def scope(method: str, path: str) -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}


def paths(route: PlainRoute) -> set[str]:
    names = list(route.param_convertors)
    made = {
        route.path_format.format(**dict.fromkeys(names, text))
        for text in TEXTS
        if names or text == TEXTS[0]
    }
    return made | {f"{path}/" for path in made} | {f"/{path}" for path in made}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "HEAD", "OPTIONS"])
def test_it_is_the_route_that_fastapi_takes_or_none(method: str) -> None:
    direct = Direct(APP, APP.router.routes)
    for path in {path for route in PLAIN for path in paths(route)}:
        asked = scope(method, path)
        route = direct.find(asked)
        if route is None:
            assert "route" not in asked
            continue
        taken, given = next(
            (r, child)
            for r in APP.router.routes
            for match, child in [r.matches(scope(method, path))]
            if match is Match.FULL
        )
        assert taken is route
        assert asked["path_params"] == given.get("path_params", {})


def test_every_path_of_the_api_has_a_short_way() -> None:
    direct = Direct(APP, APP.router.routes)
    versioned = [route for route in PLAIN if route.path.startswith("/v1/")]
    assert len(versioned) > 20
    for route in versioned:
        path = route.path_format.format(**dict.fromkeys(route.param_convertors, "181"))
        for method in route.methods or ():
            assert direct.find(scope(method, path)) is not None, path


def test_a_process_below_a_path_goes_the_long_way() -> None:
    asked = {**scope("GET", "/v1/households/x"), "root_path": "/registry"}
    assert Direct(APP, APP.router.routes).find(asked) is None
