"""Shapes that several answers share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

LivingStandard = Literal["average", "above"]
AreaType = Literal["rural", "urban"]
Level = Literal["country", "province", "district", "commune"]


class Known(BaseModel):
    """The clock echoes of an answer about the past or the present."""

    known_at: Annotated[datetime | None, Field(description="As asked; null: latest state.")]
    settled_at: Annotated[
        datetime, Field(description="Asked with this `known_at`, the answer never changes again.")
    ]


class OnDay(Known):
    """The echoes of an answer about one day."""

    as_of: date


class Page(BaseModel):
    """The place where a list goes on."""

    next_cursor: Annotated[str | None, Field(description="Null on the last page.")]


class Unit(BaseModel):
    """An administrative unit; `valid_to` is the first day it is no longer in force."""

    code: str
    name: str
    level: Level
    kind: str
    parent_code: str | None
    valid_from: date
    valid_to: date | None


class Counts(BaseModel):
    """Registered households by status."""

    poor: int
    near_poor: int
    recently_exited: int
    non_poor: int


class Rate(BaseModel):
    """A percentage, rounded half up to two decimals, with what it was taken from."""

    percent: float
    numerator: int
    denominator: int


class Rates(BaseModel):
    """Rates over all households; null where the base is not known."""

    poor: Rate | None
    near_poor: Rate | None
    multidimensional: Annotated[Rate | None, Field(description="Poor and near-poor together.")]
