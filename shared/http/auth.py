"""The caller of a request: found once, by its token or by the cookie of who signed in at the page,
then asked for scopes.

Static tokens stand as digests in a file that is read again when it changes. Auth off means a caller
with every scope; the process refuses that anywhere but on loopback.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import structlog
from starlette.requests import Request

from shared.access import static_tokens
from shared.access.caller import ANYBODY, Caller
from shared.access.clients import thumbprint
from shared.access.sessions import Session
from shared.access.tokens import WrongToken
from shared.http.limits import Limits
from shared.http.problems import Problem, forbidden, unauthorized
from shared.http.registered import Registered
from shared.http.sessions import SAFE, session_of
from shared.http.wrong_tokens import WrongTokens

NOT_OUR_FORM = Problem(403, "form_of_another_site", "the form was not made for this session")
JWT_DOTS = 2  # header, claims and signature; a static token has none

log = structlog.get_logger()


class KnownTokens(Protocol):
    """Static tokens: whether auth is off, and whose one is."""

    @property
    def off(self) -> bool:
        """Say whether nobody needs a token."""
        ...

    def find(self, token: bytes) -> Caller | None:
        """Return the caller of a token."""
        ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """The callers that a process knows, by digest of their token; None: auth is off."""

    callers: tuple[tuple[bytes, Caller], ...] | None

    @property
    def off(self) -> bool:
        """Say whether nobody needs a token."""
        return self.callers is None

    def find(self, token: bytes) -> Caller | None:
        """Return the caller of a token; takes the same time whichever it is."""
        digest, found = sha256(token).digest(), None
        for known, caller in self.callers or ():
            if hmac.compare_digest(known, digest):
                found = caller
        return found


OFF = Tokens(None)


def tokens_of(entries: Sequence[dict[str, Any]]) -> Tokens:
    """Build the known callers from the entries of a tokens file."""
    return Tokens(static_tokens.callers_of(entries))


LOOK_EVERY_SECONDS = 1.0


@dataclass(slots=True)
class TokensFile:
    """The tokens of a file, read again within a second of its change.

    A file that cannot be read is half written or mistaken: what it said last holds, and the log
    says so until it is mended. Taking it for empty would shut everybody out for a slip of the pen.
    """

    path: Path
    look_every_seconds: float = LOOK_EVERY_SECONDS
    _tokens: Tokens = field(init=False)
    _seen: tuple[int, ...] = field(init=False)
    _looked_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Read it once; what is wrong with it is raised."""
        self._seen = _mark(self.path)
        self._tokens = Tokens(static_tokens.read(self.path.read_bytes()))
        self._looked_at = monotonic()

    @property
    def off(self) -> bool:
        """Say whether nobody needs a token: with a file everybody does."""
        return False

    def find(self, token: bytes) -> Caller | None:
        """Return the caller of a token."""
        if monotonic() - self._looked_at >= self.look_every_seconds:
            self._looked_at = monotonic()
            self._look()
        return self._tokens.find(token)

    def _look(self) -> None:
        try:
            mark = _mark(self.path)
            if mark != self._seen:
                self._tokens = Tokens(static_tokens.read(self.path.read_bytes()))
                self._seen = mark
                log.info("auth.tokens_read", callers=len(self._tokens.callers or ()))
        except (OSError, ValueError) as error:
            log.error("auth.tokens_unreadable", error=str(error))


def _mark(path: Path) -> tuple[int, ...]:
    seen = os.stat(path)
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


async def authenticate(request: Request) -> Caller:
    """Return the caller of a request, found at its first asking; 401 without a valid token."""
    state = request.scope["state"]
    caller: Caller | None = state.get("caller")
    if caller is None:
        caller = state["caller"] = await _find(request)
        limits: Limits = request.app.state.context.limits
        limits.count(request, caller, limits.requests)
    return caller


async def _find(request: Request) -> Caller:
    context = request.app.state.context
    tokens: KnownTokens = context.tokens
    if tokens.off:
        return ANYBODY
    header = request.headers.get("authorization")
    if header is None and request.method in SAFE:
        return await _signed_in(request)
    kind, _, rest = (header or "").partition(" ")
    token = rest.strip()
    if kind.lower() != "bearer" or not token:
        raise unauthorized()
    try:
        if token.count(".") == JWT_DOTS:
            registered: Registered = context.registered
            return await registered.caller(token, certificate_of(request))
        caller = tokens.find(token.encode())
        if caller is None:
            raise WrongToken("unknown")
        return caller
    except WrongToken as wrong:
        await slow(request, wrong.reason)
        raise unauthorized(presented=True) from None


async def _signed_in(request: Request) -> Caller:
    """Return who is signed in with the browser that asks; a session that has ended is none."""
    session = await session_of(request)
    if session is None:
        raise unauthorized()
    registered: Registered = request.app.state.context.registered
    try:
        caller = await registered.caller_of(session.claims, certificate_of(request))
    except WrongToken:
        raise unauthorized() from None
    request.scope["state"]["session"] = session
    return caller


async def signed_in_sender(request: Request) -> Session | None:
    """Take who is signed in with the browser for the sender of a form, and return the session.

    None: the request has a token, or needs none. The cookie goes along with forms of other sites
    too, so the form must hold the session's key: `check_form_key`.
    """
    tokens: KnownTokens = request.app.state.context.tokens
    if tokens.off or request.headers.get("authorization") is not None:
        return None
    state, limits = request.scope["state"], request.app.state.context.limits
    state["caller"] = caller = await _signed_in(request)
    limits.count(request, caller, limits.requests)
    session: Session = state["session"]
    return session


def check_form_key(session: Session | None, key: object) -> None:
    """Refuse a form that was not made for the session."""
    own = "" if session is None else session.form_key
    if not own or not hmac.compare_digest(own.encode(), str(key or "").encode()):
        raise NOT_OUR_FORM


async def slow(request: Request, reason: str) -> None:
    """Count a wrong token or secret, and hold the answer back if there were many."""
    wrong_tokens: WrongTokens = request.app.state.wrong_tokens
    await wrong_tokens.refuse(request.client.host if request.client else "", reason)


def certificate_of(request: Request) -> str | None:
    """Return the thumbprint of the certificate that a trusted gateway says the caller came with."""
    header = request.app.state.context.settings.certificate_header
    value = request.headers.get(header) if header else None
    return None if value is None else thumbprint(value)


async def authorize_anew(request: Request, scope: str) -> Caller:
    """Return the caller of a request that has been answered for long, as it may act now."""
    request.scope["state"].pop("caller", None)
    return await authorize(request, scope)


async def authorize(request: Request, scope: str | None) -> Caller:
    """Return the caller if it may use `scope` (None: any known caller); else 401 or 403."""
    caller = await authenticate(request)
    if scope is not None and scope not in caller.scopes:
        raise forbidden(scope)
    return caller
