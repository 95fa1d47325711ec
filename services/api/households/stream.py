"""The feed as server-sent events: what changed, as it is committed (WHATWG HTML, 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.api.households import feed as feed_route
from services.api.households.feed import (
    CURSOR_EXPIRED,
    Area,
    FromDate,
    InList,
    Kind,
    ToDate,
    place_of,
)
from services.api.households.tail import Stretch, Tail
from shared.access.caller import HOUSEHOLDS_READ
from shared.households.store import feed
from shared.http import parameters
from shared.http.ask import PRIVATE, Ask, encode
from shared.http.audit import concern, record, subjects_of
from shared.http.auth import authorize_anew
from shared.http.feed_items import item
from shared.http.operations import Routes
from shared.http.problems import UNKNOWN_AREA, Problem, ProblemType, invalid
from shared.kernel import knowledge
from shared.kernel.errors import Fault

PATH = "/v1/transitions/stream"
EVENT_STREAM = "text/event-stream"
HELD = "streams of changes"
STREAMS_OF_CLIENT_MAX = 20
# Proxies close what is silent for a minute; the token is looked at again as often.
BEAT_SECONDS = 4.0
ROWS_AT_ONCE = 500
RETRY_MS = 2000
_CURSOR = parameters.cursor(place_of)

routes = Routes("households")

TOO_MANY_STREAMS = ProblemType(
    "As many streams are open as this process may hold",
    Problem(
        503,
        "too_many_streams",
        "too many streams are open here; follow /v1/transitions by its cursor, or come again later",
        headers={"Retry-After": "30"},
    ),
)


def tail_of(request: Request) -> Tail:
    """Return the end of the feed of this process."""
    return cast("Tail", request.app.state.tail)


@routes.get(
    PATH,
    scope=HOUSEHOLDS_READ,
    problems=[UNKNOWN_AREA, CURSOR_EXPIRED, TOO_MANY_STREAMS],
    answers={
        EVENT_STREAM: Annotated[str, Meta(description="Events; the `data` is an item of the feed.")]
    },
    private=True,
    shown='id: WzJd\nevent: transition\ndata: {"seq":2,"transition_id":"…","to":"poor"}\n\n',
)
async def stream_transitions(
    ask: Ask,
    cursor: Annotated[
        Any, _CURSOR.but(description="`next_cursor` of the feed, or the `id` of an event.")
    ] = None,
    area: Area = None,
    from_date: FromDate = None,
    to_date: ToDate = None,
    kind: Kind = None,
    list_: InList = None,
) -> StreamingResponse:
    """Stream of transitions.

    The feed as server-sent events, within a second of their commit. Each event has the feed's item
    as `data`, `transition` or `retraction` as `event`, and as `id` the cursor behind it: the header
    `Last-Event-ID` (browsers send it by themselves) or `cursor` goes on there and misses nothing.
    With neither the stream begins with what comes next. A comment line comes every few seconds.
    The stream ends when the token does, or when the process stops: come again.
    """
    tail = tail_of(ask.request)
    if tail.full:
        raise TOO_MANY_STREAMS.problem
    # Held while events are told, when it is too late to refuse: so asked for here as well.
    with ask.context.limits.hold(ask.caller, HELD, STREAMS_OF_CLIENT_MAX):
        pass
    held = _last_seen(ask.request) or cursor
    wanted = await feed_route.wanted_of(ask, area, from_date, to_date, kind, list_)
    async with ask.context.database.snapshot() as snapshot:
        epoch = await knowledge.epoch(snapshot)
        place = feed_route.begin(held, epoch, await feed.end(snapshot))
    stream = _Stream(ask, tail, wanted, epoch, place)
    headers = {"cache-control": PRIVATE, "x-accel-buffering": "no"}
    return StreamingResponse(stream.events(), headers=headers, media_type=EVENT_STREAM)


def _last_seen(request: Request) -> Any:
    """Return the place that `Last-Event-ID` names, None where it is not sent."""
    text = request.headers.get("last-event-id", "")
    try:
        return _CURSOR.read(text) if text else None
    except parameters.Refused as refused:
        raise invalid([Fault("/header/Last-Event-ID", refused.code, refused.detail)]) from None


@dataclass
class _Stream:
    ask: Ask
    tail: Tail
    wanted: feed.TransitionFilter
    epoch: int
    place: int

    async def events(self) -> AsyncIterator[bytes]:
        """Yield what is behind the place, then what comes, until the token or the process ends."""
        yield b"retry: %d\n\n" % RETRY_MS
        with self.ask.context.limits.hold(self.ask.caller, HELD, STREAMS_OF_CLIENT_MAX):
            async with self.tail.listening() as stretch:
                while self.place < stretch.place:
                    yield await self._told(await self._missed())
                async for rows in self._coming(stretch):
                    yield await self._told(rows) or b": \n\n"

    async def _missed(self) -> Sequence[feed.Transition]:
        async with self.ask.context.database.snapshot() as snapshot:
            rows, self.place = await feed.list_transitions(
                snapshot, self.place, self.wanted, ROWS_AT_ONCE
            )
        return rows

    async def _coming(self, stretch: Stretch) -> AsyncIterator[Sequence[feed.Transition]]:
        """Yield what the tail hands out; nothing, now and then, when nothing comes."""
        while not self.tail.closed:
            done, _ = await asyncio.wait({stretch.next}, timeout=BEAT_SECONDS)
            if not done:
                if not await self._still_allowed():
                    return
                yield ()
            elif stretch.next.cancelled():
                return
            else:
                stretch = stretch.next.result()
                yield [
                    row for row in stretch.rows if row.seq > self.place and self.wanted.takes(row)
                ]
                self.place = max(self.place, stretch.place)

    async def _still_allowed(self) -> bool:
        """Say whether the token still opens this stream: it may be revoked or expired."""
        try:
            caller = await authorize_anew(self.ask.request, HOUSEHOLDS_READ)
        except Problem:
            return False
        return caller.area == self.ask.caller.area

    async def _told(self, rows: Sequence[feed.Transition]) -> bytes:
        """Return the events of these rows, once the audit chain has their row."""
        events = b"".join(map(self._event, rows))
        request, writer = self.ask.request, self.ask.context.audit
        if rows and writer is not None:
            subjects_of(request).clear()
            concern(request, {row.household_id for row in rows})
            await record(request, writer, PATH, Response(events))
        return events

    def _event(self, row: feed.Transition) -> bytes:
        name = b"transition" if row.retracts is None else b"retraction"
        cursor = feed_route.cursor_at(self.epoch, row.seq).encode()
        data = encode(item(row))
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (cursor, name, data)
