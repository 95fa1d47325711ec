"""Pages to read beside the documents: HTML of our own words alone, without script, under a policy
that loads nothing but our stylesheet."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.http.ask import SHARED, holds
from shared.http.operations import PlainRoute

HTML = "text/html"
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_SHEET = "/reading.css"
_CSS = (Path(__file__).parent / "reading.css").read_bytes()


def page(title: str, body: str, language: str = "en") -> str:
    """Return a whole page of a title and a body that is HTML already."""
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title} · Poverty Registry</title><link rel="stylesheet" href="{_SHEET}"></head>\n'
        '<body><nav><a href="/guide">Guide · Hướng dẫn</a> · <a href="/docs">API</a> · '
        f'<a href="/problems">Problems · Lỗi</a></nav>\n<main>{body}</main></body></html>\n'
    )


def answer(request: Request, html: str) -> Response:
    """Answer a page, or 304 to who holds it."""
    content = html.encode()
    tag = f'"{blake2b(content, digest_size=15).hexdigest()}"'
    headers = {"etag": tag, "cache-control": SHARED, "content-security-policy": _CSP}
    if holds(request, tag):
        return Response(None, 304, headers)
    return Response(content, headers=headers, media_type=HTML)


assets = APIRouter(route_class=PlainRoute, include_in_schema=False)


@assets.get(_SHEET)
async def _sheet(_: Request) -> Response:
    return Response(_CSS, headers={"cache-control": "max-age=3600"}, media_type="text/css")
