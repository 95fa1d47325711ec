"""What may be exported: the lists of the api, named by the addresses that they are asked at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request

from services.api.areas.series import (
    ChildStatistics,
    StatisticsOnDay,
    list_children_statistics,
    list_statistics,
)
from services.api.households.feed import list_transitions
from services.api.households.status import ListedHousehold, list_households
from services.api.money.lines import list_allocation_lines
from services.api.money.payments import Disbursement, list_disbursements
from services.api.money.support import SupportRecord, list_support_records
from services.api.press.figures import Figure, list_figures
from services.api.press.findings import Finding, list_findings
from shared.access.caller import Caller
from shared.households.store import feed
from shared.http.ask import Ask
from shared.http.context import Context
from shared.http.feed_items import FeedTransition, Retraction
from shared.http.heavy import TOO_MANY
from shared.http.operations import Question, question_of
from shared.http.parameters import KNOWN_AT, Declaration, read_query
from shared.http.problems import Problem, invalid
from shared.kernel.clock import written_instant
from shared.kernel.errors import Fault
from shared.money.store.line_reads import AllocationLine

# Few enough to be made into answers within some hundredths of a second.
PAGE_ROWS = 2000
# Each waits some seconds for its turn, all of them for less than a lease.
TRIES_MAX = 5
_PAGED = {"cursor", "limit"}
# Forms of an answer, not of a file.
_ANSWERED = {"format"}
_DAYS = ("as_of", "on")


class Listing(NamedTuple):
    """A list: the operation that answers it, and the types of its items."""

    question: Question
    items: Sequence[type]


_LISTS: dict[Callable[..., Awaitable[Any]], Sequence[type]] = {
    list_households: [ListedHousehold],
    list_transitions: [FeedTransition, Retraction],
    list_children_statistics: [ChildStatistics],
    list_statistics: [StatisticsOnDay],
    list_allocation_lines: [AllocationLine],
    list_disbursements: [Disbursement],
    list_support_records: [SupportRecord],
    list_figures: [Figure],
    list_findings: [Finding],
}
LISTINGS = [Listing(question_of(function), items) for function, items in _LISTS.items()]
PATHS = [listing.question.operation.path for listing in LISTINGS]
_FEED = question_of(list_transitions)


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as it is asked for, without its pages."""

    listing: Listing
    in_path: Mapping[str, str]
    given: Mapping[str, Any]
    query: Sequence[tuple[str, str]]
    path: str

    def settled(self, context: Context, at: datetime) -> tuple[str, datetime]:
        """Return the address that asks the same for ever, and its instant of knowledge."""
        known_at = self.given["known_at"] or at
        parts = dict(self.query) | {"known_at": written_instant(known_at)}
        for name in _DAYS:
            if name in self.given and self.given[name] is None:
                parts[name] = context.clock.today().isoformat()
        return f"{self.path}?{urlencode(sorted(parts.items()))}", known_at


def read_address(address: str) -> Asked:
    """Read the address of a list; every fault of it is refused."""
    try:
        parts = urlsplit(address)
    except ValueError:
        _refuse("no address")
    found = _listing(parts.path)
    if found is None or parts.scheme or parts.netloc or parts.fragment:
        _refuse(f"no list that is exported; they are {', '.join(PATHS)}")
    listing, in_path = found
    query = parse_qsl(parts.query, keep_blank_values=True)
    given = read_query(urlencode(query).encode(), _parameters(listing.question))
    return Asked(listing, in_path, given, query, parts.path)


def _refuse(detail: str) -> NoReturn:
    raise invalid([Fault("/question", "unknown_list", detail)])


def _listing(path: str) -> tuple[Listing, Mapping[str, str]] | None:
    for listing in LISTINGS:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", listing.question.operation.path)
        match = re.fullmatch(pattern, path)
        if match is not None:
            return listing, match.groupdict()
    return None


def _parameters(question: Question) -> Declaration:
    """Return the parameters of a list as a whole; each is as known at an instant."""
    declared = question.operation.parameters
    own = {n: each for n, each in declared.items() if n not in _PAGED | _ANSWERED}
    return {**own, "known_at": KNOWN_AT}


@dataclass(frozen=True, slots=True)
class Pages:
    """All pages of a list, asked one by one with the grants of a caller."""

    asked: Asked
    context: Context
    caller: Caller

    async def check(self) -> None:
        """Refuse what the list itself refuses, before anything is ordered."""
        await self._page(self._ask(), None, 1)

    async def read(self) -> AsyncGenerator[tuple[Sequence[Any], set[str]], None]:
        """Give the items of each page, and whom they are about; to be closed (`aclosing`).

        The next one is asked for while whoever takes them is busy with one.
        """
        last = await self._last() if self.asked.listing.question is _FEED else None
        coming = asyncio.create_task(self._patiently(None))
        try:
            while True:
                page, subjects = await coming
                items = [each for each in page.items if last is None or each.seq <= last]
                following = getattr(page, "next_cursor", None)
                if following is None or len(items) < PAGE_ROWS:
                    yield items, subjects
                    return
                cursor = self.asked.listing.question.operation.parameters["cursor"].read(following)
                coming = asyncio.create_task(self._patiently(cursor))
                yield items, subjects
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    def _ask(self) -> Ask:
        """Return a question of nobody's request."""
        scope = {"type": "http", "method": "GET", "path": "", "query_string": b"", "headers": []}
        ask = Ask(Request({**scope, "state": {}}), self.context, self.caller)
        # A replica may be behind the question: a short page of the feed would seem its end.
        ask.reads = self.context.database
        return ask

    async def _patiently(self, cursor: Any) -> tuple[Any, set[str]]:
        """Return a page and whom it is about.

        Large counts wait for their turn behind those of people who wait.
        """
        tried = 0
        while True:
            ask, tried = self._ask(), tried + 1
            try:
                page = await self._page(ask, cursor, PAGE_ROWS)
            except Problem as busy:
                if tried == TRIES_MAX or busy.code != TOO_MANY.problem.code:
                    raise
            else:
                return page, ask.request.scope["state"].get("subjects", set())

    async def _page(self, ask: Ask, cursor: Any, limit: int) -> Any:
        question, given = self.asked.listing.question, dict(self.asked.given)
        paged = {"cursor": cursor, "limit": limit}
        own = question.operation.parameters
        given |= {n: paged.get(n, each.default) for n, each in own.items() if n not in given}
        return await question.answer(ask, question.places(self.asked.in_path), given)

    async def _last(self) -> int:
        """Return the place in the feed behind which nothing was known then."""
        async with self.context.database.statement() as snapshot:
            return await feed.end_at(snapshot, self.asked.given["known_at"])


def pages(question: str, context: Context, caller: Caller) -> tuple[Listing, Pages]:
    """Return what a settled address asks for."""
    asked = read_address(question)
    return asked.listing, Pages(asked, context, caller)
