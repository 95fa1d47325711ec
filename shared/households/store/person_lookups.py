"""Persons by identifier and by likeness, and where and how their households stand on a day.

Only facts that count are looked at: highest revisions, withdrawn ones out, in effect on the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from shared.households.facts import HOUSEHOLD_EVENTS
from shared.households.person_facts import HOUSEHOLD_MEMBERS, PERSON_DECISIONS
from shared.households.store.persons import open_part
from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.kernel.sealing import Keyring
from shared.law.standards import Status

_FACTS = (
    f"(SELECT event_id, effective_from FROM ({counting(HOUSEHOLD_EVENTS)}) r UNION ALL "
    f"SELECT event_id, effective_from FROM ({counting(HOUSEHOLD_MEMBERS)}) m)"
)
_STANDS = (
    "s.known_to IS NULL AND s.valid_from <= {day} AND (s.valid_to IS NULL OR s.valid_to > {day})"
)
_SEALED = "t.event_id, t.person_id, p.key_id, p.wrapped_key, t.sealed"


class PersonHit(Struct, frozen=True):
    """A person of a household, opened, and how the household stands on the day."""

    person_id: UUID
    household_id: str
    member: Mapping[str, Any] | None
    area_id: int | None
    status: Status | None
    since: date | None
    until: date | None


_BY_DIGEST = f"""
SELECT DISTINCT ON (t.person_id) {_SEALED}, t.household_id, s.area_id, s.status,
    CASE WHEN s.status = 'closed' THEN s.valid_from ELSE s.spell_from END, s.spell_to
FROM person_identifiers i
JOIN person_parts t USING (event_id, position)
JOIN persons p ON p.person_id = t.person_id
JOIN {_FACTS} f ON f.event_id = t.event_id
LEFT JOIN episodes s ON s.household_id = t.household_id AND {_STANDS.format(day="$2")}
WHERE i.digest = $1 AND f.effective_from <= $2
ORDER BY t.person_id, f.effective_from DESC, t.event_id
"""


async def by_digest(snapshot: Snapshot, ring: Keyring, digest: bytes, day: date) -> list[PersonHit]:
    """Return the persons whose number has this keyed digest; one statement, whoever exists."""
    rows = await snapshot.fetch(_BY_DIGEST, digest, day)
    return [PersonHit(row[1], row[5], open_part(ring, row[:5]), *row[6:]) for row in rows]


_BY_DIGESTS = f"""
SELECT DISTINCT ON (i.digest, t.person_id) {_SEALED}, t.household_id, s.area_id, s.status,
    CASE WHEN s.status = 'closed' THEN s.valid_from ELSE s.spell_from END, s.spell_to, i.digest
FROM person_identifiers i
JOIN person_parts t USING (event_id, position)
JOIN persons p ON p.person_id = t.person_id
JOIN {_FACTS} f ON f.event_id = t.event_id
LEFT JOIN episodes s ON s.household_id = t.household_id AND {_STANDS.format(day="$2")}
WHERE i.digest = ANY($1::bytea[]) AND f.effective_from <= $2
ORDER BY i.digest, t.person_id, f.effective_from DESC, t.event_id
"""


async def by_digests(
    snapshot: Snapshot, ring: Keyring, digests: Sequence[bytes], day: date
) -> dict[bytes, list[PersonHit]]:
    """Return, by keyed digest of a number, the persons that have it; one statement for all."""
    hits: dict[bytes, list[PersonHit]] = {}
    for row in await snapshot.fetch(_BY_DIGESTS, list(digests), day):
        hit = PersonHit(row[1], row[5], open_part(ring, row[:5]), *row[6:10])
        hits.setdefault(row[10], []).append(hit)
    return hits


class LikelySame(Struct, frozen=True):
    """Two persons of one commune with one name, birth date and sex, in two households."""

    first: PersonHit
    second: PersonHit


_ALIKE = f"""
WITH here AS MATERIALIZED (
    SELECT DISTINCT ON (t.person_id) {_SEALED}, t.household_id, s.area_id, s.status,
        CASE WHEN s.status = 'closed' THEN s.valid_from ELSE s.spell_from END AS since, s.spell_to,
        t.likeness, c.unit
    FROM person_parts t
    JOIN persons p USING (person_id)
    JOIN {_FACTS} f ON f.event_id = t.event_id
    JOIN episodes s ON s.household_id = t.household_id AND {_STANDS.format(day="$1")}
        AND s.status IS DISTINCT FROM 'closed'
    JOIN unnest($2::int[], $3::int[]) AS c (area_id, unit) ON c.area_id = s.area_id
    WHERE t.likeness IS NOT NULL AND f.effective_from <= $1
    ORDER BY t.person_id, f.effective_from DESC, t.event_id)
