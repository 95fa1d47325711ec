"""Groups: households by id, and by conditions, as they stand on a day; one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from shared.households.store.reads import SINCE, known
from shared.kernel.database import Snapshot
from shared.spdci.conditions import Comparison, Condition, Every, Negation
from shared.spdci.records import GroupRow
from shared.spdci.searching import Ordering

# Ten points for each indicator, unless the sender said the points; law: `poverty_standards.yaml`.
_SCORE = "coalesce((e.payload ->> 'b2')::int, 10 * cardinality(s.deprived))"
_SIZE = "(e.payload ->> 'household_size')::int"
_COLUMNS = f"""
    s.household_id, s.status, {SINCE}, s.spell_to, s.area_id, s.area_type, s.ethnic_group,
    s.standard, {_SCORE}, {_SIZE}, e.effective_from, e.source, e.payload ->> 'decision_no'
"""
_ASSESSED = "LEFT JOIN household_events e ON e.event_id = s.assessment"
_HOLDS = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"

# How an attribute stands in the database, and the type that its values are sent as.
_AS_STORED = {
    "group_identifier": ("s.household_id", "text"),
    "classification_code": ("s.status", "text"),
    "classification_validity_start": (SINCE, "date"),
    "classification_validity_end": ("s.spell_to", "date"),
    "reviewed_on": ("e.effective_from", "date"),
    "area_code": ("s.area_id", "int"),
    "area_type": ("s.area_type", "text"),
    "ethnic_group": ("s.ethnic_group", "text"),
    "poverty_score": (_SCORE, "int"),
    "group_size": (_SIZE, "int"),
}
_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def _by_ids(at: str) -> str:
    held = known(f"household_id = ANY($2::text[]) AND {_HOLDS}", at)
    return f"SELECT {_COLUMNS} FROM ({held}) s {_ASSESSED}"


# Episodes that stand do not overlap: the last that has begun is the one, and the others of a
# household are not read. Planned as one look per id, it also starts no parallel workers.
_BEGUN = (
    known("household_id = asked.id AND valid_from <= $1", None)
    + " ORDER BY valid_from DESC LIMIT 1"
)
_BY_IDS_NOW = f"""
    SELECT {_COLUMNS} FROM unnest($2::text[]) AS asked (id)
    CROSS JOIN LATERAL ({_BEGUN}) s {_ASSESSED}
    WHERE s.valid_to IS NULL OR s.valid_to > $1
"""
_BY_IDS_AT = _by_ids("$3")


async def by_ids(
    snapshot: Snapshot, household_ids: Sequence[str], day: date, known_at: datetime | None
) -> dict[str, GroupRow]:
    """Return these households as they stand on a day, those that are there, by id."""
    if known_at is None:
        rows = await snapshot.fetch(_BY_IDS_NOW, day, household_ids)
    else:
        rows = await snapshot.fetch(_BY_IDS_AT, day, household_ids, known_at)
    return {row[0]: GroupRow(*row) for row in rows}


class Selection(Struct, frozen=True):
    """The groups that meet a condition, a page of them; areas in it are ids already."""

    condition: Condition
    order: tuple[Ordering, ...]
    limit: int
    offset: int


class Selected(Struct, frozen=True):
    """A page of the groups that meet a condition, and how many do."""

    total: int
    rows: list[GroupRow]


class _Writer:
    """Writes conditions as SQL; what callers sent are parameters, never text."""

    def __init__(self, parameters: list[Any]) -> None:
        self.parameters = parameters

    def put(self, value: Any) -> str:
        self.parameters.append(value)
        return f"${len(self.parameters)}"

    def condition(self, condition: Condition) -> str:
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        if isinstance(condition, Negation):
            return f"NOT ({self.condition(condition.condition)})"
        joint = " AND " if isinstance(condition, Every) else " OR "
        return "(" + joint.join(self.condition(each) for each in condition.conditions) + ")"

    def _comparison(self, comparison: Comparison) -> str:
        column, kind = _AS_STORED[comparison.attribute.name]
        if comparison.operator in {"eq", "in"}:
            return f"{column} = ANY({self.put(list(comparison.values))}::{kind}[])"
        sign = _SIGNS[comparison.operator]
        return f"{column} {sign} {self.put(comparison.values[0])}::{kind}"


def _order(order: Sequence[Ordering]) -> str:
    by = [
        f"{_AS_STORED[each.attribute.name][0]} {'DESC' if each.downwards else 'ASC'} NULLS LAST"
        for each in order
    ]
    return ", ".join([*by, 's.household_id COLLATE "C"'])


async def select(
    snapshot: Snapshot,
    selections: Sequence[Selection],
    day: date,
    known_at: datetime | None,
    area_ids: Sequence[int] | None,
) -> list[Selected]:
    """Return a page for each selection; one statement, however many there are.

    `area_ids` are the communes that the caller may see, None all.
    """
    parameters: list[Any] = [day]
    writer = _Writer(parameters)
    where = _HOLDS
    if area_ids is not None:
        where += f" AND area_id = ANY({writer.put(area_ids)}::int[])"
    held = known(where, None if known_at is None else writer.put(known_at))
    parts = [_select(writer, number, each, held) for number, each in enumerate(selections)]
    rows = await snapshot.fetch(" UNION ALL ".join(parts), *parameters)
    pages: list[tuple[int, list[tuple[int, GroupRow]]]] = [(0, []) for _ in selections]
    for number, total, place, *columns in rows:
        pages[number] = (total, pages[number][1])
        if place is not None:
            pages[number][1].append((place, GroupRow(*columns)))
    return [
        Selected(total, [row for _, row in sorted(page, key=lambda each: each[0])])
        for total, page in pages
    ]


def _select(writer: _Writer, number: int, selection: Selection, held: str) -> str:
    condition = writer.condition(selection.condition)
    limit, offset = writer.put(selection.limit), writer.put(selection.offset)
    return f"""
        (WITH met AS MATERIALIZED (
            SELECT row_number() OVER (ORDER BY {_order(selection.order)}) AS place, {_COLUMNS}
            FROM ({held}) s {_ASSESSED} WHERE {condition})
        SELECT {number}, (SELECT count(*) FROM met), page.*
        FROM (SELECT 1) one LEFT JOIN (
            SELECT * FROM met WHERE place > {offset}::bigint
                AND place <= {offset}::bigint + {limit}::bigint) page ON true)
    """
