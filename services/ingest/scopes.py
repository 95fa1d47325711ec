"""Who may write which kind of fact: a kind carries its scope, for receipts and imports too."""

from __future__ import annotations

from starlette.requests import Request

from shared.access.caller import Caller
from shared.facts import FACTS
from shared.http.auth import authorize
from shared.http.problems import Problem, ProblemType


async def authorize_any(request: Request) -> Caller:
    """Return the caller if it may write some kind of fact; else 401 or 403."""
    caller = await authorize(request, None)
    if caller.scopes.isdisjoint(kind.scope for kind in FACTS.values()):
        raise _writes_nothing()
    return caller


def _writes_nothing() -> Problem:
    needed = " or ".join(sorted({kind.scope for kind in FACTS.values()}))
    return Problem(403, "forbidden", f"the scope {needed} is needed", missing_scope=needed)


NO_WRITER = ProblemType("The token lacks a scope to write facts", _writes_nothing())


async def authorize_kind(request: Request, kind: str) -> Caller:
    """Return the caller if it may write this kind of fact; else 401 or 403."""
    return await authorize(request, FACTS[kind].scope)
