"""What the year-end book counts: passages of a year, and the listed households of its last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shared.areas.stand_ins import StandIns
from shared.areas.store.stand_ins import counted
from shared.households.recognised import Basis
from shared.households.statistics import MAJORITY
from shared.households.store.reads import known
from shared.households.year_end import Dwelling, Group, Passage
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS

_LISTS = ", ".join(f"('{name}')" for name in LISTS)
_MINORITY = f"coalesce(ethnic_group <> '{MAJORITY}', false)"

# A household's place on a day is where it lives at the day's end; a closure is told where it lived.
# Every row of `cells` is one household that does one thing on one list on one day.
_CELLS = f"""
near AS MATERIALIZED (
    SELECT household_id, valid_from, valid_to, status, standard, entry, area_id, area_type,
        renumbered_area IS NOT NULL AS renumbered, {_MINORITY} AS minority
    FROM ({{held}}) s),
days AS (
    SELECT *, valid_from > $1 AS new, lag(status) OVER own AS was,
        coalesce(lag(standard) OVER own <> standard, false) AS standard_changed,
        lag(area_id) OVER own AS was_area, lag(area_type) OVER own AS was_type
    FROM near WINDOW own AS (PARTITION BY household_id ORDER BY valid_from)),
listed AS (
    SELECT d.*, l.list, was IS NOT DISTINCT FROM l.list AS was_on,
        status IS NOT DISTINCT FROM l.list AS is_on, status IS NOT DISTINCT FROM 'closed' AS ends
    FROM days d CROSS JOIN (VALUES {_LISTS}) AS l (list)
    WHERE l.list IN (d.status, d.was)),
cells AS (
    SELECT household_id, list, k.kind, minority, standard_changed AND new AS standard_changed,
        CASE WHEN ends THEN was_area ELSE area_id END AS area_id,
        CASE WHEN ends THEN was_type ELSE area_type END AS area_type,
        CASE WHEN k.kind = 'moved' THEN was_area END AS origin_id,
        CASE WHEN k.kind = 'moved' THEN was_type END AS origin_type
    FROM listed CROSS JOIN LATERAL (VALUES
        ('start', NOT new AND is_on),
        ('left', new AND was_on AND NOT is_on AND NOT ends),
        ('relapsed', new AND is_on AND NOT was_on AND NOT renumbered AND entry = 'relapsed'),
        ('newly_arisen',
            new AND is_on AND NOT was_on AND NOT renumbered AND entry = 'newly_arisen'),
        ('renumbered_in', new AND is_on AND NOT was_on AND renumbered),
        ('moved', new AND was_on AND NOT ends
            AND (area_id, area_type) IS DISTINCT FROM (was_area, was_type)),
        ('closed', new AND was_on AND ends AND NOT renumbered),
        ('renumbered_out', new AND was_on AND ends AND renumbered),
        ('end', is_on AND (valid_to IS NULL OR valid_to > $2))) AS k (kind, holds)
    WHERE k.holds)
