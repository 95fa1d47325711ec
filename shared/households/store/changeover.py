"""Today's households as another standard would measure them: alike ones together, or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.households.store.year_end import Register
from shared.kernel.database import Snapshot
from shared.law.standards import Status

_ON_DAY = (
    "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) AND status IS NOT NULL "
    "AND status <> 'closed'"
)
# A review by scores has no income: nothing tells its class by another standard.
_INCOME = "(e.payload ->> 'income_vnd')::bigint"


@dataclass(frozen=True, slots=True)
class Alike:
    """Households that any rule judges alike: `stretch` of incomes between lines, None: unknown."""

    area_id: int | None
    area_type: str | None
    status: Status
    standard: str
    stretch: int | None
    deprived: tuple[str, ...]
    households: int


async def alike(
    snapshot: Snapshot, register: Register, day: date, lines: Sequence[int]
) -> list[Alike]:
    """Return the households of a day, counted by what rules with these lines may look at."""
    given: list[Any] = [day, list(lines)]
    held = register.held(_ON_DAY, given)
    area = register.counted("s.area_id", given)
    rows = await snapshot.fetch(
        f"""
        SELECT {area}, s.area_type, s.status, s.standard,
            width_bucket({_INCOME}, $2::bigint[]), s.deprived, count(*)::int
        FROM ({held}) s JOIN household_events e ON e.event_id = s.assessment
        GROUP BY 1, 2, 3, 4, 5, 6
        """,
        *given,
    )
    return [Alike(r[0], r[1], r[2], r[3], r[4], tuple(r[5] or ()), r[6]) for r in rows]


@dataclass(frozen=True, slots=True)
class Measured:
    """One household with what its review measured; `income_vnd` None: it has scores."""

    household_id: str
    area_id: int | None
    area_type: str | None
    status: Status
    standard: str
    income_vnd: int | None
    deprived: tuple[str, ...]


async def measured(
    snapshot: Snapshot, register: Register, day: date, after: str, limit: int
) -> list[Measured]:
    """Return the households of a day behind an id, by id."""
    given: list[Any] = [day, after, limit]
    held = register.held(f"{_ON_DAY} AND household_id > $2", given)
    rows = await snapshot.fetch(
        f"""
        SELECT s.household_id, s.area_id, s.area_type, s.status, s.standard, {_INCOME}, s.deprived
        FROM ({held}) s JOIN household_events e ON e.event_id = s.assessment
        ORDER BY s.household_id LIMIT $3
        """,
        *given,
    )
    return [Measured(r[0], r[1], r[2], r[3], r[4], r[5], tuple(r[6] or ())) for r in rows]
