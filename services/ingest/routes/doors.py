"""The doors: `POST /v1/household-events`, `/v1/funds`, …: JSON, or NDJSON a line an item."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.ingest.bodies import IN_THREAD_BYTES, prepare_request, read_body
from services.ingest.context import IngestContext, ingest_of, law_of
from services.ingest.doors import examples, figure_examples, money_examples
from services.ingest.doors.door import Door
from services.ingest.doors.registry import (
    AREA_FACTS,
    ARTICLES,
    DISBURSEMENTS,
    FUNDS,
    HOUSEHOLD_EVENTS,
    REFERENCE_FIGURES,
    SUPPORT_RECORDS,
)
from services.ingest.lines import limited, lines
from services.ingest.receipts import Judged
from services.ingest.record import ANSWER_SECONDS, counts
from services.ingest.streams import Import
from shared.http.auth import authorize
from shared.http.openapi import PlainRoute
from shared.http.parameters import read
from shared.http.problems import Problem

router = APIRouter(tags=["doors"], route_class=PlainRoute)

JSON_TYPES = {"", "application/json"}
NDJSON = "application/x-ndjson"


@router.post(
    "/v1/household-events",
    summary="Record household events",
    response_class=Response,
    status_code=202,
    openapi_extra=examples.HOUSEHOLD_EVENTS,
)
async def post_household_events(request: Request) -> Response:
    """Record household events: 1 to 1000 as JSON, all or nothing; or NDJSON, good lines kept."""
    return await _post(request, HOUSEHOLD_EVENTS)


@router.post(
    "/v1/area-facts",
    summary="Record area facts",
    response_class=Response,
    status_code=202,
    openapi_extra=examples.AREA_FACTS,
)
async def post_area_facts(request: Request) -> Response:
    """Record facts about administrative units: household totals, zone, attributes."""
    return await _post(request, AREA_FACTS)


@router.post(
    "/v1/articles",
    summary="Record articles",
    response_class=Response,
    status_code=202,
    openapi_extra=examples.ARTICLES,
)
async def post_articles(request: Request) -> Response:
    """Record news articles; the same article with new text becomes the next revision."""
    return await _post(request, ARTICLES)


@router.post(
    "/v1/funds",
    summary="Record funds",
    response_class=Response,
    status_code=202,
    openapi_extra=money_examples.FUNDS,
)
async def post_funds(request: Request) -> Response:
    """Record funds: money of a programme and year, its holder, and the line it is made of."""
    return await _post(request, FUNDS)


@router.post(
    "/v1/disbursements",
    summary="Record payments and returns",
    response_class=Response,
    status_code=202,
    openapi_extra=money_examples.DISBURSEMENTS,
)
async def post_disbursements(request: Request) -> Response:
    """Record what was paid of allocation lines, and what came back; never more than they have."""
    return await _post(request, DISBURSEMENTS)


@router.post(
    "/v1/support-records",
    summary="Record support",
    response_class=Response,
    status_code=202,
    openapi_extra=money_examples.SUPPORT_RECORDS,
)
async def post_support_records(request: Request) -> Response:
    """Record support without an allocation run, in money or in kind."""
    return await _post(request, SUPPORT_RECORDS)


@router.post(
    "/v1/reference-figures",
    summary="Record official figures",
    response_class=Response,
    status_code=202,
    openapi_extra=figure_examples.REFERENCE_FIGURES,
)
async def post_reference_figures(request: Request) -> Response:
    """Record official numbers; articles with figures about the same area are checked again."""
    return await _post(request, REFERENCE_FIGURES)


async def _post(request: Request, door: Door) -> Response:
    authorize(request, door.scope)
    read(request, {})
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == NDJSON:
        return await _stream(request, door)
    if kind not in JSON_TYPES:
        raise Problem(
            415, "unsupported_media_type", f"send application/json or {NDJSON}, not {kind!r}"
        )
    context = ingest_of(request)
    data = await read_body(request, context.settings.body_bytes_max)
    async with asyncio.timeout(ANSWER_SECONDS):
        judged = await _record(context, door, data)
    accepted, duplicates = counts(judged.receipts)
    return _accepted(
        {
            "accepted": accepted,
            "duplicates": duplicates,
            "receipts": [receipt.document() for receipt in judged.receipts],
        }
    )


async def _record(context: IngestContext, door: Door, data: bytes) -> Judged:
    law = await law_of(context)
    if len(data) > IN_THREAD_BYTES:
        prepared = await asyncio.to_thread(prepare_request, door, data, law)
    else:
        prepared = prepare_request(door, data, law)
    await context.admission.check()
    return await context.recorder.submit(door, prepared)


async def _stream(request: Request, door: Door) -> Response:
    context = ingest_of(request)
    settings = context.settings
    await context.admission.check()
    work = Import(context, door, None, dry_run=False)
    chunks = limited(request.stream(), settings.stream_bytes_max)
    await work.run(lines(chunks, settings.body_bytes_max))
    return _accepted(work.document())


def _accepted(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), 202, media_type="application/json")
