"""Signing in and out: the browser is sent to an issuer and comes back with a code (PKCE), which is
changed for a session with the grants that the same person would have over HTTP.
"""

from __future__ import annotations

from dataclasses import replace
from hmac import compare_digest
from secrets import token_urlsafe
from urllib.parse import quote, unquote

import structlog
from starlette.requests import Request

from services.api.access.tokens import read_form
from services.api.page import addresses
from services.api.page.site import Page
from services.api.page.view import Cookie, Elsewhere, Views
from services.api.page.views.issuer import AUTHORIZE, PAGE, address_back
from shared.access.caller import SCOPES
from shared.access.sessions import (
    ENTERING_SECONDS,
    SESSION_SECONDS,
    Session,
    challenge_of,
    own_path,
)
from shared.access.store import clients, sessions
from shared.access.tokens import Claims, WrongToken
from shared.http import parameters
from shared.http.auth import certificate_of, check_form_key, slow
from shared.http.context import Context
from shared.http.outside_issuer import OutsideIssuer
from shared.http.problems import Problem
from shared.http.sessions import SESSION, cookie_name, cookie_of, session_of

ENTERING = "registry-signing-in"
ADDRESS_MAX, WAY_MAX = 2000, 3500
NOT_SIGNED_IN = Problem(
    401, "not_signed_in", "the issuer did not let you in, or it took too long; sign in again"
)
NOT_SET_UP = Problem(
    404,
    "sign_in_not_set_up",
    "people sign in elsewhere; set REGISTRY_OIDC_CLIENT_ID to let them in",
)

log = structlog.get_logger()
views = Views()


@views.view(
    "/sign-in",
    {"to": parameters.text("Where to go afterwards.", ADDRESS_MAX)},
    to_anybody=True,
)
async def sign_in(page: Page) -> Elsewhere:
    """Send the browser to the issuer, and let it remember what it left with."""
    request, context, to = page.ask.request, page.ask.context, own_path(page.values["to"])
    if context.tokens.off:
        return Elsewhere(to)
    state, verifier = token_urlsafe(24), token_urlsafe(48)
    question = {
        "response_type": "code",
        "redirect_uri": address_back(request),
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    kept = Cookie(ENTERING, f"{state}.{verifier}.{_kept(to)}", ENTERING_SECONDS)
    return Elsewhere(await _issuer(page, question), (kept,))


def _kept(to: str) -> str:
    """Return the way on as a cookie holds it; browsers forget a cookie of more than 4,096 bytes."""
    way = quote(to, safe="")
    return way if len(way) <= WAY_MAX else quote("/", safe="")


async def _issuer(page: Page, question: dict[str, str]) -> str:
    outside = page.ask.context.registered.outside
    if outside is None:
        return page.to(AUTHORIZE, as_of=None, known_at=None, client_id=PAGE, **question)
    scope = " ".join(("openid", *sorted(SCOPES)))
    own = {"client_id": _id_outside(page.ask.context), "scope": scope}
    return addresses.address(await outside.address_to_sign_in(), {**own, **question})


def _id_outside(context: Context) -> str:
    if context.settings.oidc_client_id is None:
        raise NOT_SET_UP
    return context.settings.oidc_client_id


# What issuers add to the way back; only the code and the state count.
_BACK = (
    "code",
    "state",
    "error",
    "error_description",
    "error_uri",
    "iss",
    "session_state",
    "scope",
)


@views.view(
    "/signed-in",
    {name: parameters.text("As the issuer says.", ADDRESS_MAX) for name in _BACK},
    to_anybody=True,
)
async def signed_in(page: Page) -> Elsewhere:
    """Change the code that the browser came back with for a session."""
    request, context = page.ask.request, page.ask.context
    verifier, to = _entering(request, page.values["state"])
    try:
        claims = await _claims(context, request, page.values["code"] or "", verifier)
        caller = await context.registered.caller_of(claims, certificate_of(request))
    except WrongToken as wrong:
        await slow(request, wrong.reason)
        raise NOT_SIGNED_IN from None
    cookie, session = token_urlsafe(32), Session(claims, token_urlsafe(32))
    async with context.database.transaction() as tx:
        await sessions.forget_ended(tx, context.clock.now())
        await sessions.add_session(tx, cookie, session)
    log.info("signed_in", client=caller.name)
    seconds = int(claims.ends - claims.begins)
    return Elsewhere(to, (Cookie(SESSION, cookie, seconds), Cookie(ENTERING, "", 0)))


def _entering(request: Request, state: str | None) -> tuple[str, str]:
    """Return the verifier and the way on of the browser that left with this state."""
    # The way on may have dots of its own: an instant's fraction, a file's ending.
    kept = request.cookies.get(cookie_name(request, ENTERING), "").split(".", 2)
    if len(kept) != 3 or not compare_digest(kept[0].encode(), (state or "").encode()):
        raise NOT_SIGNED_IN
    return kept[1], own_path(unquote(kept[2]))


async def _claims(context: Context, request: Request, code: str, verifier: str) -> Claims:
    now = context.clock.now().timestamp()
    outside = context.registered.outside
    if outside is None:
        claims = await _own_claims(context, code, verifier, now)
    else:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": address_back(request),
            "client_id": _id_outside(context),
            "code_verifier": verifier,
        }
        claims = await _outside_claims(outside, form, context.settings.oidc_client_secret())
    return replace(claims, begins=now, ends=min(claims.ends, now + SESSION_SECONDS))


async def _own_claims(context: Context, code: str, verifier: str, now: float) -> Claims:
    async with context.database.transaction() as tx:
        client_id = await sessions.take_code(tx, code, challenge_of(verifier), context.clock.now())
        client = None if client_id is None else await clients.find_by_id(tx, client_id)
    if client is None:
        raise WrongToken("code")
    return Claims(client.client_id, client.scopes, now, now + SESSION_SECONDS, client.certificate)


async def _outside_claims(
    outside: OutsideIssuer, form: dict[str, str], secret: str | None
) -> Claims:
    claims = await outside.read(await outside.redeem(form, secret))
    # The token was given to the page; whom it speaks for is its subject.
    return replace(claims, client_id=claims.subject)


@views.form("/sign-out")
async def sign_out(page: Page) -> Elsewhere:
    """End the session; only a form of this very session does."""
    request, context = page.ask.request, page.ask.context
    session, cookie = await session_of(request), cookie_of(request)
    key = (await read_form(request)).get("form_key", "")
    if session is not None and cookie is not None:
        check_form_key(session, key)
        async with context.database.transaction() as tx:
            await sessions.end_session(tx, cookie)
        log.info("signed_out", client_id=session.claims.client_id)
    return Elsewhere("/", (Cookie(SESSION, "", 0),))
