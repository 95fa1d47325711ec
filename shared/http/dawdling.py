"""Callers that dawdle over their bodies: each part is waited for, but not for ever.

An answer that nobody reads is ended by `shared.runtime.http_protocol`.
"""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive

from shared.http.problems import Problem

# A sender over a bad line, or one that makes what it sends as it goes, is silent for seconds.
SILENT_SECONDS = 60.0


def body_late() -> Problem:
    """Return the problem of a body whose next part does not come; what came is not stored."""
    detail = f"nothing of the body came for {SILENT_SECONDS:.0f} seconds; send it again"
    return Problem(408, "body_late", detail, headers={"Connection": "close"})


class Prompt:
    """Receives a request, its body within bounds of time."""

    def __init__(self, receive: Receive) -> None:
        """Receive from `receive`."""
        self._receive = receive
        self._whole = False

    async def receive(self) -> Message:
        """Return the next part; 408 where it does not come.

        Behind the body there is only the end of the connection, which may take as long as it likes.
        """
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                message = await self._receive()
        except TimeoutError:
            self._whole = True
            raise body_late() from None
        self._whole = not message.get("more_body", False)
        return message
