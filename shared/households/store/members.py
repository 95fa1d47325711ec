"""Members of households by their identity numbers: who else has them, in any revision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from shared.households.person_facts import HOUSEHOLD_MEMBERS
from shared.households.store import persons
from shared.households.store.persons import CountedPerson
from shared.kernel.database import Snapshot
from shared.kernel.receipts import reviewed
from shared.kernel.revisions import counting

# Processed when the findings of each household that it ever named take it in.
CONCERNED = reviewed("""
    SELECT DISTINCT 'household:' || household_id AS item FROM revised WHERE household_id IS NOT NULL
""")


class PostedMember(Struct, frozen=True):
    """A member as the door of members has it: whose list it is of, and since when."""

    source: str
    effective_from: date
    person: CountedPerson


async def posted(snapshot: Snapshot, household_ids: Sequence[str]) -> dict[str, list[PostedMember]]:
    """Return the members that were posted one by one and belong to these by the announced day."""
    rows = await snapshot.fetch(
        f"""
        SELECT e.household_id, e.source, e.effective_from, e.event_id
        FROM ({counting(HOUSEHOLD_MEMBERS)}) e CROSS JOIN announcements a
        WHERE e.household_id = ANY($1::text[]) AND e.effective_from <= a.announced_through
        ORDER BY e.household_id, e.effective_from, e.source, e.external_id
        """,
        list(household_ids),
    )
    events: list[UUID] = [row[3] for row in rows]
    counted = await persons.counted(snapshot, events) if events else {}
    members: dict[str, list[PostedMember]] = {}
    for household_id, source, since, event_id in rows:
        for person in counted.get(event_id, ()):
            members.setdefault(household_id, []).append(PostedMember(source, since, person))
    return members


_NUMBERS = """
SELECT DISTINCT i.digest
FROM person_parts t JOIN person_identifiers i USING (event_id, position)
WHERE t.household_id = ANY($1::text[])
"""
_HAVING = """
SELECT n, o.household_id FROM unnest($1::bytea[]) u (n)
CROSS JOIN LATERAL (
    SELECT DISTINCT t.household_id
    FROM person_identifiers i JOIN person_parts t USING (event_id, position)
    WHERE i.digest = u.n LIMIT $2) o
"""


async def sharing(
    snapshot: Snapshot, household_ids: Sequence[str], most: int
) -> dict[bytes, frozenset[str]]:
    """Return, by digest of a number that these ever had, all households that ever had it.

    Of a number that more than `most` have, `most` + 1 or + 2 are returned: the one that is too many
    is told to those that were not, and whoever comes behind it is not.
    """
    rows = await snapshot.fetch(_NUMBERS, list(household_ids))
    numbers = [row[0] for row in rows]
    if not numbers:
        return {}
    households: dict[bytes, set[str]] = {}
    for number, household in await snapshot.fetch(_HAVING, numbers, most + 2):
        households.setdefault(number, set()).add(household)
    return {number: frozenset(each) for number, each in households.items()}


async def touched(snapshot: Snapshot, household_ids: Sequence[str], most: int) -> set[str]:
    """Return the households whose findings these may change, for they share a number."""
    shared = await sharing(snapshot, household_ids, most)
    return {h for households in shared.values() if len(households) <= most + 1 for h in households}
