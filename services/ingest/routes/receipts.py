"""`GET /v1/receipts/{event_id}`: what became of an accepted fact."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.ingest.context import ingest_of
from services.ingest.doors import examples
from services.ingest.scopes import authorize_any, authorize_kind
from shared.http.answers import answer
from shared.http.openapi import PlainRoute
from shared.http.parameters import read
from shared.http.problems import not_found
from shared.kernel import receipts

router = APIRouter(tags=["doors"], route_class=PlainRoute)


@router.get(
    "/v1/receipts/{event_id}",
    summary="What became of a fact",
    response_class=Response,
    openapi_extra=examples.RECEIPT,
)
async def get_receipt(request: Request) -> Response:
    """Tell whether a fact is accepted, processed (every later request sees it) or quarantined."""
    authorize_any(request)
    read(request, {})
    event_id = _uuid(request.path_params["event_id"])
    async with ingest_of(request).database.statement() as snapshot:
        found = await receipts.find(snapshot, event_id) if event_id else None
    if found is None:
        raise not_found("unknown_receipt", "no accepted fact has this event_id")
    authorize_kind(request, found.door)
    body = {
        "event_id": str(found.event_id),
        "door": found.door,
        "state": found.state,
        "recorded_at": found.recorded_at,
    }
    if found.reason is not None:
        body["reason"] = found.reason
    return answer(request, body)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
