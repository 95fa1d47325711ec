"""The short way of a request to its route.

FastAPI tries one route after the other and puts four layers around them, which costs more than the
query of the hottest route. What is asked by a path and method that a plain route takes goes to it
directly; everything else goes FastAPI's way.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.convertors import StringConvertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http import problems
from shared.http.operations import PlainRoute

# What a path can be told by before any of it is read: its method, slashes and second part.
_Sort = tuple[str, int, str]


class Direct:
    """Wraps the application; routes are those that it has when it is first asked."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._sorted: dict[_Sort, list[PlainRoute]] = {}
        for route in routes:
            if isinstance(route, PlainRoute) and _parts_are_whole(route):
                for method in route.methods or ():
                    self._sorted.setdefault(_sort(method, route.path), []).append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        route = self.find(scope) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        response: Response
        try:
            response = await route.endpoint(Request(scope, receive, send))
        except ClientDisconnect:
            raise
        except Exception as error:
            response = problems.response(problems.of_error(error))
        await response(scope, receive, send)

    def find(self, scope: Scope) -> PlainRoute | None:
        """Return the route that takes a request and note its parameters, None if none does."""
        path = scope["path"]
        if scope.get("root_path"):
            return None
        for route in self._sorted.get(_sort(scope["method"], path), ()):
            match = route.path_regex.match(path)
            if match is not None:
                scope["path_params"], scope["route"] = match.groupdict(), route
                return route
        return None


def _sort(method: str, path: str) -> _Sort:
    parts = path.split("/", 3)
    return method, path.count("/"), parts[2] if len(parts) > 2 else ""


def _parts_are_whole(route: PlainRoute) -> bool:
    """Say whether each parameter is one part of the path, and the second part none of them."""
    whole = all(isinstance(kind, StringConvertor) for kind in route.param_convertors.values())
    return whole and "{" not in _sort("", route.path)[2]
