"""What lines of households and areas were paid, payment by payment, and what else was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.areas.store import units
from shared.kernel.database import Snapshot
from shared.kernel.fields import quantity_text
from shared.kernel.revisions import counting
from shared.money.facts import DISBURSEMENTS, FUNDS, SUPPORT_RECORDS
from shared.money.payment_findings import Given, PaymentMade, SupportedLine
from shared.money.register_findings import ChildFund, EarlyPayments
from shared.money.store.run_states import divides


@dataclass(frozen=True, slots=True)
class Known:
    """Which of some households have lines or support records, and which have members named."""

    supported: list[str]
    with_members: list[str]


# For most households there is nothing to look at, and this one look tells.
_KNOWN = """
SELECT i,
    EXISTS (SELECT 1 FROM allocation_lines l
        WHERE l.line = i AND l.content IS NOT NULL AND l.amount_vnd > 0)
    OR EXISTS (SELECT 1 FROM support_records s WHERE s.household_id = i),
    EXISTS (SELECT 1 FROM person_parts m WHERE m.household_id = i)
FROM (SELECT unnest($1::text[]) COLLATE "C" AS i) u
"""


async def known(snapshot: Snapshot, household_ids: Sequence[str]) -> Known:
    """Return which of these households there is anything to hold against."""
    rows = await snapshot.fetch(_KNOWN, list(household_ids))
    return Known([row[0] for row in rows if row[1]], [row[0] for row in rows if row[2]])


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line with payments, the rule of its run with the instant it was read at, and its unit."""

    household_id: str | None
    fund_id: str
    rule: str
    known_at: datetime
    area_id: int | None
    line: SupportedLine


_PAYMENTS = f"""
SELECT l.run_id, l.line, r.fund_id, r.rule, r.known_at, l.area_id, r.supersedes, l.content,
    l.amount_vnd + l.already_paid_vnd,
    array_agg(ROW(d.event_id, d.source, d.kind, d.amount_vnd, d.paid_on)
        ORDER BY d.paid_on, d.event_id)
FROM allocation_lines l JOIN allocation_runs r USING (run_id)
JOIN ({counting(DISBURSEMENTS)}) d ON d.run_id = l.run_id AND d.line = l.line
WHERE {{where}} AND {divides("r")}
GROUP BY l.run_id, l.line, r.fund_id, r.rule, r.known_at, r.supersedes
ORDER BY r.known_at, l.run_id, l.line
"""
_OF_HOUSEHOLDS = _PAYMENTS.format(where="l.line = ANY($1::text[]) AND l.content IS NOT NULL")
_OF_FUNDS = _PAYMENTS.format(where="r.fund_id = ANY($1::text[]) AND l.content IS NULL")


async def lines_of_households(snapshot: Snapshot, household_ids: Sequence[str]) -> list[PaidLine]:
    """Return the lines of households that were ever paid, oldest run first."""
    return [_line(row) for row in await snapshot.fetch(_OF_HOUSEHOLDS, list(household_ids))]


async def lines_of_areas(snapshot: Snapshot, fund_ids: Sequence[str]) -> list[PaidLine]:
    """Return the lines of areas that were ever paid out of these funds."""
    return [_line(row) for row in await snapshot.fetch(_OF_FUNDS, list(fund_ids))]


def _line(row: Any) -> PaidLine:
    run_id, line, fund_id, rule, known_at, area_id, supersedes, content, norm, payments = row
    paid = tuple(PaymentMade(str(each[0]), *each[1:]) for each in payments)
    supported = SupportedLine(run_id, line, supersedes, content, norm, (), paid)
    household = None if content is None else line
    return PaidLine(household, fund_id, rule, known_at, area_id, supported)


_GIVEN = f"""
SELECT s.household_id, s.event_id, s.source, s.kind, s.quantity, s.unit, s.on_date, s.amount_vnd
FROM ({counting(SUPPORT_RECORDS)}) s WHERE s.household_id = ANY($1::text[])
ORDER BY s.on_date, s.event_id
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A support record of a household as it counts."""

    household_id: str
    event_id: UUID
    source: str
    kind: str
    quantity: Decimal
    unit: str
    on: date
    amount_vnd: int | None

    def given(self, content: str | None) -> Given:
        """Return it with what it is given once for."""
        quantity = f"{quantity_text(self.quantity)} {self.unit}"
        return Given(
            str(self.event_id), self.source, self.kind, content, quantity, self.on, self.amount_vnd
        )


async def records(snapshot: Snapshot, household_ids: Sequence[str]) -> list[Record]:
    """Return the support records of households, in order of their days."""
    return [Record(*row) for row in await snapshot.fetch(_GIVEN, list(household_ids))]


async def number_of(
    snapshot: Snapshot, kind: str, household_ids: Sequence[str], known_at: datetime | None
) -> dict[str, int]:
    """Return how many support records of a kind households have, where they have any."""
    rows = await snapshot.fetch(
        f"SELECT household_id, count(*) FROM ({counting(SUPPORT_RECORDS, '$3')}) s "
        "WHERE kind = $1 AND household_id = ANY($2::text[]) GROUP BY household_id",
        kind,
        list(household_ids),
        known_at,
    )
    return {row[0]: row[1] for row in rows}


_CHILDREN = f"""
SELECT f.fund_id, f.payload ->> 'area_code', f.year, f.parent_run, f.parent_line,
    (r.inputs #>> '{{fund,year}}')::int
FROM ({counting(FUNDS)}) f JOIN allocation_runs r ON r.run_id = f.parent_run
WHERE f.fund_id = ANY($1::text[]) AND r.inputs IS NOT NULL ORDER BY f.fund_id
"""


async def children(snapshot: Snapshot, fund_ids: Sequence[str]) -> list[ChildFund]:
    """Return those of the funds that are made of lines, beside what these lines are."""
    rows = await snapshot.fetch(_CHILDREN, list(fund_ids))
    heirs = await units.heirs(snapshot, sorted({row[4] for row in rows})) if rows else {}
    return [_child(row, heirs.get(row[4], frozenset({row[4]}))) for row in rows]


def _child(row: Any, holders: frozenset[str]) -> ChildFund:
    fund_id, area_code, year, run_id, line, run_year = row
    return ChildFund(fund_id, area_code, year, run_id, line, holders, run_year)


_EARLY = f"""
SELECT f.fund_id, f.decided_on, count(*), sum(d.amount_vnd)::bigint, min(d.paid_on),
    (array_agg(d.run_id ORDER BY d.paid_on, d.event_id))[1],
    (array_agg(d.line ORDER BY d.paid_on, d.event_id))[1]
FROM ({counting(FUNDS)}) f JOIN allocation_runs r USING (fund_id)
JOIN ({counting(DISBURSEMENTS)}) d ON d.run_id = r.run_id AND d.paid_on < f.decided_on
WHERE f.fund_id = ANY($1::text[]) AND d.kind = 'paid'
GROUP BY f.fund_id, f.decided_on ORDER BY f.fund_id
"""


async def paid_early(snapshot: Snapshot, fund_ids: Sequence[str]) -> list[EarlyPayments]:
    """Return what was paid of funds before the days of their decisions."""
    return [EarlyPayments(*row) for row in await snapshot.fetch(_EARLY, list(fund_ids))]
