"""The doors: one `POST` per kind of fact, JSON, or documents.NDJSON a line a fact."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.ingest import documents
from services.ingest.bodies import IN_THREAD_BYTES, read_body, read_request
from services.ingest.context import IngestContext, ingest_of, world_of
from services.ingest.lines import limited, lines
from services.ingest.receipts import Judged
from services.ingest.record import ANSWER_SECONDS, counts
from services.ingest.streams import Import
from shared.http.auth import authorize
from shared.http.operations import Routes
from shared.http.parameters import read
from shared.http.problems import Problem
from shared.kernel.facts import FactKind

JSON_TYPES = {"", "application/json"}


def doors(kinds: Iterable[FactKind]) -> Routes:
    """Return a door for each kind."""
    routes = Routes("facts")
    for kind in kinds:
        routes.serve(documents.door(kind), _door(kind))
    return routes


def _door(kind: FactKind) -> Callable[[Request], Awaitable[Response]]:
    async def post(request: Request) -> Response:
        authorize(request, kind.scope)
        read(request, {})
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media == documents.NDJSON:
            return await _stream(request, kind)
        if media not in JSON_TYPES:
            detail = f"send application/json or {documents.NDJSON}, not {media!r}"
            raise Problem(415, "unsupported_media_type", detail)
        return await _request(request, kind)

    return post


async def _request(request: Request, kind: FactKind) -> Response:
    """Record 1 to 1000 facts, all or nothing."""
    context = ingest_of(request)
    data = await read_body(request, context.settings.body_bytes_max)
    async with asyncio.timeout(ANSWER_SECONDS):
        judged = await _record(context, kind, data)
    accepted, duplicates = counts(judged.receipts)
    return _accepted(
        {
            "accepted": accepted,
            "duplicates": duplicates,
            "receipts": [receipt.document() for receipt in judged.receipts],
        }
    )


async def _record(context: IngestContext, kind: FactKind, data: bytes) -> Judged:
    world = await world_of(context)
    if len(data) > IN_THREAD_BYTES:
        revisions = await asyncio.to_thread(read_request, kind, data, world)
    else:
        revisions = read_request(kind, data, world)
    await context.admission.check()
    return await context.recorder.submit(kind, revisions)


async def _stream(request: Request, kind: FactKind) -> Response:
    """Record any number of facts, good lines kept."""
    context = ingest_of(request)
    settings = context.settings
    await context.admission.check()
    work = Import(context, kind, None, dry_run=False)
    chunks = limited(request.stream(), settings.stream_bytes_max)
    await work.run(lines(chunks, settings.body_bytes_max))
    return _accepted(work.document())


def _accepted(document: dict[str, object]) -> Response:
    return Response(orjson.dumps(document), 202, media_type="application/json")
