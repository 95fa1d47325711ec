"""Shapes of answers about funds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.api.schemas.common import Known, Page, Unit
from services.api.schemas.money import AreaMoney, FundingSource, Money, MoneyRates, MonthMoney


class Parent(BaseModel):
    """The line of a run that a fund draws on."""

    fund_id: str | None
    run_id: str
    area_code: str


class ListedFund(BaseModel):
    """A fund as last posted."""

    fund_id: str
    program: str
    component: str | None
    year: int
    funding_source: FundingSource
    area: Annotated[Unit | None, Field(description="The holder.")]
    amount_vnd: int
    decided_on: date
    decision_no: str | None
    parent: Parent | None
    source: str
    external_id: str
    revision: int
    event_id: UUID
    recorded_at: datetime


class Funds(Page, Known):
    """A page of funds."""

    items: list[ListedFund]


class Balance(BaseModel):
    """Where a fund's money is; amount = allocated + unallocated."""

    amount_vnd: int
    allocated_vnd: Annotated[
        int, Field(description="Lines of active runs, and what was paid of superseded ones.")
    ]
    unallocated_vnd: int
    passed_on_vnd: Annotated[int, Field(description="Child funds on this fund's lines.")]
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int


class Counterpart(BaseModel):
    """The local share that a rule asks for; null where the law's value is not known."""

    rule: str | None
    percent: Annotated[str | None, Field(description="A decimal as text.")]
    legal_basis: list[str]
    required_vnd: int | None
    provided_vnd: Annotated[
        int, Field(description="Local funds of the same programme, component, year and area.")
    ]
    missing_vnd: int | None


class FundRun(BaseModel):
    """A run on the fund; `active`: it holds money."""

    run_id: str
    rule: str
    mode: Literal["commit", "preview"]
    state: Literal["pending", "completed", "refused"]
    active: bool
    as_of: date
    allocated_vnd: int | None
    superseded_by: str | None
    completed_at: datetime | None


class Child(BaseModel):
    """A fund that draws on a line of this one."""

    fund_id: str
    run_id: str
    area_code: str
    amount_vnd: int


class Fund(ListedFund, Known):
    """A fund with its balance."""

    balance: Balance
    counterpart: Annotated[
        Counterpart | None, Field(description="Null where no rule asks for a local share.")
    ]
    runs: Annotated[
        list[FundRun], Field(description="The first 1000; /v1/allocation-runs has all.")
    ]
    children: Annotated[
        list[Child], Field(description="The first 1000; /v1/funds?parent= has all.")
    ]
    children_count: int


class Stalled(BaseModel):
    """Lines with money left on which nothing has moved for long; listed by their own route."""

    not_moved_for: int
    lines: int
    left_vnd: int


class FundProgress(Money, Known):
    """How a fund's money gets on."""

    fund_id: str
    on: Annotated[date, Field(description="Today, or the day of `known_at`, in Viet Nam.")]
    amount_vnd: int
    rates: MoneyRates
    allocated_on: Annotated[
        date | None, Field(description="Day on which the first active run was completed.")
    ]
    days_since_allocation: int | None
    by_area: list[AreaMoney]
    by_month: list[MonthMoney]
    stalled: Stalled
