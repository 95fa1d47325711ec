"""`GET /v1/receipts/{event_id}`: what became of an accepted fact."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from services.ingest.answers import ReceiptState
from services.ingest.context import writer_of
from services.ingest.scopes import authorize_any
from services.ingest.territory import concerns, holds
from shared.facts import CONCERNED, FACTS
from shared.http.ask import Ask
from shared.http.operations import ANY, Routes
from shared.http.parameters import PathParameter
from shared.http.problems import Problem, ProblemType, not_found
from shared.kernel import receipts
from shared.kernel.receipts import EventState

routes = Routes("facts")
EXAMPLE = "90f61dcb-51e5-5e9c-912e-d79066bb089c"


def _unknown() -> Problem:
    return not_found("unknown_receipt", "no accepted fact has this event_id")


@routes.get(
    "/v1/receipts/{event_id}",
    scope=ANY,
    problems=[ProblemType("No accepted fact has this id", _unknown())],
    shown={
        "event_id": EXAMPLE,
        "door": "household-events",
        "state": "processed",
        "recorded_at": "2026-11-21T03:00:00Z",
    },
)
async def get_receipt(
    ask: Ask,
    event_id: Annotated[str, PathParameter(str, "As the receipt of the fact says.", EXAMPLE)],
) -> ReceiptState:
    """What became of a fact.

    Accepted, processed (every later request sees it) or quarantined; for whoever may write facts
    of its kind.
    """
    await authorize_any(ask.request)
    wanted = _uuid(event_id)
    async with ask.context.database.statement() as snapshot:
        state = await receipts.find(snapshot, CONCERNED, wanted) if wanted else None
    if state is None or not await _may_see(ask, state):
        raise _unknown()
    return ReceiptState(
        event_id=state.event_id,
        door=state.door,
        state=state.state,
        recorded_at=state.recorded_at,
        reason=state.reason,
    )


async def _may_see(ask: Ask, state: EventState) -> bool:
    """Say whether a fact is one that the caller may write, and so may ask about."""
    kind, writer = FACTS[state.door], await writer_of(ask.context, ask.caller)
    if kind.scope not in ask.caller.scopes:
        return False
    if writer is None:
        return True
    if not writer.may_speak_for(state.key[0]).allowed:
        return False
    if not concerns(kind, writer):
        return True
    async with ask.context.database.transaction() as tx:
        return await holds(tx, kind, writer, state.key)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
