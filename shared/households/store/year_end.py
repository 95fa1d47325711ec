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
from shared.households.store.reads import differing, known
from shared.households.year_end import Dwelling, Group, Passage
from shared.kernel.database import Snapshot
from shared.law.standards import LISTS

_LISTS = ", ".join(f"('{name}')" for name in LISTS)
_MINORITY = f"coalesce(ethnic_group <> '{MAJORITY}', false)"

# A household's place on a day is where it lives at the day's end; a closure is told where it lived.
# What is alike is put together before it is told apart by what it did: a row of `cells` is
# `households` that do one thing on one list on one day; with `who` it is one of them.
_CELLS = f"""
{{near}},
days AS (
    SELECT *, valid_from > $1 AS new, lag(status) OVER own AS was,
        coalesce(lag(standard) OVER own <> standard, false) AS standard_changed,
        lag(area_id) OVER own AS was_area, lag(area_type) OVER own AS was_type
    FROM near WINDOW own AS (PARTITION BY household_id ORDER BY valid_from)),
alike AS (
    SELECT {{who}}, was, status, new, renumbered, entry, minority, standard_changed,
        valid_to IS NULL OR valid_to > $2 AS stays,
        (area_id, area_type) IS DISTINCT FROM (was_area, was_type) AS placed_anew,
        {{area}} AS area_id, area_type, {{was_area}} AS was_area, was_type,
        count(*)::int AS households
    FROM days WHERE status IN (VALUES {_LISTS}) OR was IN (VALUES {_LISTS})
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14),
listed AS (
    SELECT a.*, l.list, was IS NOT DISTINCT FROM l.list AS was_on,
        status IS NOT DISTINCT FROM l.list AS is_on, status IS NOT DISTINCT FROM 'closed' AS ends
    FROM alike a CROSS JOIN (VALUES {_LISTS}) AS l (list)
    WHERE l.list IN (a.status, a.was)),
cells AS (
    SELECT who, list, k.kind, minority, standard_changed AND new AS standard_changed, households,
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
        ('moved', new AND was_on AND NOT ends AND placed_anew),
        ('closed', new AND was_on AND ends AND NOT renumbered),
        ('renumbered_out', new AND was_on AND ends AND renumbered),
        ('end', is_on AND stays)) AS k (kind, holds)
    WHERE k.holds)
"""
_PERIOD = "valid_from <= $2 AND (valid_to IS NULL OR valid_to > $1)"
_NEAR = f"""
    SELECT household_id, valid_from, valid_to, status, standard, entry, area_id, area_type,
        renumbered_area IS NOT NULL AS renumbered, {_MINORITY} AS minority
"""
# Days of the period, both ends among them, that an episode covers.
_COVERED = "least(valid_to, $2::date + 1) - greatest(valid_from, $1::date)"