SELECT a, b FROM here a JOIN here b USING (likeness, unit)
WHERE a.person_id < b.person_id AND a.household_id <> b.household_id
    AND ($4::uuid IS NULL OR (a.person_id, b.person_id) > ($4, $5::uuid))
    AND NOT EXISTS (SELECT 1 FROM ({counting(PERSON_DECISIONS)}) d
        WHERE d.person_id = a.person_id AND d.other_person_id = b.person_id)
ORDER BY a.person_id, b.person_id LIMIT $6
"""


async def likely_same(
    snapshot: Snapshot,
    ring: Keyring,
    communes: Mapping[int, int],
    day: date,
    after: tuple[UUID, UUID] | None,
    limit: int,
) -> list[LikelySame]:
    """Return pairs nobody has decided on, by their ids; `communes` are units of today by id."""
    rows = await snapshot.fetch(
        _ALIKE, day, list(communes), list(communes.values()), *(after or (None, None)), limit
    )
    return [LikelySame(_hit(ring, row[0]), _hit(ring, row[1])) for row in rows]


def _hit(ring: Keyring, row: Sequence[Any]) -> PersonHit:
    return PersonHit(row[1], row[5], open_part(ring, row[:5]), *row[6:10])


class Shared(Struct, frozen=True):
    """A number that a person of a household has, and a person of another one."""

    household_id: str
    other_household_id: str
    person_id: UUID
    other_person_id: UUID


_SHARED = f"""
SELECT DISTINCT t.household_id, u.household_id, t.person_id, u.person_id
FROM person_parts t
JOIN person_identifiers i USING (event_id, position)
JOIN {_FACTS} f ON f.event_id = t.event_id
JOIN person_identifiers j ON j.digest = i.digest AND j.person_id <> i.person_id
JOIN person_parts u ON u.event_id = j.event_id AND u.position = j.position
JOIN {_FACTS} g ON g.event_id = u.event_id
WHERE t.household_id = ANY($1::text[]) AND u.household_id <> t.household_id
    AND f.effective_from <= $2 AND g.effective_from <= $2
    AND EXISTS (SELECT 1 FROM episodes s WHERE s.household_id = t.household_id
        AND {_STANDS.format(day="$2")} AND s.status IS DISTINCT FROM 'closed')
    AND EXISTS (SELECT 1 FROM episodes s WHERE s.household_id = u.household_id
        AND {_STANDS.format(day="$2")} AND s.status IS DISTINCT FROM 'closed')
ORDER BY 1, 2, 3, 4
"""


async def in_two_households(
    snapshot: Snapshot, household_ids: Sequence[str], day: date
) -> list[Shared]:
    """Return whose number stands in another live household too; what a finding rests on."""
    rows = await snapshot.fetch(_SHARED, list(household_ids), day)
    return [Shared(*row) for row in rows]


async def decided(snapshot: Snapshot, person_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Return, of each person, those that the latest decision says are the same human being."""
    rows = await snapshot.fetch(
        f"""
        SELECT DISTINCT ON (person_id, other_person_id) person_id, other_person_id, same
        FROM ({counting(PERSON_DECISIONS)}) d
        WHERE person_id = ANY($1::uuid[]) OR other_person_id = ANY($1::uuid[])
        ORDER BY person_id, other_person_id, decided_on DESC, external_id DESC, source DESC
        """,
        list(person_ids),
    )
    same: dict[UUID, list[UUID]] = {}
    for first, second, is_same in rows:
        if is_same:
            same.setdefault(first, []).append(second)
            same.setdefault(second, []).append(first)
    return same
