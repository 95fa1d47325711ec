"""Our own issuer's page: who a person is, by the id (or the name) and the secret of a client."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe

from starlette.requests import Request

from services.api.access.tokens import ISSUED_ELSEWHERE, NOT_A_CLIENT, authenticated, read_form
from services.api.page import addresses
from services.api.page.site import Page
from services.api.page.view import Elsewhere, View, Views
from shared.access.sessions import CODE_SECONDS, is_challenge
from shared.access.store import clients, sessions
from shared.http import parameters
from shared.http.problems import Problem
from shared.http.sessions import is_secure

AUTHORIZE = "/oauth2/authorize"
# Only the page itself may be come back to: codes for others would need their addresses.
PAGE = "page"
BAD_QUESTION = Problem(
    400, "invalid_request", "this is no question of the page; begin again at /sign-in"
)
_QUESTION = {
    name: parameters.text("As RFC 6749 and RFC 7636 have it.")
    for name in (
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    )
}

views = Views()


def address_back(request: Request) -> str:
    """Return where the issuer sends the browser back to."""
    scheme = "https" if is_secure(request) else "http"
    return f"{scheme}://{request.headers.get('host', request.url.netloc)}/signed-in"


@views.view(AUTHORIZE, _QUESTION, to_anybody=True)
async def ask_who(page: Page) -> View:
    """Ask who it is."""
    _check(page)
    return _asking(page)


@views.form(AUTHORIZE, _QUESTION)
async def told_who(page: Page) -> View | Elsewhere:
    """Send the browser back with a code, or ask again."""
    _check(page)
    request, context = page.ask.request, page.ask.context
    form = await read_form(request)
    try:
        named, secret = form.get("name", "").strip(), form.get("secret", "").strip()
        client = await authenticated(request, named, secret, clients.find_client)
    except Problem as problem:
        if problem.code != NOT_A_CLIENT.code:
            raise
        return _asking(page, wrong=True, name=named)
    code, until = token_urlsafe(32), context.clock.now() + timedelta(seconds=CODE_SECONDS)
    async with context.database.transaction() as tx:
        challenge = page.values["code_challenge"]
        await sessions.add_code(tx, code, client.client_id, challenge, until)
    back = {"code": code, "state": page.values["state"], "lang": page.values["lang"]}
    return Elsewhere(addresses.address(page.values["redirect_uri"], back))


def _asking(page: Page, *, wrong: bool = False, name: str = "") -> View:
    title = page.t("Đăng nhập", "Sign in")
    return View(
        "sign_in.html",
        title,
        {"wrong": wrong, "name": name},
        private=True,
        status=401 if wrong else 200,
    )


def _check(page: Page) -> None:
    if page.ask.context.registered.outside is not None:
        raise ISSUED_ELSEWHERE
    kind = [page.values[n] for n in ("response_type", "client_id", "code_challenge_method")]
    if kind != ["code", PAGE, "S256"] or not is_challenge(page.values["code_challenge"] or ""):
        raise BAD_QUESTION
    if page.values["redirect_uri"] != address_back(page.ask.request) or not page.values["state"]:
        raise BAD_QUESTION
