"""Who may write which kind of fact: a door carries its scope, for receipts and imports too."""

from __future__ import annotations

from starlette.requests import Request

from services.ingest.doors.registry import DOORS
from shared.http.auth import Caller, authorize
from shared.http.problems import Problem

SCOPES = tuple(sorted({door.scope for door in DOORS.values()}))


def authorize_any(request: Request) -> Caller:
    """Return the caller if it may write some kind of fact; else 401 or 403."""
    caller = authorize(request, None)
    if not caller.scopes.isdisjoint(SCOPES):
        return caller
    needed = " or ".join(SCOPES)
    raise Problem(403, "forbidden", f"the scope {needed} is needed", missing_scope=needed)


def authorize_kind(request: Request, kind: str) -> Caller:
    """Return the caller if it may write this kind of fact; else 401 or 403."""
    return authorize(request, DOORS[kind].scope)
