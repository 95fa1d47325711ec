"""The feed of transitions, and a household's own: published ones, in commit order.

`seq` is allocated while the knowledge clock is held, so its order is commit order and nothing ever
appears before a place that a reader has passed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from msgspec import Struct

from shared.households.transitions import MovementKind
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS, ListName, Status

_KINDS: tuple[MovementKind, ...] = get_args(MovementKind)
COLUMNS = (
    "seq, transition_id, household_id, area_code, on_date, from_status, to_status, movements, "
    "standard_changed, cause_event, recorded_at, retracts, area_id"
)


class Transition(Struct, frozen=True):
    """A published change of status; with `retracts` the retraction of that transition.

    `movements` as stored: `LIST:KIND`. Without `cause_event` the end of the exit window made it.
    """

    seq: int
    transition_id: UUID
    household_id: str
    area_code: str | None
    on: date
    from_status: Status | None
    to_status: Status
    movements: Sequence[str]
    standard_changed: bool
    cause_event: UUID | None
    recorded_at: datetime
    retracts: UUID | None
    area_id: int | None


@dataclass(frozen=True, slots=True)
class TransitionFilter:
    """Which transitions are asked for; None: all."""

    area_ids: Collection[int] | None = None
    from_date: date | None = None
    to_date: date | None = None
    kind: MovementKind | None = None
    list: ListName | None = None

    def movements(self) -> tuple[str, ...] | None:
        """Return the movements that match, as stored."""
        if self.kind is None and self.list is None:
            return None
        return tuple(
            f"{name}:{kind}"
            for name in LISTS
            for kind in _KINDS
            if self.list in (None, name) and self.kind in (None, kind)
        )

    def takes(self, row: Transition) -> bool:
        """Say of a row in hand what the statement of `list_transitions` says of a stored one."""
        movements = self.movements()
        return (
            (self.area_ids is None or row.area_id in self.area_ids)
            and (self.from_date is None or row.on >= self.from_date)
            and (self.to_date is None or row.on <= self.to_date)
            and (movements is None or not set(movements).isdisjoint(row.movements))
        )


async def list_transitions(
    snapshot: Snapshot, after: int, transition_filter: TransitionFilter, limit: int
) -> tuple[list[Transition], int]:
    """Return the next transitions and retractions, and the place to go on from.

    Two statements: give it a snapshot of one transaction. A reader who has seen all goes on from
    the end of the feed, whether its filter matched there or not.
    """
    parameters: list[Any] = [after, limit]
    where = ["seq > $1"]
    for condition, value in (
        ("on_date >= {}", transition_filter.from_date),
        ("on_date <= {}", transition_filter.to_date),
        ("movements && {}::text[]", transition_filter.movements()),
    ):
        if value is not None:
            parameters.append(value)
            where.append(condition.format(f"${len(parameters)}"))
    source, areas = "transitions", transition_filter.area_ids
    if areas is not None:
        parameters.append(areas)
        source = _next_of(f"${len(parameters)}", " AND ".join(where))
        where = ["true"]
    rows = await snapshot.fetch(
        f"SELECT {COLUMNS} FROM {source} WHERE {' AND '.join(where)} ORDER BY seq LIMIT $2",
        *parameters,
    )
    transitions = [Transition(*row) for row in rows]
    if len(rows) == limit:
        return transitions, transitions[-1].seq
    return transitions, max(after, await end(snapshot))


async def end(snapshot: Snapshot) -> int:
    """Return the place behind the last transition."""
    last: int | None = await snapshot.fetchval("SELECT max(seq) FROM transitions")
    return last or 0


async def end_at(snapshot: Snapshot, known_at: datetime) -> int:
    """Return the place behind the last transition that was known at an instant."""
    last: int | None = await snapshot.fetchval(
        "SELECT seq FROM transitions WHERE recorded_at <= $1 ORDER BY seq DESC LIMIT 1", known_at
    )
    return last or 0


def _next_of(areas: str, conditions: str) -> str:
    """Return the SQL of the next transitions of these areas, of each found by its index.

    To read the feed itself until enough of them have come is to read past everybody else's.
    """
    return f"""(
        SELECT t.* FROM (
            SELECT s.seq FROM unnest({areas}::int[]) AS a (id) CROSS JOIN LATERAL (
                SELECT seq FROM transitions WHERE area_id = a.id AND {conditions}
                ORDER BY seq LIMIT $2) s
            ORDER BY s.seq LIMIT $2) n
        JOIN transitions t USING (seq)) t"""
