"""A household over time: its timeline, and the events behind it as received."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from services.api.areas.basis import BASIS
from services.api.households.household import (
    UNKNOWN_HOUSEHOLD,
    HouseholdId,
    Pending,
    PendingSince,
    check_visible,
    pending,
    unknown_household,
)
from services.api.words import EventId, ExternalId, NextCursor, Revision, Source
from shared.access.caller import HOUSEHOLDS_READ, PERSONS_READ
from shared.households.reasons import Reason, not_yet_processed
from shared.households.recognised import Basis
from shared.households.store import persons, reads
from shared.households.store.persons import Opened
from shared.http import parameters
from shared.http.ask import Ask, Known
from shared.http.feed_items import Transition
from shared.http.operations import Routes
from shared.http.schemas import Instant, extend, extended
from shared.law.standards import LivingStandard, Status

routes = Routes("households")


class Spell(Struct, frozen=True):
    """An unbroken stretch in one status."""

    from_: Annotated[date, Meta(description="Its first day.")] = msgspec.field(name="from")
    to: Annotated[date | None, Meta(description="The first day after it; null: open.")]
    status: Annotated[Status, Meta(description="The class in it.")]
    living_standard: Annotated[
        LivingStandard | None, Meta(description="Of a non-poor household, where the law tells.")
    ]
    standard: Annotated[str, Meta(description="Id of the poverty standard that measured it.")]
    event_id: Annotated[UUID, Meta(description="The assessment that opened it.")]


class Timeline(Struct, frozen=True):
    """A household over time."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    spells: Annotated[list[Spell], Meta(description="In order of days, future ones too.")]
    closed_on: Annotated[date | None, Meta(description="The day it ended; null: it has not.")]
    transitions: Annotated[
        list[Transition], Meta(description="Those published, in order of days; none of the future.")
    ]
    basis: Annotated[Basis, Meta(description="Spells by figures, or by what was recognised.")]
    pending: Pending = UNSET
    pending_since: PendingSince = UNSET
    reasons: (
        Annotated[list[Reason], Meta(description="Why something may be missing, while `pending`.")]
        | UnsetType
    ) = UNSET


@routes.get(
    "/v1/households/{household_id}/timeline",
    scope=HOUSEHOLDS_READ,
    clock=Known,
    problems=[UNKNOWN_HOUSEHOLD],
    private=True,
)
async def get_timeline(
    ask: Ask, household_id: HouseholdId, basis: Annotated[Basis, BASIS] = "computed"
) -> Timeline:
    """Timeline of a household.

    All its spells, future ones too, by the class that its reviews' figures give or that was
    recognised, and its published transitions, which go by the figures.
    """
    await ask.check_settled()
    async with ask.reads.statement() as snapshot:
        row = await reads.timeline(snapshot, household_id, ask.today, ask.known_at, basis)
    if row is None:
        raise unknown_household()
    ask.settle(row.at)
    await check_visible(ask, row.area_id, ask.today)
    since = row.unfolded_since
    return Timeline(
        household_id=household_id,
        spells=[_spell(spell) for spell in row.spells],
        closed_on=row.closed_on,
        transitions=[Transition.of(each) for each in row.transitions],
        basis=basis,
        reasons=UNSET if since is None else [not_yet_processed(since)],
        **pending(since),
    )


def _spell(row: reads.Spell) -> Spell:
    return Spell(row.since, row.until, row.status, row.living_standard, row.standard, row.event_id)


class Event(Struct, frozen=True):
    """A revision as received; further fields as posted, by type."""

    EXTENDED = True

    event_id: EventId
    type: Annotated[
        str, Meta(description="`registered`, `assessed`, `moved` or `closed`: which fields it has.")
    ]
    source: Source
    external_id: ExternalId
    revision: Revision
    withdrawn: Annotated[bool, Meta(description="It takes back what this id said before.")]
    recorded_at: Annotated[Instant, Meta(description="When it was committed.")]


class Events(Struct, frozen=True):
    """A page of a household's events."""

    items: Annotated[
        list[Annotated[dict[str, Any], extended(Event)]],
        Meta(description="Revisions in the order in which they were recorded."),
    ]
    next_cursor: NextCursor


@routes.get(
    "/v1/households/{household_id}/events",
    scope=HOUSEHOLDS_READ,
    clock=Known,
    cursor=[parameters.instant_of, UUID],
    problems=[UNKNOWN_HOUSEHOLD],
    private=True,
)
async def list_household_events(ask: Ask, household_id: HouseholdId) -> Events:
    """Events of a household.

    Every revision received about it, withdrawn and superseded ones too, in the order they were
    recorded. Members are shown to callers with the scope `persons:read`, as posted and with the id
    of the person; of one who was erased nothing else is left.
    """
    page, people = ask.page, None
    async with ask.snapshot() as snapshot:
        exists, area_id = await reads.placed(snapshot, household_id, ask.today, ask.known_at)
        if not exists:
            raise unknown_household()
        await check_visible(ask, area_id, ask.today)
        rows = await reads.events(snapshot, household_id, ask.known_at, page.after, page.fetch)
        if PERSONS_READ in ask.caller.scopes:
            ids = [row.event_id for row in rows]
            people = await persons.of_events(snapshot, ask.context.keys.ring, ids)
    shown, next_cursor = page.cut(rows, lambda row: [row.recorded_at, row.event_id])
    return Events([_event(row, people) for row in shown], next_cursor)


def _event(row: reads.Received, people: dict[UUID, list[Opened]] | None) -> dict[str, Any]:
    posted = {name: value for name, value in row.payload.items() if name != "members"}
    if people is not None and row.event_id in people:
        posted["members"] = [_member(each) for each in people[row.event_id]]
    names = ("event_id", "type", "source", "external_id", "revision", "withdrawn", "recorded_at")
    return extend(Event(**{name: getattr(row, name) for name in names}), posted)


def _member(person: Opened) -> dict[str, Any]:
    """Return a member as posted, with the id by which it is decided about or erased."""
    said = {"erased": True} if person.member is None else person.member
    return {"person_id": person.person_id, **said}
