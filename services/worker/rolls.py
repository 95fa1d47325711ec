"""Who belongs to households that exist, with the households that share a personal number.

A household's members are those of its last registration, and those that the door of members names
since. What one source calls by one id is one person, and so is one personal number; a person that
two sources tell of without a number cannot be told apart, so heads are counted by source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.areas.tree import AreaTree
from shared.households.events import HouseholdEvent, Registered
from shared.households.spells import in_placing_order
from shared.households.store import households, members, persons
from shared.households.store.members import PostedMember
from shared.households.store.persons import CountedPerson
from shared.households.timeline import closed_on
from shared.kernel.database import Transaction
from shared.money.household_findings import HOUSEHOLDS_OF_ONE_MAX, Enrolled, Roll

Events = Mapping[str, Sequence[HouseholdEvent]]
# A source, and whom it tells of.
Told = tuple[str, CountedPerson]


def home_of(events: Sequence[HouseholdEvent], areas: AreaTree) -> int | None:
    """Return the unit that a household was placed in last."""
    placing = in_placing_order(events)
    if not placing:
        return None
    return areas.on(placing[-1].area_code, placing[-1].effective_from).area_id


async def rolls_of(
    tx: Transaction, areas: AreaTree, household_ids: Sequence[str], events: Events
) -> dict[str, Roll]:
    """Return the rolls of those that exist, of these and of whoever shares a number with them.

    A number that more households have than can be one person's is nobody's.
    """
    shared = await members.sharing(tx, household_ids, HOUSEHOLDS_OF_ONE_MAX)
    nobodys = {number for number, each in shared.items() if len(each) > HOUSEHOLDS_OF_ONE_MAX}
    known = frozenset(shared) - nobodys
    every = sorted({*household_ids, *(h for n in known for h in shared[n])})
    missing = [household for household in every if household not in events]
    loaded = {**events, **(await households.list_counting(tx, missing) if missing else {})}
    living = [h for h in every if closed_on(loaded.get(h, ())) is None]
    people = await _people(tx, living, loaded)
    return {
        household: Roll(
            household,
            home_of(loaded.get(household, ()), areas),
            tuple(_person(place, *each, known) for place, each in enumerate(own, 1)),
        )
        for household, own in people.items()
    }


async def _people(
    tx: Transaction, household_ids: Sequence[str], events: Events
) -> dict[str, list[Told]]:
    """Return who belongs to those of these households of which anybody is told."""
    posted = await members.posted(tx, household_ids)
    latest = {h: each for h in household_ids if (each := _registration(events.get(h, ())))}
    enrolled = await persons.counted(tx, [each.event_id for each in latest.values()])
    registered = {
        household: [(each.source, person) for person in enrolled.get(each.event_id, ())]
        for household, each in latest.items()
    }
    return {
        household: merged(registered.get(household, ()), posted.get(household, ()))
        for household in sorted({*registered, *posted})
    }


def merged(registered: Sequence[Told], posted: Sequence[PostedMember]) -> list[Told]:
    """Return everybody once, with the source that tells of them; what was posted last counts."""
    people = {person.person_id: (source, person) for source, person in registered}
    for member in posted:
        person = member.person
        same = [
            known
            for known, (_, other) in people.items()
            if known != person.person_id and other.numbers & person.numbers
        ]
        for known in same:
            del people[known]
        people[person.person_id] = (member.source, person)
    return list(people.values())


def _registration(events: Sequence[HouseholdEvent]) -> Registered | None:
    """Return the registration that holds of a household, the last one of several."""
    registrations = [event for event in events if isinstance(event, Registered)]
    if not registrations:
        return None
    return max(registrations, key=lambda e: (e.effective_from, e.external_id, e.source))


def _person(place: int, source: str, person: CountedPerson, known: frozenset[bytes]) -> Enrolled:
    numbers = known & person.numbers
    return Enrolled(place, str(person.person_id), person.relation, numbers, source)
