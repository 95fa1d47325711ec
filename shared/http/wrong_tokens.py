"""Wrong tokens and secrets: counted by what is wrong, and answered the more slowly the more of them
come from one address.

Slowed and not shut out: behind a gateway all clients have one address, and one of them that is set
up wrongly must not keep out the others. Whoever is right is never slowed.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from shared.http.problems import Problem

# So many are forgiven an address in a minute, for people paste tokens.
FREE = 10
WINDOW_SECONDS = 60.0
STEP_SECONDS, SLOWEST_SECONDS = 0.1, 2.0
# Answers that are held back hold requests in hand: these must not crowd out who has a token.
HELD_MAX = 60
ADDRESSES_KEPT = 10_000


@dataclass
class WrongTokens:
    """The wrong tokens of one process; `observe` counts them, `sleep` holds an answer back."""

    observe: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], object] = asyncio.sleep
    _seen: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)
    _held: int = 0

    async def refuse(self, address: str, reason: str) -> None:
        """Count a wrong token and hold the answer back; 429 where too many are held back."""
        self.observe(reason)
        seconds = self._delay(address)
        if not seconds:
            return
        if self._held >= HELD_MAX:
            raise _too_many()
        self._held += 1
        try:
            waiting = self.sleep(seconds)
            if asyncio.iscoroutine(waiting):
                await waiting
        finally:
            self._held -= 1

    def _delay(self, address: str) -> float:
        now = monotonic()
        began, number = self._seen.pop(address, (now, 0))
        if now - began >= WINDOW_SECONDS:
            began, number = now, 0
        self._seen[address] = (began, number + 1)
        if len(self._seen) > ADDRESSES_KEPT:
            self._seen.popitem(last=False)
        return min(SLOWEST_SECONDS, STEP_SECONDS * max(0, number + 1 - FREE))


def _too_many() -> Problem:
    return Problem(
        429,
        "too_many_wrong_tokens",
        "too many wrong tokens come in at this moment; try again with a valid one",
        headers={"Retry-After": "2"},
    )
