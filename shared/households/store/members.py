"""Members of households by their identity numbers: who else has them, in any revision."""

from __future__ import annotations

from collections.abc import Sequence

from shared.kernel.database import Snapshot

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