@dataclass(frozen=True, slots=True)
class Register:
    """The register as read: of some communes (None: all), by one basis, as known at an instant.

    `stand_ins`: the communes that a count puts together. With `differing`, only what is `held` of
    those households is read of which the basis makes a difference.
    """

    communes: Sequence[int] | None
    basis: Basis
    known_at: datetime | None
    stand_ins: StandIns = field(default_factory=dict)
    differing: bool = False

    def held(self, where: str, given: list[Any]) -> str:
        """Return the SQL of the episodes that meet `where` and lie here."""
        at, here = self._given(given)
        return self._read(f"{where}{here and f' AND {here}'}", at)

    def of_households(self, where: str, given: list[Any]) -> str:
        """Return the SQL of the same, wherever they lie, of households that ever lived here."""
        at, here = self._given(given)
        if here:
            ever = self._read(here, at)
            where += f" AND household_id IN (SELECT household_id FROM ({ever}) t)"
        return self._read(where, at)

    def _read(self, where: str, at: str | None) -> str:
        if self.differing:
            return differing(where, at, self.basis)
        return known(where, at, basis=self.basis)

    def near(self, given: list[Any]) -> str:
        """Return the SQL of `near`: what the households that lived here in a period were in it.

        Most lived here from its first day to its last one; only of the others is looked for what
        they were elsewhere, or before they were placed, or as closed.
        """
        at, here = self._given(given)
        if not here:
            return f"near AS ({_NEAR} FROM ({known(_PERIOD, at, basis=self.basis)}) s)"
        own = known(f"{_PERIOD} AND {here}", at, basis=self.basis)
        partly = "household_id = ANY(ARRAY(SELECT household_id FROM partly))"
        elsewhere = f"{_PERIOD} AND ({here}) IS NOT TRUE AND {partly}"
        others = known(elsewhere, at, basis=self.basis)
        return f"""
            here AS MATERIALIZED ({_NEAR} FROM ({own}) s),
            partly AS MATERIALIZED (SELECT household_id FROM here GROUP BY household_id
                HAVING sum({_COVERED}) < $2::date + 1 - $1::date),
            near AS (SELECT * FROM here UNION ALL {_NEAR} FROM ({others}) s)
        """

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
    near = register.near(given)
    places = {
        name: register.counted(column, given)
        for name, column in (("area", "area_id"), ("was_area", "was_area"))
    }
    cells = _CELLS.format(near=near, who="NULL AS who", **places)
    rows = await snapshot.fetch(
        f"WITH {cells} SELECT list, kind, area_id, area_type, origin_id, origin_type, minority, "
        "standard_changed, sum(households)::int FROM cells GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
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
    near = register.near(given)
    cells = _CELLS.format(near=near, who="household_id AS who", area="area_id", was_area="was_area")
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
        WITH {cells},
        sides AS (
            SELECT *, {here} AS here, coalesce({was_here}, false) AS was_here FROM cells)
        SELECT DISTINCT who FROM sides
        WHERE list = ${first} AND (minority OR NOT ${first + 4}) AND who > ${first + 5}
            AND CASE WHEN kind <> 'moved' THEN kind ELSE
                CASE WHEN here THEN 'moved_in' ELSE 'moved_out' END END = ANY(${first + 1}::text[])
            AND CASE WHEN kind = 'moved' THEN here <> was_here ELSE here END
        ORDER BY who LIMIT ${first + 6}
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
                {_MINORITY} AS minority,
                (e.payload ->> 'no_labour_capacity')::boolean AS no_labour_capacity,
                (e.payload ->> 'merit_member')::boolean AS merit_member,
                (e.payload ->> 'household_size')::int AS size,
                e.payload ->> 'recognised' IS NULL AS undecided,
                CASE WHEN jsonb_typeof(e.payload -> 'causes') = 'array'
                    THEN e.payload -> 'causes' END AS causes
            FROM ({held}) s LEFT JOIN household_events e ON e.event_id = s.assessment)
        SELECT 'group', status, NULL, NULL, area_id, area_type, count(*)::int,
            count(*) FILTER (WHERE minority)::int,
            count(*) FILTER (WHERE no_labour_capacity)::int,
            count(*) FILTER (WHERE merit_member)::int,
            coalesce(sum(size), 0)::int,
            count(*) FILTER (WHERE size IS NULL)::int,
            count(*) FILTER (WHERE undecided)::int
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
        FROM held, LATERAL (SELECT DISTINCT c AS cause FROM jsonb_array_elements_text(causes) AS c)
            AS stated
        WHERE causes IS NOT NULL GROUP BY status, cause
        """,
        *given,
    )
    return YearEndCounts(
        [Group(r[1], Dwelling(r[4], r[5]), *r[6:]) for r in rows if r[0] == "group"],
        [(r[2], r[3], r[1], r[6]) for r in rows if r[0] == "indicator"],
        [(r[2], r[1], r[6]) for r in rows if r[0] == "ethnic"],
        [(r[2], r[1], r[6]) for r in rows if r[0] == "cause"],
    )
