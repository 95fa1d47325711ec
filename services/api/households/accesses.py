"""Who was answered what about a household: the list that its people may ask for.

Law: 13/2023/NĐ-CP Art. 9 (who is concerned may know who processed their data).
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.api.households.household import (
    UNKNOWN_HOUSEHOLD,
    HouseholdId,
    check_visible,
    unknown_household,
)
from services.api.words import NextCursor
from shared.access.caller import OPERATIONS
from shared.access.store import audit, audit_cuts
from shared.households.store import reads
from shared.http import parameters
from shared.http.ask import Ask, from_row
from shared.http.operations import Routes
from shared.http.schemas import Instant
from shared.kernel import retention
from shared.money.store import lines

routes = Routes("households")

Order = Literal["oldest", "newest"]


class HouseholdAccess(Struct, frozen=True):
    """A request that was answered about the household, or wrote about it."""

    at: Annotated[Instant, Meta(description="When it was answered.")]
    client: Annotated[str, Meta(description="Id of the client that asked.")]
    purpose: Annotated[
        str, Meta(description="What for, as the request's `Purpose` says, or the client's own.")
    ]
    method: Annotated[str, Meta(description="`GET` read, `POST` asked by a body or wrote.")]
    route: Annotated[str, Meta(description="What was asked, without the ids in it.")]
    status: Annotated[int, Meta(description="Status of the answer; 200 and 202 told or took it.")]
    request_id: Annotated[str, Meta(description="The request's id, as logged.")]


class HouseholdAccesses(Struct, frozen=True):
    """A page of who was answered what about a household."""

    items: Annotated[list[HouseholdAccess], Meta(description="Requests in the order asked for.")]
    kept_from: Annotated[
        Instant | None, Meta(description="Older requests were removed; null: all are there.")
    ]
    next_cursor: NextCursor


_SHOWN = {
    "items": [
        {
            "at": "2026-11-21T03:00:00.000123Z",
            "client": "static:langson",
            "purpose": "yearly review",
            "method": "GET",
            "route": "/v1/households/{household_id}",
            "status": 200,
            "request_id": "b8a84c179fef08ccb8e77cceb378cd45",
        }
    ],
    "kept_from": None,
    "next_cursor": None,
}


@routes.get(
    "/v1/audit/subjects/{household_id}",
    scope=OPERATIONS,
    cursor=[parameters.instant_of, UUID, parameters.whole_number],
    problems=[UNKNOWN_HOUSEHOLD],
    private=True,
    shown=_SHOWN,
)
async def list_household_accesses(
    ask: Ask,
    household_id: HouseholdId,
    order: Annotated[
        Order, parameters.choice(Order, "Which requests come first.").but(default="oldest")
    ] = "oldest",
) -> HouseholdAccesses:
    """Who asked about a household.

    Every request that was answered about it, or wrote about it, while audit was on: who, what for,
    and when. Files and streams of facts are one write each and stand in the household's events.
    """
    page = ask.page
    async with ask.snapshot() as snapshot:
        exists, area_id = await reads.placed(snapshot, household_id, ask.today, None)
        if not exists:
            raise unknown_household()
        await check_visible(ask, area_id, ask.today)
        runs = await lines.runs_of_household(snapshot, household_id)
        subjects = [household_id, *(f"run:{run_id}" for run_id in runs)]
        newest = order == "newest"
        rows = await audit.of_subject(
            snapshot, subjects, page.after, page.fetch, newest_first=newest
        )
        kept = await retention.kept_from(snapshot, audit_cuts.TABLE)
    shown, next_cursor = page.cut(rows, lambda row: [row.at, row.chain, row.seq])
    items = [from_row(HouseholdAccess, row) for row in shown]
    return HouseholdAccesses(items, kept, next_cursor)
