"""`GET /v1/move-requests`: who asks for which household, and what became of it.

The asker sees its own; who had the household before, or is above both, sees what it is asked.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.api.words import ExternalId, NextCursor, Revision, Source, Unit, unit_on
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import reached_ever
from shared.areas.tree import AreaTree
from shared.households.store import move_requests
from shared.households.store.move_requests import StoredRequest
from shared.http import parameters
from shared.http.ask import Ask, from_row
from shared.http.operations import Routes
from shared.http.schemas import Instant

routes = Routes("households")

_UNIT = {
    "code": "06112",
    "name": "Bình Gia",
    "level": "commune",
    "kind": "xã",
    "parent_code": "20",
    "valid_from": "2025-07-01",
    "valid_to": None,
}
_SHOWN = {
    "request_id": "3d0f5a1e-7b2c-5e46-9f80-1a2b3c4d5e6f",
    "source": "binh-gia",
    "external_id": "den/2026/17",
    "revision": 1,
    "household_id": "LS-06091-000123",
    "remark": "came with the family of Lý Thị Mẩy",
    "effective_from": "2026-02-01",
    "area": _UNIT,
    "asked": None,
    "state": "refused",
    "refusal": {"refused_on": "2026-02-10", "reason": "other_household", "remark": None},
    "recorded_at": "2026-02-02T03:00:00.000123Z",
}

State = Literal["open", "moved", "refused"]


class Refused(Struct, frozen=True):
    """Why a move will not be sent."""

    refused_on: Annotated[date, Meta(description="The day of the refusal.")]
    reason: Annotated[
        str,
        Meta(
            description="`lives_here`, `lives_elsewhere`, `other_household` or `documents_missing`."
        ),
    ]
    remark: Annotated[str | None, Meta(description="What the asker should know.")]


class MoveRequest(Struct, frozen=True):
    """A request for the move of a household."""

    request_id: Annotated[UUID, Meta(description="Id of the request; a refusal names it.")]
    source: Source
    external_id: ExternalId
    revision: Revision
    household_id: Annotated[str, Meta(description="Id of the household, as the asker says it.")]
    remark: Annotated[str | None, Meta(description="What the asker says of it.")]
    effective_from: Annotated[
        date, Meta(description="The day from which it is said to live there.")
    ]
    area: Annotated[Unit, Meta(description="The commune that asks.")]
    asked: Annotated[
        Unit | None,
        Meta(
            description="The commune that it came from. Null: outside the caller's area, or there "
            "is no such household; the two are told alike."
        ),
    ]
    state: Annotated[
        State,
        Meta(
            description="`moved`: the household lives in the commune on the day or later; "
            "`refused`: it was refused; `open`: neither."
        ),
    ]
    refusal: Annotated[Refused | None, Meta(description="The latest refusal, if there is one.")]
    recorded_at: Annotated[Instant, Meta(description="When this revision was committed.")]


class MoveRequests(Struct, frozen=True):
    """A page of requests for moves."""

    items: Annotated[list[MoveRequest], Meta(description="By day, then by id.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/move-requests",
    scope=HOUSEHOLDS_READ,
    cursor=[date.fromisoformat, UUID],
    private=True,
    shown={"items": [_SHOWN], "next_cursor": None},
)
async def list_move_requests(
    ask: Ask, state: Annotated[State | None, parameters.choice(State, "Only these.")] = None
) -> MoveRequests:
    """Requests for moves.

    Those of communes in the caller's area, and those for households that were in it before the
    day. They are answered by sending the move, or by a refusal.
    """
    tree, page = await ask.tree(), ask.page
    communes = reached_ever(tree, ask.caller.area, None)
    async with ask.snapshot() as snapshot:
        rows = await move_requests.list_requests(snapshot, communes, state, page.after, page.fetch)
    shown, next_cursor = page.cut(rows, lambda row: [row.effective_from, row.request_id])
    own = None if communes is None else frozenset(communes)
    return MoveRequests([_request(tree, row, own) for row in shown], next_cursor)


def _request(tree: AreaTree, row: StoredRequest, own: frozenset[int] | None) -> MoveRequest:
    inside = row.place is not None and (own is None or row.place in own)
    unit = unit_on(tree, row.place, row.effective_from) if inside else None
    return from_row(
        MoveRequest,
        row,
        area=Unit.of(tree.by_id(row.area_id)),
        asked=None if unit is None else Unit.of(unit),
        state="moved" if row.moved else "open" if row.reason is None else "refused",
        refusal=_refused(row),
    )


def _refused(row: StoredRequest) -> Refused | None:
    if row.refused_on is None or row.reason is None:
        return None
    return Refused(row.refused_on, row.reason, row.answer)
