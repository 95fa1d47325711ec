"""Shapes of answers about payments and their progress."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.api.schemas.common import Known, Page, Unit
from services.api.schemas.money import AreaMoney, Money, MoneyRates, MonthMoney


class OfLine(BaseModel):
    """Which line: `line` is the area's code or the household's id, repeated under its own name."""

    run_id: str
    fund_id: str
    line: str
    area_code: str | None
    household_id: str | None
    area: Annotated[Unit | None, Field(description="The line's unit, or the household's.")]


class Disbursement(OfLine):
    """A payment or a return as last posted."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    amount_vnd: int
    paid_on: date
    kind: Literal["paid", "returned"]
    recorded_at: datetime


class Disbursements(Page, Known):
    """A page of payments and returns."""

    items: list[Disbursement]


class Sums(Money):
    """Money of several funds."""

    amount_vnd: int
    rates: MoneyRates


class FundSums(Sums):
    """Money of one fund; `passed_on_vnd` went on to child funds."""

    fund_id: str
    program: str
    component: str | None
    year: int
    area: Unit | None
    passed_on_vnd: int


class ComponentSums(Sums):
    """Money of one component; null: of the programme as a whole."""

    program: str
    component: str | None


class Progress(Known):
    """How the money of many funds gets on."""

    funds: int
    totals: Sums
    by_fund: list[FundSums]
    by_component: list[ComponentSums]
    by_area: list[AreaMoney]
    by_month: list[MonthMoney]


class StalledLine(OfLine):
    """A line with money left on which nothing has moved."""

    amount_vnd: int
    paid_vnd: int
    returned_vnd: int
    passed_on_vnd: int
    left_vnd: Annotated[int, Field(description="amount - paid + returned - passed on")]
    last_movement_on: date | None
    allocated_on: date
    days: Annotated[int, Field(description="Since the last movement, else since allocation.")]


class StalledLines(Page, Known):
    """A page of lines that stand still."""

    items: list[StalledLine]
    on: Annotated[date, Field(description="Today, or the day of `known_at`, in Viet Nam.")]
