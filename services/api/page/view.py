"""A view: what a function gives to be shown, and how it is shown as a page, a table or a picture.

    @views.view("/places/{code}")
    async def place(page: Page, code: str) -> View:

Errors are pages too: who follows a link to what is not there reads why, and what to do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.api.page import addresses
from services.api.page.drawing.svg import Drawing
from services.api.page.rendering import HEADERS, SVG_HEADERS, render, standalone
from services.api.page.site import STATE, Page
from services.api.page.tables import Table
from shared.access.caller import NOBODY, Caller
from shared.http.ask import PRIVATE, SHARED, Ask
from shared.http.audit import record
from shared.http.auth import authorize
from shared.http.context import context_of
from shared.http.negotiation import chosen
from shared.http.operations import PlainRoute
from shared.http.parameters import Declaration, read_query
from shared.http.problems import Problem, not_found, of_error, response
from shared.http.sessions import cookie_name, is_secure

HTML = "text/html"


@dataclass(frozen=True)
class View:
    """What is shown; tables and drawings are found in the template by their keys."""

    template: str
    title: str
    content: Mapping[str, Any] = field(default_factory=dict)
    tables: Sequence[Table] = ()
    drawings: Sequence[Drawing] = ()
    private: bool = False
    status: int = 200


@dataclass(frozen=True)
class Cookie:
    """What a browser is to keep so many seconds (0: to forget); no script may read it."""

    name: str
    value: str
    seconds: int


@dataclass(frozen=True)
class Elsewhere:
    """The address where it is shown, and what the browser is to keep meanwhile."""

    address: str
    cookies: Sequence[Cookie] = ()


Showing = Callable[..., Awaitable[View | Elsewhere]]
Asking = Callable[[Request], Awaitable[Caller]]


class Views(APIRouter):
    """Addresses for people; they are not operations of the api and stand in no document."""

    def __init__(self) -> None:
        super().__init__(route_class=PlainRoute)

    def view(
        self, path: str, parameters: Declaration | None = None, *, to_anybody: bool = False
    ) -> Callable[[Showing], Showing]:
        """Serve a function under a path; `parameters` are those of its own.

        `to_anybody`: who asks need not be known.
        """
        declared = {**(parameters or {}), **STATE}
        return self._serve(path, "GET", declared, anybodys if to_anybody else callers)

    def form(
        self, path: str, parameters: Declaration | None = None
    ) -> Callable[[Showing], Showing]:
        """Serve a function that takes a form of ours; who sends it need not be known."""
        return self._serve(path, "POST", {**(parameters or {}), **STATE}, anybodys)

    def _serve(
        self, path: str, method: str, declared: Declaration, asking: Asking
    ) -> Callable[[Showing], Showing]:
        def declare(function: Showing) -> Showing:
            endpoint = _endpoint(path, function, declared, asking)
            self.add_api_route(path, endpoint, methods=[method], include_in_schema=False)
            return function

        return declare


def _endpoint(
    path: str, function: Showing, declared: Declaration, asking: Asking
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if not accepts_html(request.headers.get("accept")):
            return response(_not_acceptable())
        if request.method != "POST" and (clean := _without_blanks(request)) is not None:
            return RedirectResponse(clean, 303, HEADERS)
        page = Page(Ask(request, context_of(request), NOBODY), _unread(request))
        try:
            ask = Ask(request, context_of(request), await asking(request))
            page = Page(ask, read_query(_query(request), declared))
            answer = _shown(page, await function(page, **request.path_params))
        # Whatever goes wrong becomes a page that says so; the unforeseen is logged by `of_error`.
        except Exception as error:
            answer = _refused(page, of_error(error))
        return await _recorded(page, path, answer)

    return endpoint


async def _recorded(page: Page, path: str, answer: Response) -> Response:
    """Give an answer made of audited ones once it has its row in the audit chain."""
    request, writer = page.ask.request, page.ask.context.audit
    if writer is None or not page.audited:
        return answer
    try:
        await record(request, writer, path, answer)
    except Problem as unavailable:
        return _refused(page, unavailable)
    return answer


def _not_acceptable() -> Problem:
    detail = "this is a page for people (text/html); the paths of the api begin with /v1, see /docs"
    return Problem(406, "not_acceptable", detail, offered=[HTML])


def accepts_html(accept: str | None) -> bool:
    """Say whether a caller takes HTML, or a table of the page; who says nothing does.

    >>> accepts_html(None), accepts_html("application/json"), accepts_html("text/html;q=0.9")
    (True, False, True)
    """
    return chosen(accept, (HTML, "application/xhtml+xml", "text/csv")) is not None


async def callers(request: Request) -> Caller:
    """Return who asks; 401 if that is not known."""
    return await authorize(request, None)


async def anybodys(request: Request) -> Caller:
    """Return nobody: it does not matter who asks."""
    return NOBODY


def _query(request: Request) -> bytes:
    """Return the query without what a form left blank, and with zones at its instants."""
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"))
    given = [(n, addresses.with_zone(v) if n == "known_at" else v) for n, v in pairs]
    return urlencode(given).encode()


def _without_blanks(request: Request) -> str | None:
    """Return the address without what a form left blank; None: nothing was."""
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if all(value for _, value in pairs):
        return None
    return addresses.address(request.url.path, {n: v for n, v in pairs if v})


def _unread(request: Request) -> dict[str, Any]:
    """Return what an error is shown with when the address itself is wrong: its language at most."""
    language = request.query_params.get("lang")
    values: dict[str, Any] = dict.fromkeys(STATE)
    return values | {"lang": language if language in ("vi", "en") else None}


def _shown(page: Page, view: View | Elsewhere) -> Response:
    if isinstance(view, Elsewhere):
        return _sent(page.ask.request, view)
    headers = {**HEADERS, "cache-control": PRIVATE if view.private else SHARED}
    if (key := page.values["csv"]) is not None:
        return _csv(_named(view.tables, key), headers)
    if (key := page.values["svg"]) is not None:
        return Response(standalone(_named(view.drawings, key)), 200, {**headers, **SVG_HEADERS})
    html = render(page, view.template, title=view.title, view=view, **view.content)
    if view.status != 200:
        return Response(html, view.status, headers, media_type=HTML)
    return _html(page.ask.request, html.encode(), headers)


def _sent(request: Request, elsewhere: Elsewhere) -> Response:
    headers = {**HEADERS, "cache-control": PRIVATE} if elsewhere.cookies else HEADERS
    answer = RedirectResponse(elsewhere.address, 303, headers)
    for cookie in elsewhere.cookies:
        answer.set_cookie(
            cookie_name(request, cookie.name),
            cookie.value,
            max_age=cookie.seconds,
            secure=is_secure(request),
            httponly=True,
            samesite="lax",
        )
    return answer


def _html(request: Request, body: bytes, headers: Mapping[str, str]) -> Response:
    tag = f'"{blake2b(body, digest_size=15).hexdigest()}"'
    tagged = {**headers, "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(None, 304, tagged)
    return Response(body, 200, tagged, media_type=HTML)


def _csv(table: Table, headers: Mapping[str, str]) -> Response:
    named = {**headers, "content-disposition": f'attachment; filename="{table.key}.csv"'}
    return Response(table.csv(), 200, named, media_type="text/csv")


def _named(parts: Sequence[Any], key: str) -> Any:
    for part in parts:
        if part.key == key:
            return part
    raise not_found("not_found", "this page has no such table or picture")


def _refused(page: Page, problem: Problem) -> Response:
    title = page.t("Không xem được trang này", "This page cannot be shown")
    # Where a program is told when to come again, a browser comes by itself; it sends no form again.
    again = problem.headers.get("Retry-After") if page.ask.request.method == "GET" else None
    html = render(page, "refused.html", title=title, problem=problem, again=again, view=None)
    headers = {**HEADERS, **problem.headers, "cache-control": PRIVATE}
    if again is not None:
        headers["refresh"] = again
    return Response(html, problem.status, headers, media_type=HTML)
