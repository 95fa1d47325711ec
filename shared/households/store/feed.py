"""The feed of transitions, and a household's own: published ones, in commit order.

`seq` is allocated while the knowledge clock is held, so its order is commit order and nothing ever
appears before a place that a reader has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from asyncpg import Record

from shared.kernel.database import Snapshot
from shared.law.standards import LISTS

KINDS = ("left", "relapsed", "newly_arisen")
_COLUMNS = (
    "seq, transition_id, household_id, area_code, on_date, from_status, to_status, movements, "
    "standard_changed, cause_event, recorded_at, retracts"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which transitions are asked for; None: all."""

    area_ids: Sequence[int] | None = None
    from_date: date | None = None
    to_date: date | None = None
    kind: str | None = None
    list: str | None = None

    def movements(self) -> tuple[str, ...] | None:
        """Return the movements that match, as stored."""
        if self.kind is None and self.list is None:
            return None
        return tuple(
            f"{name}:{kind}"
            for name in LISTS
            for kind in KINDS
            if self.list in (None, name) and self.kind in (None, kind)
        )


async def page(
    snapshot: Snapshot, after: int, asked: Filter, limit: int
) -> tuple[list[Record], int]:
    """Return the next transitions and retractions, and the place to go on from.

    Two statements: give it a snapshot of one transaction. A reader who has seen all goes on from
    the end of the feed, whether its filter matched there or not.
    """
    given: list[Any] = [after, limit]
    where = ["seq > $1"]
    for condition, value in (
        ("area_id = ANY({}::int[])", asked.area_ids),
        ("on_date >= {}", asked.from_date),
        ("on_date <= {}", asked.to_date),
        ("movements && {}::text[]", asked.movements()),
    ):
        if value is not None:
            given.append(value)
            where.append(condition.format(f"${len(given)}"))
    rows: list[Record] = await snapshot.fetch(
        f"SELECT {_COLUMNS} FROM transitions WHERE {' AND '.join(where)} ORDER BY seq LIMIT $2",
        *given,
    )
    if len(rows) == limit:
        return rows, rows[-1]["seq"]
    end: int | None = await snapshot.fetchval("SELECT max(seq) FROM transitions")
    return rows, max(after, end or 0)


async def of_household(
    snapshot: Snapshot, household_id: str, known_at: datetime | None
) -> list[Record]:
    """Return the transitions of a household that stood published at an instant, in their order."""
    rows: list[Record] = await snapshot.fetch(
        f"""
        SELECT {_COLUMNS} FROM transitions WHERE household_id = $1 AND retracts IS NULL
            AND ($2::timestamptz IS NOT NULL OR retracted_at IS NULL)
            AND ($2::timestamptz IS NULL OR (
                recorded_at <= $2 AND (retracted_at IS NULL OR retracted_at > $2)))
        ORDER BY on_date, seq
        """,
        household_id,
        known_at,
    )
    return rows
