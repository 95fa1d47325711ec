"""A household over time: its timeline, and the events behind it as received."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, views
from services.api.examples import households as examples
from services.api.routes.households import PATH, PROBLEMS
from services.api.schemas import households as schemas
from shared.households.store import feed, reads
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import HOUSEHOLDS_READ, PERSONS_READ, Caller, authorize
from shared.http.context import Context, context_of
from shared.http.openapi import PlainRoute, operation
from shared.http.parameters import KNOWN_AT, LIMIT, read, write_cursor
from shared.kernel.database import Snapshot

router = APIRouter(tags=["households"], route_class=PlainRoute)

_TIMELINE = {"known_at": KNOWN_AT}


@router.get(
    "/v1/households/{household_id}/timeline",
    **operation(
        "Timeline of a household",
        "All its spells, future ones too, and its published transitions.",
        model=schemas.Timeline,
        example=examples.TIMELINE,
        parameters=_TIMELINE,
        path=PATH,
        problems=PROBLEMS,
        scope=HOUSEHOLDS_READ,
    ),
)
async def timeline(request: Request) -> Response:
    """Answer a household's spells and transitions."""
    context, caller = context_of(request), authorize(request, HOUSEHOLDS_READ)
    household_id = asking.household_of(request)
    known_at = read(request, _TIMELINE)["known_at"]
    async with asking.reading(context, known_at) as (snapshot, settled):
        await _check_known(context, caller, snapshot, household_id, known_at)
        spells = await reads.spells(snapshot, household_id, known_at)
        closed_on = await reads.closed_on(snapshot, household_id, known_at)
        transitions = await feed.of_household(snapshot, household_id, known_at)
    body = {
        "household_id": household_id,
        "spells": [_spell(row) for row in spells],
        "closed_on": closed_on,
        "transitions": [views.transition(row) for row in transitions],
    }
    return answer(request, body, asking.echoes(None, known_at, settled), private=True)


def _spell(row: Record) -> dict[str, Any]:
    return {
        "from": row["spell_from"],
        "to": row["spell_to"],
        "status": row["status"],
        "living_standard": row["living_standard"],
        "standard": row["standard"],
        "event_id": row["spell_event"],
    }


async def _check_known(
    context: Context,
    caller: Caller,
    snapshot: Snapshot,
    household_id: str,
    known_at: datetime | None,
) -> None:
    if not await reads.exists(snapshot, household_id, known_at):
        raise asking.unknown_household()
    if not caller.nationwide:
        today = context.clock.today()
        area = await reads.area_on(snapshot, household_id, today)
        await asking.check_visible(context, caller, area, today)


def _instant(value: Any) -> datetime:
    return parameters.read_instant(parameters.short_text(value))


_EVENTS = {
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(_instant, UUID),
    "limit": LIMIT,
}


@router.get(
    "/v1/households/{household_id}/events",
    **operation(
        "Events of a household",
        "Every revision received about it, withdrawn and superseded ones too, in the order they "
        "were recorded. Members are shown to callers with the scope `persons:read`.",
        model=schemas.Events,
        example=examples.EVENTS,
        parameters=_EVENTS,
        path=PATH,
        problems=PROBLEMS,
        scope=HOUSEHOLDS_READ,
    ),
)
async def events(request: Request) -> Response:
    """Answer a page of a household's events as received."""
    context, caller = context_of(request), authorize(request, HOUSEHOLDS_READ)
    household_id = asking.household_of(request)
    asked = read(request, _EVENTS)
    known_at, limit = asked["known_at"], asked["limit"]
    async with asking.reading(context, known_at) as (snapshot, settled):
        await _check_known(context, caller, snapshot, household_id, known_at)
        rows = await reads.events(snapshot, household_id, known_at, asked["cursor"], limit + 1)
        people = {}
        if PERSONS_READ in caller.scopes:
            people = await reads.members(snapshot, [row["event_id"] for row in rows])
    items = [_event(row, people.get(row["event_id"])) for row in rows[:limit]]
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = write_cursor([last["recorded_at"], last["event_id"]])
    body = {"items": items, "next_cursor": following}
    return answer(request, body, asking.echoes(None, known_at, settled), private=True)


def _event(row: Record, people: list[dict[str, Any]] | None) -> dict[str, Any]:
    said = {name: value for name, value in row["payload"].items() if name != "members"}
    shown = {
        **said,
        "event_id": row["event_id"],
        "type": row["type"],
        "source": row["source"],
        "external_id": row["external_id"],
        "revision": row["revision"],
        "withdrawn": row["withdrawn"],
        "recorded_at": row["recorded_at"],
    }
    return shown if people is None else {**shown, "members": people}
