"""What is known of households on a day, as norms ask for it: of one, or of many counted alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.households.entitlements import Person
from shared.households.facts import HOUSEHOLD_EVENTS
from shared.households.store.year_end import Register
from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting


@dataclass(frozen=True, slots=True)
class Alike:
    """Households of one kind: all that norms ask is the same of them; `classes`: of their members.

    `classes` counts, for each member, the ages that were reached of those asked for, sorted; None
    where no member is named. A member without a day of birth is -1. The last three are told where
    lines are given: the stretch of incomes between them (None: unknown), and what is lacking.
    """

    status: str
    living_standard: str | None
    area_id: int | None
    area_type: str | None
    ethnic_group: str | None
    household_size: int | None
    classes: tuple[int, ...] | None
    households: int
    standard: str | None = None
    stretch: int | None = None
    deprived: tuple[str, ...] = ()


# The registration that holds on the day: the last one of several.
def _persons(where: str, at: str | None) -> str:
    return f"""
        SELECT DISTINCT ON (r.household_id) r.household_id, r.event_id
        FROM ({counting(HOUSEHOLD_EVENTS, at)}) r
        WHERE r.type = 'registered' AND r.effective_from <= $1 AND {where}
        ORDER BY r.household_id, r.effective_from DESC, r.external_id COLLATE "C" DESC,
            r.source COLLATE "C" DESC
    """


async def persons(
    snapshot: Snapshot, household_id: str, as_of: date, known_at: datetime | None
) -> tuple[Person, ...] | None:
    """Return who is registered in a household on a day; None if nobody is named."""
    at = None if known_at is None else "$3"
    rows = await snapshot.fetch(
        f"""
        SELECT m.person_id::text, m.birth_date
        FROM ({_persons("r.household_id = $2", at)}) l JOIN person_parts m USING (event_id)
        WHERE coalesce(m.birth_date, $1) <= $1 ORDER BY m.position
        """,
        as_of,
        household_id,
        *(() if known_at is None else (known_at,)),
    )
    return tuple(Person(*row) for row in rows) or None


async def household_size(snapshot: Snapshot, event_id: UUID) -> int | None:
    """Return how many persons an assessment says."""
    size: int | None = await snapshot.fetchval(
        "SELECT (payload ->> 'household_size')::int FROM household_events WHERE event_id = $1",
        event_id,
    )
    return size


_OF_HELD = "EXISTS (SELECT 1 FROM held h WHERE h.household_id = r.household_id)"
_ON_DAY = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"
_EXISTING = "status IS NOT NULL AND status <> 'closed'"


async def alike(
    snapshot: Snapshot,
    register: Register,
    as_of: date,
    born_before: Sequence[date],
    lines: Sequence[int] | None = None,
) -> list[Alike]:
    """Return the households of a register on a day, counted by all that norms ask.

    `born_before`: for each age that is asked for, oldest first, the day before which those are born
    who have reached it. With `lines` of income households are told apart by what another standard
    would look at, too.
    """
    given: list[Any] = [as_of, list(born_before)]
    at = None if register.known_at is None else f"${len(given) + 1}"
    held = register.held(f"{_ON_DAY} AND {_EXISTING}", given)
    area = register.counted("s.area_id", given)
    looked_at, measured = "NULL AS standard, NULL::text[] AS deprived", "NULL::int AS stretch"
    if lines is not None:
        given.append(list(lines))
        income = "(e.payload ->> 'income_vnd')::bigint"
        looked_at = "s.standard, s.deprived"
        measured = f"width_bucket({income}, ${len(given)}::bigint[]) AS stretch"
    rows = await snapshot.fetch(
        f"""
        WITH held AS MATERIALIZED (
            SELECT s.household_id, s.status, s.living_standard, {area} AS area_id,
                s.area_type, s.ethnic_group, (e.payload ->> 'household_size')::int AS size,
                {looked_at}, {measured}
            FROM ({held}) s LEFT JOIN household_events e ON e.event_id = s.assessment),
        latest AS ({_persons(_OF_HELD, at)}),
        members AS (
            SELECT l.household_id, array_agg(c.class ORDER BY c.class) AS classes
            FROM latest l JOIN person_parts m USING (event_id)
            CROSS JOIN LATERAL (SELECT CASE WHEN m.birth_date IS NULL THEN -1
                ELSE cardinality($2::date[]) - width_bucket(m.birth_date, $2::date[]) END
                AS class) c
            WHERE coalesce(m.birth_date, $1) <= $1
            GROUP BY l.household_id)
        SELECT h.status, h.living_standard, h.area_id, h.area_type, h.ethnic_group,
            h.size, p.classes, h.standard, h.stretch, h.deprived, count(*)
        FROM held h LEFT JOIN members p ON p.household_id = h.household_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
        """,
        *given,
    )
    return [_alike(row) for row in rows]


def _alike(row: Any) -> Alike:
    status, living, area_id, area_type, group, size, classes, *measured, households = row
    reached = None if classes is None else tuple(classes)
    standard, stretch, deprived = measured
    return Alike(
        status,
        living,
        area_id,
        area_type,
        group,
        size,
        reached,
        households,
        standard,
        stretch,
        tuple(deprived or ()),
    )
