"""Shapes of answers about support without a run."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.api.schemas.common import Known, Page, Unit
from services.api.schemas.money import Exact


class SupportRecord(BaseModel):
    """Support as last posted."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    program: str | None
    kind: str
    content: Annotated[
        str | None, Field(description="What it supports, if an allocation rule supports it too.")
    ]
    quantity: Exact
    unit: str
    amount_vnd: int | None
    fund_id: str | None
    household_id: str | None
    area: Annotated[
        Unit | None, Field(description="Of a household: where it lived on the day, if known.")
    ]
    on: date
    recorded_at: datetime


class SupportRecords(Page, Known):
    """A page of support."""

    items: list[SupportRecord]


class KindTotal(BaseModel):
    """Support of one kind in one unit of measure."""

    kind: str
    unit: str
    records: int
    quantity: Exact
    amount_vnd: Annotated[int | None, Field(description="Null where no record states money.")]


class SupportTotal(KindTotal):
    """Support of one kind and unit in one area and year."""

    area: Unit | None
    year: int


class SupportTotals(Page, Known):
    """A page of sums; `totals` are over all pages."""

    items: list[SupportTotal]
    totals: list[KindTotal]
