"""A list as a stream: the bytes of its file, sent as they are made and as fast as they are read.

An answer that has begun has its status already. So one that breaks is cut off before its end, and
has no manifest: that is committed before the last byte goes out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Annotated, Literal

from msgspec import Meta
from starlette.responses import StreamingResponse

from services.api.exports.answers import NO_LIST, NO_READER, QUESTION
from services.api.exports.columns import columns_of
from services.api.exports.exporter import Parts, record_page
from services.api.exports.formats import FORMATS
from services.api.exports.orders import order_of
from services.api.exports.questions import pages
from services.api.money.held import UNKNOWN_RUN
from services.api.money.lines import NDJSON
from shared.exports.export import Export
from shared.exports.store import exports as store
from shared.http import parameters
from shared.http.ask import PRIVATE, Ask
from shared.http.auth import authorize_anew
from shared.http.heavy import TOO_MANY
from shared.http.limits import STREAMS_MAX, too_many_at_once
from shared.http.operations import ANY, Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA, ProblemType, forbidden

routes = Routes("exports")

PATH = "/v1/exports/stream"
HELD = "streams of exports"
CSV = "text/csv"
# The token is looked at again as often: it may be revoked or expire.
LOOK_SECONDS = 4.0
# A workbook and Parquet are of use only when they are whole.
Streamed = Literal["ndjson", "csv"]


@routes.get(
    PATH,
    scope=ANY,
    problems=[
        NO_READER,
        NO_LIST,
        UNKNOWN_AREA,
        AREA_NOT_IN_FORCE,
        UNKNOWN_RUN,
        TOO_MANY,
        ProblemType("The client reads as many at once as one may", too_many_at_once(HELD, 4)),
    ],
    answers={kind: Annotated[bytes, Meta(description="The list.")] for kind in (NDJSON, CSV)},
    shown="a line of the list\n",
    private=True,
)
async def stream_export(
    ask: Ask,
    question: Annotated[
        str, parameters.text(f"The address of a list, as for an export: `{QUESTION}`.", 2000)
    ],
    format_: Annotated[
        Streamed | None, parameters.choice(Streamed, "Format of the lines. Default ndjson.")
    ] = None,
) -> StreamingResponse:
    """A list as a stream.

    All of it, byte for byte what the file of an export would hold, sent as it is read from one
    instant of knowledge: nothing is stored, and whoever reads slowly is waited for. `Link` names
    its manifest (`rel=describedby`) with rows, digest and both clocks, which is there once all was
    sent. A stream that breaks is cut off before its end, and its manifest is never there.
    """
    with ask.context.limits.hold(ask.caller, HELD, STREAMS_MAX):
        order = await order_of(ask, question, format_ or "ndjson")
    headers = {
        "cache-control": PRIVATE,
        "link": f'</v1/exports/{order.export_id}/manifest>; rel="describedby"',
        "content-disposition": f'attachment; filename="{order.export_id}.{order.format}"',
    }
    kind = FORMATS[order.format].media_type
    return StreamingResponse(Lines(ask, order).content(), 200, headers, kind)


@dataclass
class Lines:
    """A list on its way to whom it was asked by."""

    ask: Ask
    order: Export
    parts: Parts = field(default_factory=Parts)
    looked_at: float = field(default_factory=monotonic)

    async def content(self) -> AsyncIterator[bytes]:
        """Yield the bytes page by page, then leave the manifest."""
        context, order = self.ask.context, self.order
        with context.limits.hold(order.caller, HELD, STREAMS_MAX):
            listing, asked = pages(order.question, context, order.caller)
            writer = FORMATS[order.format].writer(self.parts, columns_of(listing.items))
            rows = 0
            async with aclosing(asked.read()) as each:
                async for items, subjects in each:
                    await asyncio.to_thread(writer.rows, items)
                    rows += len(items)
                    await self._check()
                    await record_page(context, order, PATH, subjects, self.parts)
                    yield b"".join(self.parts.take(all_=True))
            writer.end()
            await self._leave(rows)

    async def _check(self) -> None:
        """Refuse to go on for a caller who may no longer read what it asked for."""
        if monotonic() - self.looked_at < LOOK_SECONDS:
            return
        self.looked_at = monotonic()
        caller = await authorize_anew(self.ask.request, self.order.scope)
        if not self.order.may_be_read_by(caller):
            raise forbidden(self.order.scope)

    async def _leave(self, rows: int) -> None:
        made = replace(
            self.order,
            state="streamed",
            rows=rows,
            size=self.parts.size,
            digest=self.parts.digest.digest(),
            ended_at=self.ask.context.clock.now(),
        )
        async with self.ask.context.database.transaction() as tx:
            await store.order(tx, made)
