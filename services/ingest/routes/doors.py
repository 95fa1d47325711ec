"""The doors: one `POST` per kind of fact, JSON, or NDJSON a line a fact.

`Prefer: wait=N` (RFC 7240): a door answers once the effects of its facts are visible. Without it a
caller who posts and reads at once meets an answer that does not have its facts yet. With
`return=minimal` the answer counts, and lists no receipts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from time import monotonic
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.ingest import documents
from services.ingest.bodies import (
    IN_THREAD_BYTES,
    checks_too_slow,
    limited,
    lines,
    read_body,
    read_request,
)
from services.ingest.context import IngestContext, ingest_of, world_of, writer_of
from services.ingest.receipts import Judged
from services.ingest.record import counts
from services.ingest.streams import Import
from shared.access.caller import Caller
from shared.facts import CONCERNED
from shared.http.audit import concern
from shared.http.auth import authorize
from shared.http.limits import STREAMS_MAX
from shared.http.negotiation import preferences
from shared.http.operations import Routes
from shared.http.parameters import read
from shared.http.problems import Problem
from shared.kernel import receipts
from shared.kernel.database import Database
from shared.kernel.facts import FactKind
from shared.kernel.revisions import Revision
from shared.law.world import World

JSON_TYPES = {"", "application/json"}
MINIMAL = "return=minimal"
FIRST_PAUSE_SECONDS, PAUSE_SECONDS_MAX = 0.01, 0.25


def doors(kinds: Iterable[FactKind]) -> Routes:
    """Return a door for each kind."""
    routes = Routes("facts")
    for kind in kinds:
        routes.serve(documents.door(kind), _door(kind))
    return routes


def _door(kind: FactKind) -> Callable[[Request], Awaitable[Response]]:
    async def post(request: Request) -> Response:
        caller = await authorize(request, kind.scope)
        read(request, {})
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media == documents.NDJSON:
            return await _stream(request, kind, caller)
        if media not in JSON_TYPES:
            detail = f"send application/json or {documents.NDJSON}, not {media!r}"
            raise Problem(415, "unsupported_media_type", detail)
        return await _request(request, kind, caller)

    return post


async def _request(request: Request, kind: FactKind, caller: Caller) -> Response:
    """Record 1 to 1000 facts, all or nothing."""
    context = ingest_of(request)
    data = await read_body(request, context.settings.body_bytes_max)
    judged = await _record(request, context, kind, data, caller)
    accepted, duplicates = counts(judged.receipts)
    preferred = preferences(request.headers.getlist("prefer"))
    applied = await _waited(wait_seconds(preferred), context, kind, judged)
    shown = judged.receipts
    if preferred.get("return") == "minimal":
        applied, shown = [*applied, MINIMAL], ()
    document = {
        "accepted": accepted,
        "duplicates": duplicates,
        "receipts": [receipt.document() for receipt in shown],
    }
    return _accepted(document, {"preference-applied": ", ".join(applied)} if applied else None)


def households_of(revisions: Iterable[Revision]) -> set[str]:
    """Return the households that facts are about."""
    named = [each for each in revisions if "household_id" in each.kind.columns]
    return {str(subject) for each in named if (subject := each.value("household_id"))}


async def _waited(
    seconds: int, context: IngestContext, kind: FactKind, judged: Judged
) -> list[str]:
    """Wait as long as the caller prefers; name the preference once the effects are visible."""
    event_ids = [receipt.event_id for receipt in judged.receipts]
    if seconds and await visible(context.database, kind, event_ids, seconds):
        return [f"wait={seconds}"]
    return []


async def _record(
    request: Request, context: IngestContext, kind: FactKind, data: bytes, caller: Caller
) -> Judged:
    seconds = context.recorder.seconds()
    deadline, ends = asyncio.get_running_loop().time() + seconds, monotonic() + seconds
    async with asyncio.timeout_at(deadline):
        world = await world_of(context)
        writer = await writer_of(context, caller)
    try:
        async with asyncio.timeout_at(deadline):
            revisions = await _revisions(kind, data, world, ends)
    except TimeoutError:
        raise checks_too_slow() from None
    concern(request, households_of(revisions))
    async with asyncio.timeout_at(deadline):
        await context.admission.check()
        return await context.recorder.submit(kind, revisions, writer=writer)


async def _revisions(kind: FactKind, data: bytes, world: World, ends: float) -> list[Revision]:
    if len(data) > IN_THREAD_BYTES:
        return await asyncio.to_thread(read_request, kind, data, world, ends)
    return read_request(kind, data, world, ends)


async def _stream(request: Request, kind: FactKind, caller: Caller) -> Response:
    """Record any number of facts, good lines kept."""
    context = ingest_of(request)
    settings = context.settings
    await context.admission.check()
    work = Import(context, kind, None, caller, dry_run=False)
    chunks = limited(request.stream(), settings.stream_bytes_max)
    with context.limits.hold(caller, "streams", STREAMS_MAX):
        await work.run(lines(chunks, settings.body_bytes_max))
    return _accepted(work.document())


def _accepted(document: dict[str, object], headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(document), 202, headers, media_type="application/json")


def wait_seconds(preferred: Mapping[str, str]) -> int:
    """Return how long a caller would wait, at most ten seconds; 0 without such a preference.

    >>> wait_seconds({"wait": "5"}), wait_seconds({"wait": "60"}), wait_seconds({"wait": "soon"})
    (5, 10, 0)
    """
    number = preferred.get("wait", "")
    readable = number.isascii() and number.isdigit()
    return min(int(number[:9]), documents.WAIT_SECONDS_MAX) if readable else 0


async def visible(
    database: Database, kind: FactKind, event_ids: Sequence[UUID], seconds: int
) -> bool:
    """Wait until every effect of the facts is committed; False if that took longer."""
    concerned, pause = CONCERNED[kind], FIRST_PAUSE_SECONDS
    if concerned is None or not event_ids:
        return True
    try:
        async with asyncio.timeout(seconds):
            while True:
                async with database.statement() as snapshot:
                    if await receipts.processed(snapshot, kind, concerned, event_ids):
                        return True
                await asyncio.sleep(pause)
                pause = min(2 * pause, PAUSE_SECONDS_MAX)
    except TimeoutError:
        return False
