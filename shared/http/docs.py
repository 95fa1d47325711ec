"""`/docs`, `/openapi.json` and `/asyncapi.json`.

`/docs` is Swagger UI from the files of the installed package `fastapi_offline`; a content security
policy keeps the page from asking any other server for anything.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from shared.http.openapi import PlainRoute, document, mount
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


def install(app: FastAPI, asyncapi: Callable[[], dict[str, Any]]) -> None:
    """Serve the documents of `app`; build it with `docs_url`, `redoc_url`, `openapi_url` None."""
    app.state.asyncapi = asyncapi
    mount(app, _router)


# Declared here and not for each application: FastAPI remembers every function that it was given,
# and with a closure the application that it closes over.
_router = APIRouter(route_class=PlainRoute, include_in_schema=False)


@_router.get("/openapi.json")
async def _openapi(request: Request) -> Response:
    app: FastAPI = request.app
    if not hasattr(app.state, "openapi"):
        app.state.openapi = orjson.dumps(document(app))
    return Response(app.state.openapi, media_type="application/json")


@_router.get("/asyncapi.json")
async def _asyncapi(request: Request) -> Response:
    return Response(orjson.dumps(request.app.state.asyncapi()), media_type="application/json")


@_router.get("/docs")
async def _docs(_: Request) -> Response:
    headers = {"content-security-policy": _CSP}
    return Response(_PAGE, headers=headers, media_type="text/html")


@_router.get("/docs/assets/{name}")
async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    headers = {"cache-control": "max-age=3600", "content-security-policy": _CSP}
    if name == "start.js":
        return Response(_START, headers=headers, media_type="text/javascript")
    if name not in _ASSETS:
        raise not_found("not_found", "there is no such asset")
    content = (files("fastapi_offline") / "static" / name).read_bytes()
    return Response(content, headers=headers, media_type=_ASSETS[name])
