"""Decisions of chairmen: the number behind a review, and the households that one recognised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from shared.households.facts import HOUSEHOLD_EVENTS
from shared.households.person_facts import HOUSEHOLD_MEMBERS
from shared.households.store.persons import open_part
from shared.households.store.reads import known
from shared.households.store.year_end import Register
from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.kernel.sealing import Keyring
from shared.law.standards import LISTS, Status


class Review(Struct, frozen=True):
    """What a review says of its decision and of the household's size."""

    decision_no: str | None
    household_size: int | None


async def behind(snapshot: Snapshot, event_id: UUID | None) -> Review:
    """Return what the review that made a class says of its decision."""
    row = await snapshot.fetchrow(
        "SELECT payload ->> 'decision_no', (payload ->> 'household_size')::int "
        "FROM household_events WHERE event_id = $1",
        event_id,
    )
    return Review(None, None) if row is None else Review(*row)


class Decided(Struct, frozen=True):
    """A household that a decision is about, with its class on the day that the decision names."""

    household_id: str
    decided_on: date
    status: Status | None
    before: Status | None
    area_id: int | None
    ethnic_group: str | None
    household_size: int | None


_LISTED = ", ".join(f"('{name}')" for name in LISTS)
# $1: number of the decision, $2 and $3: first and last day of its year.
_DECIDED = """
SELECT d.household_id, d.effective_from, s.status, b.status, s.area_id, s.ethnic_group,
    (d.payload ->> 'household_size')::int
FROM ({events}) d
CROSS JOIN LATERAL ({held}) s LEFT JOIN LATERAL ({before}) b ON true
WHERE d.type = 'assessed' AND d.payload ->> 'decision_no' = $1
    AND d.effective_from BETWEEN $2 AND $3
    AND {wanted}
ORDER BY d.household_id COLLATE "C", d.effective_from
"""
_HOLDS = "valid_from <= {day} AND (valid_to IS NULL OR valid_to > {day})"
_ON = f"household_id = d.household_id AND {_HOLDS}"
_WANTED: dict[str, str] = {
    "poor": "s.status = 'poor'",
    "near_poor": "s.status = 'near_poor'",
    "exit": f"s.status NOT IN (VALUES {_LISTED}) AND b.status IN (VALUES {_LISTED})",
}


async def of_decision(
    snapshot: Snapshot, register: Register, decision_no: str, year: int, kind: str
) -> list[Decided]:
    """Return whom a decision put on a list (`poor`, `near_poor`) or took off both (`exit`)."""
    given: list[Any] = [decision_no, date(year, 1, 1), date(year, 12, 31)]
    held = register.held(_ON.format(day="d.effective_from"), given)
    at = None if register.known_at is None else "$4"
    before = known(_ON.format(day="d.effective_from - 1"), at, basis=register.basis)
    events = counting(HOUSEHOLD_EVENTS, at)
    sql = _DECIDED.format(held=held, before=before, events=events, wanted=_WANTED[kind])
    return [Decided(*row) for row in await snapshot.fetch(sql, *given)]


_MEMBERS = f"""
SELECT DISTINCT ON (t.household_id, t.person_id) t.event_id, t.person_id, p.key_id, p.wrapped_key,
    t.sealed, t.household_id, t.relation
FROM person_parts t JOIN persons p USING (person_id)
JOIN (SELECT event_id, effective_from FROM ({counting(HOUSEHOLD_EVENTS)}) r
    UNION ALL SELECT event_id, effective_from FROM ({counting(HOUSEHOLD_MEMBERS)}) m) f
    ON f.event_id = t.event_id
WHERE t.household_id = ANY($1::text[]) AND f.effective_from <= $2
ORDER BY t.household_id, t.person_id, f.effective_from DESC, t.event_id
"""


class NamedMember(Struct, frozen=True):
    """A member, opened; `member` is None of one that was erased."""

    relation: str | None
    member: dict[str, Any] | None


async def members(
    snapshot: Snapshot, ring: Callable[[], Keyring], household_ids: Sequence[str], day: date
) -> dict[str, list[NamedMember]]:
    """Return the members of households on a day, as facts name them now."""
    named: dict[str, list[NamedMember]] = {}
    for row in await snapshot.fetch(_MEMBERS, list(household_ids), day):
        opened = open_part(ring(), tuple(row[:5]))
        named.setdefault(row[5], []).append(NamedMember(row[6], opened))
    return named
