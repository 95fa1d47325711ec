"""How far a yearly round of reviews has got: of those to be reviewed, who is and who is not yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.households.facts import HOUSEHOLD_EVENTS
from shared.households.review_round import State
from shared.households.store.reads import known
from shared.households.store.year_end import Register
from shared.kernel.database import Snapshot
from shared.kernel.periods import add_months
from shared.kernel.revisions import counting
from shared.law.register_checks import ReviewDays
from shared.law.standards import LISTS

_LISTS = ", ".join(f"('{name}')" for name in LISTS)
# $1 and $2: first and last day of the round, $3: days after it that a decision may name, $4: the
# last day whose reviews count. Of several reviews of the round that one counts which takes effect
# last; what a household was reviewed for after its end is no review. Who goes on under another id
# has not ended, and is reviewed under that one.
_ROUND = f"""
began AS MATERIALIZED (
    SELECT household_id, area_id, status IS NULL OR status IN (VALUES {_LISTS}) AS due
    FROM ({{held}}) h WHERE status IS DISTINCT FROM 'closed'),
heirs AS (
    SELECT e.continues AS household_id, e.household_id AS heir FROM ({{events}}) e
    JOIN ({{closed}}) c ON c.household_id = e.continues AND c.renumbered_area IS NOT NULL),
ids AS (
    SELECT coalesce(h.household_id, b.household_id) AS household_id, b.household_id AS reviewed_as
    FROM began b LEFT JOIN heirs h ON h.heir = b.household_id
    UNION ALL
    SELECT h.household_id, h.heir FROM heirs h
    WHERE NOT EXISTS (SELECT FROM began b WHERE b.household_id = h.heir)),
reviews AS (
    SELECT DISTINCT ON (1) i.household_id, e.effective_from,
        e.payload ->> 'recognised' IS NOT NULL OR e.payload ->> 'decision_no' IS NOT NULL AS decided
    FROM ids i JOIN ({{events}}) e ON e.household_id = i.reviewed_as
    WHERE e.type = 'assessed' AND e.effective_from >= $1
        AND (e.payload ->> 'assessed_on')::date BETWEEN $1 AND $4
        AND (e.payload ->> 'review' = 'annual' OR (e.payload ->> 'assessed_on')::date <= $2)
    ORDER BY 1, e.effective_from DESC, e.event_id),
ends AS (
    SELECT household_id, valid_from AS ended_on FROM ({{closed}}) c WHERE renumbered_area IS NULL),
states AS (
    SELECT b.household_id, b.area_id, b.due, CASE
        WHEN r.effective_from IS NULL AND c.ended_on IS NOT NULL THEN 'ended'
        WHEN r.effective_from >= c.ended_on THEN 'ended'
        WHEN r.household_id IS NULL THEN 'open'
        WHEN NOT r.decided THEN 'undecided'
        WHEN r.effective_from > $2 AND NOT r.effective_from = ANY($3::date[]) THEN 'late'
        ELSE 'decided' END AS state
    FROM began b LEFT JOIN reviews r USING (household_id) LEFT JOIN ends c USING (household_id))
"""
_AT_FIRST = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"
_CLOSED = "status = 'closed' AND valid_from > $1 AND valid_from <= $4"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Households of one unit in one state; `due`: they had to be reviewed."""

    area_id: int | None
    due: bool
    state: State
    households: int


def _asked(register: Register, days: ReviewDays, today: date) -> tuple[str, list[Any]]:
    # With the next round its own reviews begin: one of them is no late one of this round.
    counted_to = min(today, add_months(days.first, 12) - timedelta(days=1))
    given: list[Any] = [days.first, days.last, list(days.also), counted_to]
    held = register.held(_AT_FIRST, given)
    at = None if register.known_at is None else "$5"
    closed = known(_CLOSED, at)
    return _ROUND.format(held=held, closed=closed, events=counting(HOUSEHOLD_EVENTS, at)), given


async def progress(
    snapshot: Snapshot, register: Register, days: ReviewDays, today: date
) -> list[Reviewed]:
    """Return how many households are in which state, by the unit in which the round found them."""
    sql, given = _asked(register, days, today)
    area = register.counted("area_id", given)
    rows = await snapshot.fetch(
        f"WITH {sql} SELECT {area}, due, state, count(*)::int FROM states GROUP BY 1, 2, 3", *given
    )
    return [Reviewed(*row) for row in rows]


async def households(
    snapshot: Snapshot,
    register: Register,
    days: ReviewDays,
    today: date,
    state: State,
    after: str,
    limit: int,
) -> Sequence[tuple[str, int | None]]:
    """Return those to be reviewed that are in a state, by id, with the unit of each."""
    sql, given = _asked(register, days, today)
    first = len(given) + 1
    rows = await snapshot.fetch(
        f"WITH {sql} SELECT household_id, area_id FROM states WHERE due AND state = ${first} "
        f"AND household_id > ${first + 1} ORDER BY household_id LIMIT ${first + 2}",
        *given,
        state,
        after,
        limit,
    )
    return [(row[0], row[1]) for row in rows]
