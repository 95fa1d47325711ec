"""Persons: found by a number, and pairs that look like one for somebody to decide.

Law: 13/2023/NĐ-CP (no more is shown than the purpose needs: masked without `persons:read`).
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from services.api.words import NextCursor, unit_on
from shared.access.caller import HOUSEHOLDS_READ, PERSONS_READ
from shared.areas.reach import granted, reached
from shared.areas.tree import AreaTree
from shared.households.persons import CITIZEN_NUMBER, masked
from shared.households.store import person_lookups
from shared.households.store.person_lookups import PersonHit
from shared.households.store.persons import identifier_digest
from shared.http import parameters
from shared.http.ask import Ask, OnDay
from shared.http.limits import LOOKUPS_LIMITED
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA
from shared.kernel.facts import Part
from shared.kernel.fields import Day, ShortText, about
from shared.law.standards import Status

routes = Routes("households")

_NUMBER = "020180000001"
_PERSON = "0b8f2a1c-4d5e-8f60-9a7b-1c2d3e4f5a6b"


class PersonSearch(Part, frozen=True, kw_only=True):
    """Whom to look for, by one identifier, and the day that households are looked at."""

    value: Annotated[ShortText, about("The number as written.", example=_NUMBER)]
    type: Annotated[
        ShortText, about("Which number it is; all names of a citizen's number are one.")
    ] = CITIZEN_NUMBER
    as_of: Annotated[Day | None, about("The day; by default today in Viet Nam.")] = None


class Person(Struct, frozen=True):
    """A person of a household."""

    person_id: Annotated[UUID, Meta(description="Id of the person in this household.")]
    household_id: Annotated[str, Meta(description="Id of the household.")]
    area_code: Annotated[str | None, Meta(description="Where it lives: code of the commune.")]
    status: Annotated[Status | None, Meta(description="Class of the household on the day.")]
    masked: Annotated[
        bool, Meta(description="Whether `member` is shortened: the caller lacks `persons:read`.")
    ]
    member: Annotated[
        dict[str, Any] | None,
        Meta(description="What is stated of the person; null: the person was erased."),
    ]
    same_as: Annotated[
        list[UUID], Meta(description="Persons that a decision says are the same human being.")
    ]


class Persons(Struct, frozen=True):
    """The persons that have a number."""

    items: Annotated[list[Person], Meta(description="One per household, by id.")]


def _person(ask: Ask, tree: AreaTree, hit: PersonHit, same: list[UUID]) -> Person:
    open_to_caller = PERSONS_READ in ask.caller.scopes
    unit = unit_on(tree, hit.area_id, ask.as_of)
    member = hit.member if open_to_caller or hit.member is None else masked(hit.member)
    return Person(
        person_id=hit.person_id,
        household_id=hit.household_id,
        area_code=None if unit is None else unit.code,
        status=hit.status,
        masked=not open_to_caller,
        member=None if member is None else dict(member),
        same_as=same,
    )


_SHOWN = {
    "person_id": _PERSON,
    "household_id": "LS-06091-000123",
    "area_code": "06091",
    "status": "poor",
    "masked": True,
    "member": {"name": "L** T** M**", "birth_year": 1980, "personal_number": "***001"},
    "same_as": [],
}


@routes.post(
    "/v1/persons/search",
    scope=HOUSEHOLDS_READ,
    problems=[LOOKUPS_LIMITED],
    shown={"items": [_SHOWN]},
)
async def search_persons(ask: Ask, search: PersonSearch) -> Persons:
    """Persons by a number.

    The number stands in the body, never in an address. Found are the households in the caller's
    area that a fact in effect on the day counts the person to. Without the scope `persons:read`
    names and numbers are shortened.
    """
    ask.limit_lookups()
    ask.as_of = search.as_of or ask.today
    tree, ring = await ask.tree(), ask.context.keys.ring()
    digest = identifier_digest(ring, search.type, search.value)
    async with ask.context.database.snapshot() as snapshot:
        hits = await person_lookups.by_digest(snapshot, ring, digest, ask.as_of)
        same = await person_lookups.decided(snapshot, [hit.person_id for hit in hits])
    reach = granted(tree, ask.caller.area, ask.as_of)
    seen = [hit for hit in hits if reach is None or hit.area_id in reach]
    return Persons([_person(ask, tree, hit, same.get(hit.person_id, [])) for hit in seen])


class Likeness(Struct, frozen=True):
    """Two persons that look like one."""

    first: Annotated[Person, Meta(description="The one with the smaller id.")]
    second: Annotated[Person, Meta(description="The other one.")]


class Likenesses(Struct, frozen=True):
    """A page of pairs that nobody has decided on."""

    items: Annotated[list[Likeness], Meta(description="By the ids of the two.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/persons/likely-same",
    scope=PERSONS_READ,
    heavy=True,
    clock=OnDay,
    cursor=[UUID, UUID],
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
    private=True,
    shown={
        "items": [{"first": _SHOWN, "second": _SHOWN}],
        "next_cursor": None,
        "as_of": "2026-10-05",
        "known_at": None,
        "settled_at": "2026-10-05T03:00:00.000123Z",
    },
)
async def list_likely_same_persons(
    ask: Ask,
    area: Annotated[
        str | None, parameters.text("Code of a unit in force on `as_of`; its communes count too.")
    ] = None,
) -> Likenesses:
    """Persons that look like one.

    Pairs in two living households of one commune with the same name (accents and case aside),
    birth date and sex. Nothing follows from it: post what you decide to `/v1/person-decisions`,
    and the pair is not listed again.
    """
    tree, page = await ask.tree(), ask.page
    reach = reached(tree, ask.caller.area, area, ask.as_of)
    communes = _communes(tree, reach, ask)
    async with ask.snapshot() as snapshot:
        pairs = await person_lookups.likely_same(
            snapshot, ask.context.keys.ring(), communes, ask.as_of, page.after, page.fetch
        )
    shown, next_cursor = page.cut(pairs, lambda p: [p.first.person_id, p.second.person_id])
    items = [
        Likeness(_person(ask, tree, p.first, []), _person(ask, tree, p.second, [])) for p in shown
    ]
    return Likenesses(items, next_cursor)


def _communes(tree: AreaTree, reach: list[int] | None, ask: Ask) -> dict[int, int]:
    """Return the communes in reach with the unit that each counts in on the day."""
    ids = reach if reach is not None else [u.area_id for u in tree.units if u.level == "commune"]
    units = {area_id: tree.by_id(area_id) for area_id in ids}
    return {
        area_id: tree.current(unit, ask.as_of).area_id
        for area_id, unit in units.items()
        if unit.valid_from <= ask.as_of
    }
