"""Answers that readers share: who asks the same while nothing has changed need not have it counted
twice.

An answer is a function of what is known, of the law and the map, of the day and of what the caller
may see; so under the instant of the last commit it is the same for all who ask alike. Eight who
open one page at once cost one count, and no turn is waited for by seven of them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request

from shared.http.heavy import TOO_MANY
from shared.http.operations import Operation
from shared.http.subjects import finder

# Of each some hundred kilobytes at most: a book of a province has six hundred rows.
KEPT = 64

Answer = tuple[datetime | None, Any]


@dataclass
class SharedAnswers:
    """The last answers, and those that are being made."""

    _kept: OrderedDict[Hashable, Answer] = field(default_factory=OrderedDict)
    _coming: dict[Hashable, asyncio.Event] = field(default_factory=dict)

    async def get(
        self, key: Hashable, known: datetime, make: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Return the answer of a key, made once; `known` is the last commit that the key has seen.

        Who fails or goes away leaves it to the next who waits: a refusal is nobody else's.
        """
        while (coming := self._coming.get(key)) is not None:
            await coming.wait()
        if (held := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return held
        done = self._coming[key] = asyncio.Event()
        try:
            answer = await make()
        finally:
            del self._coming[key]
            done.set()
        self._keep(key, known, answer)
        return answer

    def _keep(self, key: Hashable, known: datetime, answer: Answer) -> None:
        settled, _ = answer
        # What a replica answered a moment behind is right now, and would be wrong in an hour.
        if settled is not None and settled >= known:
            self._kept[key] = answer
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def answers_of(request: Request) -> SharedAnswers:
    """Return the answers that the readers of this process share."""
    state = request.app.state
    if not hasattr(state, "shared_answers"):
        state.shared_answers = SharedAnswers()
    held: SharedAnswers = state.shared_answers
    return held


def is_shared(operation: Operation) -> bool:
    """Say whether readers share its answers: of what counts a lot, and names nobody.

    Who is named is noted of each request by itself.
    """
    costly = any(each is TOO_MANY for each in operation.problems)
    return costly and finder(operation.answer.values()) is None
