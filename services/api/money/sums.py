"""What answers about money share: sums, rates, and the parameters that choose money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from services.api.words import Unit
from shared.areas.tree import AreaTree, Level
from shared.http import parameters
from shared.law.percent import Rate, rate
from shared.money import progress
from shared.money.net_paid import net_paid
from shared.money.store.disbursement_reads import AreaSum, MonthSum
from shared.money.store.fund_reads import FundingSource

YEAR_MIN, YEAR_MAX = 2011, 2100
DAYS_MAX = 36_500

OfLevel = Annotated[
    Level | None,
    parameters.choice(
        Level,
        "Sum up to units of this level; a unit above it stands for itself, and where a map has no "
        "such level the next one above does. Default: the units of the lines themselves.",
    ),
]
HeldIn = Annotated[
    str | None,
    parameters.text("Code of a unit, of whichever map; the holder is it or lies in it."),
]
OfProgram = Annotated[
    str | None, parameters.text("Only money of this programme, such as NTP-SPR-2021-2025.")
]
OfComponent = Annotated[str | None, parameters.text("Only money of this component, such as P5.")]
OfSource = Annotated[
    FundingSource | None, parameters.choice(FundingSource, "Only money from this source.")
]
OfYear = Annotated[int | None, parameters.whole("Only money of this year.", YEAR_MIN, YEAR_MAX)]
STALLED_AFTER = 90
NotMovedFor = Annotated[
    int,
    parameters.whole(
        "Days without a payment or return after which a line counts as stalled.",
        0,
        DAYS_MAX,
        STALLED_AFTER,
    ),
]
OfFund = Annotated[str | None, parameters.text("Only of the fund with this id.")]
OfRun = Annotated[str | None, parameters.text("Only of the allocation run with this id.")]

Amount = Annotated[int, Meta(description="The amount in đồng.")]
Allocated = Annotated[
    int,
    Meta(description="Đồng on lines of active runs, and what was paid of superseded ones."),
]
Paid = Annotated[int, Meta(description="Đồng that were paid.", ge=0)]
Returned = Annotated[int, Meta(description="Đồng that came back.", ge=0)]
NetPaid = Annotated[int, Meta(description="Đồng that were paid and did not come back.")]
Today = Annotated[
    date, Meta(description="The day it looks back from: today, or that of `known_at`, in Viet Nam.")
]


class Money(Struct, frozen=True):
    """Sums in whole đồng."""

    allocated_vnd: Allocated
    paid_vnd: Paid
    returned_vnd: Returned
    net_paid_vnd: NetPaid


def amounts(sums: progress.Money) -> dict[str, int]:
    """Return the sums by the names of their fields."""
    return {
        "allocated_vnd": sums.allocated,
        "paid_vnd": sums.paid,
        "returned_vnd": sums.returned,
        "net_paid_vnd": sums.net_paid,
    }


class PaidRates(Struct, frozen=True):
    """Rates of payment, null where there is nothing to take them from."""

    paid: Annotated[Rate | None, Meta(description="Paid, of what is allocated.")]
    returned: Annotated[Rate | None, Meta(description="Returned, of what was paid.")]
    net_paid: Annotated[Rate | None, Meta(description="Net paid, of what is allocated.")]

    @classmethod
    def of(cls, sums: progress.Money) -> PaidRates:
        """Return what was paid of allocated money, and what came back of that."""
        return cls(
            rate(sums.paid, sums.allocated),
            rate(sums.returned, sums.paid),
            rate(sums.net_paid, sums.allocated),
        )


class MoneyRates(Struct, frozen=True):
    """Rates of a fund, null where there is nothing to take them from."""

    allocated: Annotated[Rate | None, Meta(description="Allocated, of the amount.")]
    paid: Annotated[Rate | None, Meta(description="Paid, of what is allocated.")]
    returned: Annotated[Rate | None, Meta(description="Returned, of what was paid.")]
    net_paid: Annotated[Rate | None, Meta(description="Net paid, of what is allocated.")]

    @classmethod
    def of_amount(cls, amount: int, sums: progress.Money) -> MoneyRates:
        """Return what was allocated of an amount, and what was paid of that."""
        paid = PaidRates.of(sums)
        return cls(rate(sums.allocated, amount), paid.paid, paid.returned, paid.net_paid)


class AreaMoney(Money, frozen=True):
    """Money of the lines in one unit."""

    area: Annotated[Unit | None, Meta(description="The unit; null: lines of no known unit.")]
    rates: Annotated[PaidRates, Meta(description="What was paid of it.")]


class MonthMoney(Struct, frozen=True):
    """Payments of one month, and all up to its end."""

    month: Annotated[str, Meta(description="The month of payment, YYYY-MM.")]
    paid_vnd: Paid
    returned_vnd: Returned
    net_paid_vnd: NetPaid
    net_paid_to_date_vnd: Annotated[
        int, Meta(description="Net paid in this month and all before it, in đồng.")
    ]


def unit_of(units: AreaTree, area_id: int | None) -> Unit | None:
    """Return the unit that money was given to, as it was when it was given."""
    return None if area_id is None else Unit.of(units.by_id(area_id))


def by_area(units: AreaTree, rows: Iterable[AreaSum], level: Level | None) -> list[AreaMoney]:
    """Return the sums per unit, each on the map of its own day."""
    sums = ((row.area_id, row.as_of, row.sums) for row in rows)
    return [
        AreaMoney(
            **amounts(money),
            area=None if unit is None else Unit.of(unit),
            rates=PaidRates.of(money),
        )
        for unit, money in progress.by_unit(units, sums, level)
    ]


def by_month(rows: Iterable[MonthSum]) -> list[MonthMoney]:
    """Return the payments per month with their running sum."""
    months, to_date = [], 0
    for row in rows:
        net = net_paid(row.paid, row.returned)
        to_date += net
        month = row.month.isoformat()[:7]
        months.append(MonthMoney(month, row.paid, row.returned, net, to_date))
    return months
