"""Who is signed in with a browser, by its cookie; only what changes nothing may be asked so."""

from __future__ import annotations

from starlette.requests import Request

from shared.access.sessions import Session
from shared.access.store import sessions

# What a stranger's page can make a browser send along, it cannot read; and it changes nothing.
SAFE = frozenset({"GET", "HEAD"})


def is_secure(request: Request) -> bool:
    """Say whether the browser speaks TLS, here or to the gateway in front."""
    return request.url.scheme == "https" or request.app.state.context.settings.behind_tls


def cookie_name(request: Request, name: str) -> str:
    """Return the name of a cookie; with TLS one that no other host and no plain answer can set."""
    return f"__Host-{name}" if is_secure(request) else name


SESSION = "registry-session"


def cookie_of(request: Request) -> str | None:
    """Return the cookie of a session."""
    return request.cookies.get(cookie_name(request, SESSION))


async def session_of(request: Request) -> Session | None:
    """Return the session of a request, ended or not; None without one."""
    cookie = cookie_of(request)
    if not cookie:
        return None
    async with request.app.state.context.database.statement() as snapshot:
        return await sessions.find_session(snapshot, cookie)
