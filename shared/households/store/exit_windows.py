"""Exit windows that run on a day: since when, until when, by household and by week.

A window may be several spells: a later review that finds the household no poorer changes only its
living standard. It lasts from the day after the lists to the first day of another status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from shared.households.store.reads import known
from shared.kernel.database import Snapshot
from shared.law.standards import AreaType, LivingStandard

_ON_DAY = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"
_OTHER = "household_id = h.household_id AND status IS DISTINCT FROM 'recently_exited'"


class ExitWindow(Struct, frozen=True):
    """A household in its exit window; `until` is the first day after the window."""

    household_id: str
    living_standard: LivingStandard | None
    area_id: int | None
    area_type: AreaType | None
    left_on: date
    until: date


@dataclass(frozen=True, slots=True)
class WindowFilter:
    """Which windows are asked for: those that run on `as_of` in communes and end before a day."""

    as_of: date
    known_at: datetime | None
    area_ids: Sequence[int] | None
    until_before: date | None

    def statement(self) -> tuple[str, list[Any]]:
        """Return the SQL of the windows, and its parameters."""
        given: list[Any] = [self.as_of, self.until_before]
        where, at = f"{_ON_DAY} AND status = 'recently_exited'", None
        if self.area_ids is not None:
            given.append(list(self.area_ids))
            where += f" AND area_id = ANY(${len(given)}::int[])"
        if self.known_at is not None:
            given.append(self.known_at)
            at = f"${len(given)}"
        before = known(f"{_OTHER} AND valid_to <= $1", at)
        after = known(f"{_OTHER} AND valid_from > $1", at)
        own = known("household_id = h.household_id AND status = 'recently_exited'", at)
        return (
            f"""
            SELECT h.household_id, h.living_standard, h.area_id, h.area_type,
                coalesce(b.left_on, (SELECT min(valid_from) FROM ({own}) o)) AS left_on, a.until
            FROM ({known(where, at)}) h
            CROSS JOIN LATERAL (SELECT max(valid_to) AS left_on FROM ({before}) x) b
            CROSS JOIN LATERAL (SELECT min(valid_from) AS until FROM ({after}) y) a
            WHERE a.until IS NOT NULL AND ($2::date IS NULL OR a.until <= $2)
            """,
            given,
        )


async def exit_windows(
    snapshot: Snapshot, window_filter: WindowFilter, after: tuple[date, str] | None, limit: int
) -> list[ExitWindow]:
    """Return windows, those that end first before the others."""
    text, given = window_filter.statement()
    n = len(given)
    rows = await snapshot.fetch(
        f"""
        SELECT * FROM ({text}) w
        WHERE ${n + 1}::date IS NULL
            OR (until, household_id COLLATE "C") > (${n + 1}, ${n + 2}::text)
        ORDER BY until, household_id COLLATE "C" LIMIT ${n + 3}
        """,
        *given,
        *(after or (None, None)),
        limit,
    )
    return [ExitWindow(*row) for row in rows]


async def by_week(snapshot: Snapshot, window_filter: WindowFilter) -> list[tuple[date, int]]:
    """Return how many windows end in each week, by the Monday of their last day."""
    text, given = window_filter.statement()
    rows = await snapshot.fetch(
        f"SELECT date_trunc('week', until - 1)::date AS week, count(*) FROM ({text}) w "
        "GROUP BY 1 ORDER BY 1",
        *given,
    )
    return [(row[0], row[1]) for row in rows]
