"""How many requests may be in hand at once, of everybody and of one address.

What is beyond is told to come again, at once and as a problem; whether the process lives is
answered however crowded it is.
"""

from __future__ import annotations

from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http import problems
from shared.http.problems import Problem

REQUESTS_MAX = 400
# A caller that leaves its answers unread holds requests in hand; it may not hold all of them.
REQUESTS_OF_ADDRESS_MAX = 300
ALWAYS = ("/health/live", "/health/ready", "/metrics")


class Crowd:
    """Lets so many requests in and answers 503 to the rest."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app
        self._in_hand = 0
        self._of_address: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        address = scope["client"][0] if scope.get("client") else ""
        if self._full(address):
            await problems.response(_too_many())(scope, receive, send)
            return
        self._in_hand += 1
        self._of_address[address] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._in_hand -= 1
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]

    def _full(self, address: str) -> bool:
        return self._in_hand >= REQUESTS_MAX or self._of_address[address] >= REQUESTS_OF_ADDRESS_MAX


def _too_many() -> Problem:
    return Problem(
        503,
        "too_many_requests_in_hand",
        "too many requests are being answered at this moment; try again in a second",
        headers={"Retry-After": "1"},
    )
