"""From which status to which the households of a place went between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from shared.households.store.year_end import Register
from shared.kernel.database import Snapshot
from shared.law.standards import Status

# `unclassed` was never reviewed, `elsewhere` is not in the place on that day, or not registered.
Standing = Literal[Status, "unclassed", "elsewhere"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)


@dataclass(frozen=True, slots=True)
class StatusFlow:
    """Households that stood in one way at the start, and in another or the same at the end."""

    before: Standing
    after: Standing
    households: int


def _on(day: str) -> str:
    return f"valid_from <= {day} AND (valid_to IS NULL OR valid_to > {day})"


async def between(
    snapshot: Snapshot, register: Register, period: tuple[date, date]
) -> list[StatusFlow]:
    """Return the flows; a household that stood `elsewhere` on both days is in none.

    What has ended is told by its place before: the end itself lies nowhere.
    """
    given: list[Any] = [*period]
    first = register.held(f"status IS DISTINCT FROM 'closed' AND {_on('$1')}", given)
    last = register.held(f"status IS DISTINCT FROM 'closed' AND {_on('$2')}", given)
    ended = register.of_households(f"status = 'closed' AND {_on('$2')}", given)
    rows = await snapshot.fetch(
        f"""
        WITH before AS MATERIALIZED ({first}), after AS MATERIALIZED ({last}),
        ended AS MATERIALIZED ({ended})
        SELECT CASE WHEN b.household_id IS NULL THEN 'elsewhere'
                ELSE coalesce(b.status, 'unclassed') END,
            CASE WHEN a.household_id IS NOT NULL THEN coalesce(a.status, 'unclassed')
                WHEN e.household_id IS NOT NULL THEN 'closed' ELSE 'elsewhere' END,
            count(*)::int
        FROM before b FULL JOIN after a USING (household_id)
            LEFT JOIN ended e USING (household_id)
        GROUP BY 1, 2
        """,
        *given,
    )
    return [StatusFlow(*row) for row in rows]
