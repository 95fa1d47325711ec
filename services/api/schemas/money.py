"""Shapes that several answers about money share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.api.schemas.common import Rate, Unit

FundingSource = Literal["central", "local", "mobilised"]
Exact = Annotated[
    int | str, Field(description="Exact: an integer when whole, else a decimal as text.")
]


class Money(BaseModel):
    """Whole đồng; net paid is paid less returned."""

    allocated_vnd: Annotated[
        int, Field(description="Lines of active runs, and what was paid of superseded ones.")
    ]
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int


class PaidRates(BaseModel):
    """Rates of payment, null where there is nothing to take them from."""

    paid: Annotated[Rate | None, Field(description="Of what is allocated.")]
    returned: Annotated[Rate | None, Field(description="Of what was paid.")]
    net_paid: Annotated[Rate | None, Field(description="Of what is allocated.")]


class MoneyRates(PaidRates):
    """Rates of a fund, null where there is nothing to take them from."""

    allocated: Annotated[Rate | None, Field(description="Of the amount.")]


class AreaMoney(Money):
    """Money of the lines in one unit; null: lines of no known unit."""

    area: Unit | None
    rates: PaidRates


class MonthMoney(BaseModel):
    """Payments of one month, and all up to its end."""

    month: Annotated[str, Field(description="YYYY-MM")]
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int
    net_paid_to_date_vnd: int
