"""Who belongs to households that exist, with the households that share a personal number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.areas.tree import AreaTree
from shared.households.events import HouseholdEvent, Registered
from shared.households.spells import in_placing_order
from shared.households.store import households, members, persons
from shared.households.store.persons import CountedPerson
from shared.households.timeline import closed_on
from shared.kernel.database import Transaction
from shared.money.household_findings import HOUSEHOLDS_OF_ONE_MAX, Enrolled, Roll

Events = Mapping[str, Sequence[HouseholdEvent]]


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
    latest = {h: each for h in every if (each := _registration(loaded.get(h, ()))) is not None}
    enrolled = await persons.counted(tx, [each.event_id for each in latest.values()])
    return {
        household: Roll(
            household,
            home_of(loaded[household], areas),
            tuple(_person(each, known) for each in enrolled.get(registration.event_id, ())),
        )
        for household, registration in latest.items()
    }


def _registration(events: Sequence[HouseholdEvent]) -> Registered | None:
    """Return the registration that holds of a household that exists, the last one of several."""
    registrations = [event for event in events if isinstance(event, Registered)]
    if not registrations or closed_on(events) is not None:
        return None
    return max(registrations, key=lambda e: (e.effective_from, e.external_id, e.source))


def _person(person: CountedPerson, known: frozenset[bytes]) -> Enrolled:
    return Enrolled(
        person.position + 1, str(person.person_id), person.relation, known & person.numbers
    )
