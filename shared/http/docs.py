"""`/docs`, `/openapi.json` and `/asyncapi.json`.

`/docs` is Swagger UI from the files of the installed package `fastapi_offline`; a content security
policy keeps the page from asking any other server for anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from shared.http import problem_pages, reading_pages
from shared.http.ask import Ask, encode
from shared.http.operations import JSON, PlainRoute, Routes, mount
from shared.http.problems import not_found

_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
_START = b"""window.onload = () => {
  SwaggerUIBundle({url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout"});
};
"""
_PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Poverty Registry</title>
<link rel="icon" type="image/png" href="/docs/assets/favicon.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script></body></html>
"""
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def install(
    app: FastAPI, openapi: Callable[[], dict[str, Any]], asyncapi: Callable[[], dict[str, Any]]
) -> None:
    """Serve the documents of `app`, each made once, when it is first asked for."""
    app.state.documents = cache(
        lambda name: encode({"openapi": openapi, "asyncapi": asyncapi}[name]())
    )
    mount(app, routes)
    mount(app, _assets)
    for parts in (problem_pages.routes, reading_pages.assets):
        mount(app, parts)


# Declared here and not for each application: FastAPI remembers every function that it was given,
# and with a closure the application that it closes over.
routes = Routes("service")


@routes.get("/openapi.json", scope=None, answers={JSON: dict[str, Any]})
async def get_openapi(ask: Ask) -> Response:
    """This service's operations as an OpenAPI 3.1 document."""
    return Response(ask.request.app.state.documents("openapi"), media_type=JSON)


@routes.get("/asyncapi.json", scope=None, answers={JSON: dict[str, Any]})
async def get_asyncapi(ask: Ask) -> Response:
    """The messages that are announced as an AsyncAPI 3.0 document."""
    return Response(ask.request.app.state.documents("asyncapi"), media_type=JSON)


@routes.get("/docs", scope=None, answers={"text/html": str})
async def get_docs(_: Ask) -> Response:
    """The operations as a page to read and to try."""
    headers = {"content-security-policy": _CSP}
    return Response(_PAGE, headers=headers, media_type="text/html")


_assets = APIRouter(route_class=PlainRoute, include_in_schema=False)


@_assets.get("/docs/assets/{name}")
async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    headers = {"cache-control": "max-age=3600", "content-security-policy": _CSP}
    if name == "start.js":
        return Response(_START, headers=headers, media_type="text/javascript")
    if name not in _ASSETS:
        raise not_found("not_found", "there is no such asset")
    content = (files("fastapi_offline") / "static" / name).read_bytes()
    return Response(content, headers=headers, media_type=_ASSETS[name])
