"""Shapes of answers about figures read out of articles."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.api.schemas.common import Known, Page

Number = Annotated[int | float, Field(description="Exact; đồng for money, percent for rates.")]


class Place(BaseModel):
    """Where a figure holds; `area_code` is null where no one unit of that day fits the name."""

    name: str
    level: str | None
    area_code: str | None


class Period(BaseModel):
    """Days that a figure is about, both included; one day for a level at a date."""

    start: date
    end: date


class Comparison(BaseModel):
    """The direction of a change, and what it is counted from, where the text says so."""

    direction: Literal["increase", "decrease"]
    vs: str | None


class Figure(BaseModel):
    """One figure, with the words that say it."""

    figure_id: UUID
    article_id: UUID
    measure: str
    value: Number
    value_max: Annotated[Number | None, Field(description="Upper end of a range.")]
    unit: str
    qualifier: str
    place: Place | None
    period: Period | None
    population: str
    kind: Literal["actual", "forecast", "target", "norm"]
    comparison: Comparison | None
    quote: Annotated[str, Field(description="An exact part of the text around the number.")]
    start: Annotated[int, Field(description="First code point of the number's own words.")]
    end: int
    ambiguous: Annotated[
        list[Number] | None, Field(description="All readings of a number that has more than one.")
    ]


class Figures(Page, Known):
    """A page of figures."""

    items: list[Figure]
