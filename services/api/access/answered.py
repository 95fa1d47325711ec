"""Who read what: the rows of the audit chains, newest first, without the ids that they name.

Law: 13/2023/NĐ-CP Art. 26, 27 (who processes data keeps a log of it); whom a row is about is asked
household by household, for a list of them would itself be one more reading of all of them.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.api.access.clients import seen_by
from services.api.words import NextCursor
from shared.access.caller import OPERATIONS
from shared.access.store import audit
from shared.http import parameters
from shared.http.ask import Ask, from_row
from shared.http.operations import Routes
from shared.http.schemas import Instant
from shared.kernel.database import Snapshot

routes = Routes("access")


class AuditedAnswer(Struct, frozen=True):
    """A request that told of households or persons, or wrote."""

    at: Annotated[Instant, Meta(description="When it was answered.")]
    client: Annotated[str, Meta(description="Id of the client that asked.")]
    purpose: Annotated[
        str, Meta(description="What for, as the request's `Purpose` says, or the client's own.")
    ]
    method: Annotated[str, Meta(description="`GET` read, `POST` asked by a body or wrote.")]
    route: Annotated[str, Meta(description="What was asked, without the ids in it.")]
    status: Annotated[int, Meta(description="Status of the answer; 200 and 202 told or took it.")]
    subjects: Annotated[
        int, Meta(description="About how many households, persons and runs it was.")
    ]
    request_id: Annotated[str, Meta(description="The request's id, as logged.")]


class AuditedAnswers(Struct, frozen=True):
    """A page of audited answers."""

    items: Annotated[list[AuditedAnswer], Meta(description="Answers, the newest first.")]
    next_cursor: NextCursor


_SHOWN = {
    "items": [
        {
            "at": "2026-11-21T03:00:00.000123Z",
            "client": "c-5d0c9f1e2b7a4c38",
            "purpose": "yearly review",
            "method": "GET",
            "route": "/v1/households",
            "status": 200,
            "subjects": 128,
            "request_id": "b8a84c179fef08ccb8e77cceb378cd45",
        }
    ],
    "next_cursor": None,
}


@routes.get(
    "/v1/audit/answers",
    scope=OPERATIONS,
    cursor=[parameters.instant_of, UUID, parameters.whole_number],
    private=True,
    shown=_SHOWN,
)
async def list_audited_answers(
    ask: Ask,
    client: Annotated[
        str | None, parameters.text("Only what this client asked, by its id.")
    ] = None,
) -> AuditedAnswers:
    """Who read what.

    Every request that told of households or persons, or wrote, while audit was on, the newest
    first. A caller of a part of the country is shown what was asked by the clients that
    `/v1/clients` shows it. Whom an answer was about says `/v1/audit/subjects/{household_id}`.
    """
    page = ask.page
    async with ask.snapshot() as snapshot:
        clients = await _shown(ask, snapshot, client)
        rows = await audit.latest(snapshot, clients, page.after, page.fetch)
    shown, next_cursor = page.cut(rows, lambda row: [row.at, row.chain, row.seq])
    return AuditedAnswers([from_row(AuditedAnswer, row) for row in shown], next_cursor)


async def _shown(ask: Ask, snapshot: Snapshot, client: str | None) -> list[str] | None:
    """Return the ids of the clients whose answers are shown; None: all, unregistered ones too."""
    if ask.caller.nationwide:
        return None if client is None else [client]
    seen = [each.client_id for each in await seen_by(ask, snapshot)]
    return [each for each in seen if client in (None, each)]
