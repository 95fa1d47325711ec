"""Templates and assets: HTML made here, under a policy that runs and loads only what is ours."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from services.api.page import words
from services.api.page.addresses import segment
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from shared.http.operations import PlainRoute
from shared.http.problems import not_found

# No script and no style but from files of ours, no frame, no other origin: what an article or a
# sender wrote can do nothing here, even if it once slipped through unescaped.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "vary": "accept, authorization, cookie",
}
SVG_HEADERS = {
    "content-type": "image/svg+xml; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
}
_ASSETS = {
    "page.css": "text/css",
    "drawing.css": "text/css",
    "page.js": "text/javascript",
    "mark.svg": "image/svg+xml",
}


@cache
def _environment() -> Environment:
    loader = PackageLoader("services.api.page", "templates")
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(page: Page, template: str, **content: Any) -> str:
    """Return a page; everything that is put in is escaped."""
    return (
        _environment()
        .get_template(template)
        .render(
            page=page,
            t=page.t,
            say=page.say,
            to=page.to,
            words=words,
            asset=asset_address,
            segment=segment,
            drawn=_drawn,
            **content,
        )
    )


def _drawn(drawing: Drawing) -> Markup:
    """Return a drawing's SVG, whose own writer has escaped it."""
    return Markup(drawing.svg)  # noqa: S704


def standalone(drawing: Drawing) -> bytes:
    """Return a picture as a file of its own, its stylesheet within."""
    head, _, rest = drawing.svg.partition(">")
    return b"%s><style>%s</style>%s" % (head.encode(), _asset("drawing.css"), rest.encode())


@cache
def _asset(name: str) -> bytes:
    return (files("services.api.page") / "assets" / name).read_bytes()


@cache
def asset_address(name: str) -> str:
    """Return where an asset is; the address changes with its content, so that it may be kept."""
    return f"/assets/{name}?{sha256(_asset(name)).hexdigest()[:12]}"


assets = APIRouter(route_class=PlainRoute, include_in_schema=False)


@assets.get("/assets/{name}")
async def get_asset(request: Request) -> Response:
    """Answer a stylesheet, a script or a sign of ours."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        raise not_found("not_found", "there is no such asset")
    headers = {**HEADERS, "cache-control": "max-age=31536000, immutable"}
    return Response(_asset(name), headers=headers, media_type=_ASSETS[name])