"""
_PERIOD = "valid_from <= $2 AND (valid_to IS NULL OR valid_to > $1)"


@dataclass(frozen=True, slots=True)
class Register:
    """The register as read: of some communes (None: all), by one basis, as known at an instant.

    `stand_ins`: the communes that a count puts together.
    """

    communes: Sequence[int] | None
    basis: Basis
    known_at: datetime | None
    stand_ins: StandIns = field(default_factory=dict)

    def held(self, where: str, given: list[Any]) -> str:
        """Return the SQL of the episodes that meet `where` and lie here."""
        at, here = self._given(given)
        return known(f"{where}{here and f' AND {here}'}", at, basis=self.basis)

    def of_households(self, where: str, given: list[Any]) -> str:
        """Return the SQL of the same, wherever they lie, of households that ever lived here."""
        at, here = self._given(given)
        if here:
            ever = known(here, at, basis=self.basis)
            where += f" AND household_id IN (SELECT household_id FROM ({ever}) t)"
        return known(where, at, basis=self.basis)

    def counted(self, area: str, given: list[Any]) -> str:
        """Return the SQL of the commune that stands in for that of the column `area`."""
        return counted(self.stand_ins, area, given)

    def _given(self, given: list[Any]) -> tuple[str | None, str]:
        at, here = None, ""
        if self.known_at is not None:
            given.append(self.known_at)
            at = f"${len(given)}"
        if self.communes is not None:
            given.append(list(self.communes))
            here = f"area_id = ANY(${len(given)}::int[])"
        return at, here


async def passages(
    snapshot: Snapshot, register: Register, period: tuple[date, date]
) -> list[Passage]:
    """Return what households did on both lists with period[0] < day <= period[1]."""
    given: list[Any] = [*period]
    held = register.of_households(_PERIOD, given)
    places = ["area_id", "area_type", "origin_id", "origin_type"]
    places[::2] = [register.counted(column, given) for column in places[::2]]
    rows = await snapshot.fetch(
        f"WITH {_CELLS.format(held=held)} SELECT list, kind, {', '.join(places)}, "
        "minority, standard_changed, count(*)::int FROM cells "
        "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
        *given,
    )
    return [
        Passage(
            row[0],
            row[1],
            Dwelling(row[2], row[3]),
            Dwelling(row[4], row[5]) if row[1] == "moved" else None,
            *row[6:],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class CellPlace:
    """The row of a cell: its communes (None: all), and town or country (None: both)."""

    communes: Sequence[int] | None
    area_type: str | None
    minority: bool = False


async def behind(
    snapshot: Snapshot,
    register: Register,
    period: tuple[date, date],
    listed: str,
    kinds: Sequence[str],
    place: CellPlace,
    after: str,
    limit: int,
) -> list[str]:
    """Return the households behind a cell, by id; `kinds` are of passages, with moves both ways."""
    given: list[Any] = [*period]
    held = register.of_households(_PERIOD, given)
    first = len(given) + 1
    given += [listed, list(kinds), place.communes, place.area_type, place.minority, after, limit]
    own, area_type = f"${first + 2}::int[]", f"${first + 3}::text"
    here, was_here = (
        f"(({own} IS NULL OR {place}_id = ANY({own})) "
        f"AND ({area_type} IS NULL OR {place}_type = {area_type}))"
        for place in ("area", "origin")
    )
    rows = await snapshot.fetch(
        f"""
        WITH {_CELLS.format(held=held)},
        sides AS (
            SELECT *, {here} AS here, coalesce({was_here}, false) AS was_here FROM cells)
        SELECT DISTINCT household_id FROM sides
        WHERE list = ${first} AND (minority OR NOT ${first + 4}) AND household_id > ${first + 5}
            AND CASE WHEN kind <> 'moved' THEN kind ELSE
                CASE WHEN here THEN 'moved_in' ELSE 'moved_out' END END = ANY(${first + 1}::text[])
            AND CASE WHEN kind = 'moved' THEN here <> was_here ELSE here END
        ORDER BY household_id LIMIT ${first + 6}
        """,
        *given,
    )
    return [row[0] for row in rows]


_ON_DAY = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"
_LISTED = f"{_ON_DAY} AND status IN (VALUES {_LISTS})"


@dataclass(frozen=True, slots=True)
class YearEndCounts:
    """The listed households of a day: by place, indicator, ethnic group and stated cause.

    `indicators`: (standard, code, list, households), the others (word, list, households).
    """

    groups: list[Group]
    indicators: list[tuple[str, str, str, int]]
    ethnic_groups: list[tuple[str | None, str, int]]
    causes: list[tuple[str, str, int]]


async def counts(snapshot: Snapshot, register: Register, day: date) -> YearEndCounts:
    """Return what the book counts of a day."""
    given: list[Any] = [day]
    held = register.held(_LISTED, given)
    area = register.counted("s.area_id", given)
    rows = await snapshot.fetch(
        f"""
        WITH held AS MATERIALIZED (
            SELECT s.status, {area} AS area_id, s.area_type, s.ethnic_group, s.standard, s.deprived,
                {_MINORITY} AS minority, e.payload
            FROM ({held}) s LEFT JOIN household_events e ON e.event_id = s.assessment)
        SELECT 'group', status, NULL, NULL, area_id, area_type, count(*)::int,
            count(*) FILTER (WHERE minority)::int,
            count(*) FILTER (WHERE (payload ->> 'no_labour_capacity')::boolean)::int,
            count(*) FILTER (WHERE (payload ->> 'merit_member')::boolean)::int,
            coalesce(sum((payload ->> 'household_size')::int), 0)::int,
            count(*) FILTER (WHERE payload ->> 'household_size' IS NULL)::int,
            count(*) FILTER (WHERE payload ->> 'recognised' IS NULL)::int
        FROM held GROUP BY status, area_id, area_type
        UNION ALL
        SELECT 'indicator', status, standard, code, NULL, NULL, count(*)::int,
            NULL, NULL, NULL, NULL, NULL, NULL
        FROM held, unnest(deprived) AS d (code) GROUP BY status, standard, code
        UNION ALL
        SELECT 'ethnic', status, ethnic_group, NULL, NULL, NULL, count(*)::int,
            NULL, NULL, NULL, NULL, NULL, NULL
        FROM held GROUP BY status, ethnic_group
        UNION ALL
        SELECT 'cause', status, cause, NULL, NULL, NULL, count(*)::int,
            NULL, NULL, NULL, NULL, NULL, NULL
        FROM held, LATERAL (SELECT DISTINCT c AS cause FROM jsonb_array_elements_text(
            CASE WHEN jsonb_typeof(payload -> 'causes') = 'array' THEN payload -> 'causes'
            ELSE '[]' END) AS c) AS causes GROUP BY status, cause
        """,
        *given,
    )
    return YearEndCounts(
        [Group(r[1], Dwelling(r[4], r[5]), *r[6:]) for r in rows if r[0] == "group"],
        [(r[2], r[3], r[1], r[6]) for r in rows if r[0] == "indicator"],
        [(r[2], r[1], r[6]) for r in rows if r[0] == "ethnic"],
        [(r[2], r[1], r[6]) for r in rows if r[0] == "cause"],
    )
