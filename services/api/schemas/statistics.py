"""Shapes of answers that count households."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.api.schemas.common import Counts, Known, Level, OnDay, Rates
from shared.law.standards import ListName


class AreaName(BaseModel):
    """The unit that was counted."""

    code: str
    name: str
    level: Level


class EthnicCounts(BaseModel):
    """Households of one ethnic group; null where none was reported."""

    ethnic_group: str | None
    counts: Counts


class AreaTypeCounts(BaseModel):
    """Rural or urban households."""

    area_type: str | None
    counts: Counts


class IndicatorCounts(BaseModel):
    """Households on each list that are deprived in one indicator."""

    standard: str
    code: str
    key: str
    name_en: str
    name_vi: str
    poor: int
    near_poor: int


class Minority(BaseModel):
    """Households of every ethnic group but Kinh."""

    households_total: int | None
    counts: Counts
    rates: Rates


class Base(BaseModel):
    """All households of the area; `on` is the day of the oldest fact in it."""

    households_total: int
    on: date
    minority_households_total: int | None
    zone: Literal["I", "II", "III"] | None
    attributes: list[str]
    extremely_difficult_villages: int | None
    source: Literal["own", "children", "predecessors"]
    facts: list[UUID]


class Statistics(OnDay):
    """An area's households on a day."""

    area: AreaName
    households_total: Annotated[int | None, Field(description="The base; null if not known.")]
    registered: int
    counts: Counts
    unregistered: Annotated[int | None, Field(description="Base less registered.")]
    rates: Rates
    minority: Minority
    by_ethnicity: list[EthnicCounts]
    by_indicator: list[IndicatorCounts]
    by_area_type: list[AreaTypeCounts]
    base: Base | None


class Movement(Known):
    """Gross flows of one list over a period."""

    area: AreaName
    list: ListName
    from_date: date
    to_date: date
    start: int
    left: int
    relapsed: int
    newly_arisen: int
    moved_in: int
    moved_out: int
    closed: int
    end: int
