"""Support without a run, in money or in kind: the list, and its sums by kind, unit and year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct

from shared.kernel import revisions
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.receipts import reviewed
from shared.kernel.revisions import FactKey, counting
from shared.money.facts import SUPPORT_RECORDS

# Processed when the findings of each fund and household that it ever named take it in.
CONCERNED = reviewed("""
    SELECT 'fund:' || fund_id AS item FROM revised WHERE fund_id IS NOT NULL
    UNION SELECT 'household:' || household_id FROM revised WHERE household_id IS NOT NULL
""")


async def named(
    tx: Transaction, keys: Sequence[FactKey]
) -> list[tuple[FactKey, int, str | None, str | None]]:
    """Return (key, revision, fund, household) of every stored revision of these keys."""
    fields = "e.revision, e.fund_id, e.household_id"
    rows = await revisions.of_keys(tx, SUPPORT_RECORDS, fields, keys)
    return [((row[0], row[1]), row[2], row[3], row[4]) for row in rows]


# A household's record counts where the household lived on the day.
_PLACED = f"""
    SELECT s.*, coalesce(s.area_id, (
        SELECT h.area_id FROM episodes h WHERE h.household_id = s.household_id
            AND h.valid_from <= s.on_date AND (h.valid_to IS NULL OR h.valid_to > s.on_date)
            AND (CASE WHEN $1::timestamptz IS NULL THEN h.known_to IS NULL
                ELSE h.known_from <= $1 AND (h.known_to IS NULL OR h.known_to > $1) END))
        ) AS place
    FROM ({counting(SUPPORT_RECORDS, "$1")}) s
    WHERE ($2::text IS NULL OR s.fund_id = $2) AND ($3::text IS NULL OR s.kind = $3)
        AND ($4::text IS NULL OR s.program = $4) AND ($5::text IS NULL OR s.household_id = $5)
        AND ($6::date IS NULL OR s.on_date >= $6) AND ($7::date IS NULL OR s.on_date <= $7)
"""
_MATCHED = f"SELECT * FROM ({_PLACED}) p WHERE ($8::int[] IS NULL OR p.place = ANY($8))"

_COLUMNS = (
    "event_id, source, external_id, revision, program, kind, content, quantity, unit, amount_vnd, "
    "fund_id, household_id, place, on_date, recorded_at"
)


class Support(Struct, frozen=True):
    """The revision of a record that counts; `area_id` is where it counts, None: not known."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    program: str | None
    kind: str
    content: str | None
    quantity: Decimal
    unit: str
    amount_vnd: int | None
    fund_id: str | None
    household_id: str | None
    area_id: int | None
    on: date
    recorded_at: datetime


class SupportSum(Struct, frozen=True):
    """A sum of records of one kind, unit, place and year; `map` counts the maps of areas from 1."""

    kind: str
    unit: str
    area_id: int | None
    year: int
    map: int
    records: int
    quantity: Decimal
    amount_vnd: int | None


@dataclass(frozen=True, slots=True)
class SupportFilter:
    """Which records are asked for; None: all. `areas` are the units that they may count in."""

    fund_id: str | None = None
    kind: str | None = None
    program: str | None = None
    household_id: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    areas: Sequence[int] | None = None

    def given(self, known_at: datetime | None) -> list[Any]:
        """Return the parameters `$1` to `$8`."""
        return [
            known_at,
            self.fund_id,
            self.kind,
            self.program,
            self.household_id,
            self.from_date,
            self.to_date,
            self.areas,
        ]


async def list_support_records(
    snapshot: Snapshot,
    known_at: datetime | None,
    record_filter: SupportFilter,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Support]:
    """Return current revisions in the order of their days."""
    rows = await snapshot.fetch(
        f"SELECT {_COLUMNS} FROM ({_MATCHED}) m "
        "WHERE ($9::date IS NULL OR (on_date, event_id) > ($9, $10::uuid)) "
        "ORDER BY on_date, event_id LIMIT $11",
        *record_filter.given(known_at),
        *(after or (None, None)),
        limit,
    )
    return [Support(*row) for row in rows]


async def totals(
    snapshot: Snapshot,
    known_at: datetime | None,
    record_filter: SupportFilter,
    starts: Sequence[date],
) -> list[SupportSum]:
    """Return the exact sums per kind, unit, place, year, and map of areas.

    `starts`: the first day of each map; `map` counts them from 1. Money is null where none states
    any.
    """
    rows = await snapshot.fetch(
        f"""
        SELECT kind, unit, place, extract(year FROM on_date)::int AS year,
            width_bucket(on_date, $9::date[]) AS map, count(*) AS records,
            sum(quantity) AS quantity, sum(amount_vnd)::bigint AS amount_vnd
        FROM ({_MATCHED}) m GROUP BY kind, unit, place, 4, 5
        """,
        *record_filter.given(known_at),
        starts,
    )
    return [SupportSum(*row) for row in rows]
