"""Shapes of answers about areas."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from services.api.schemas.common import Page, Unit


class Version(BaseModel):
    """Which version of the areas answered."""

    digest: str
    recorded_at: datetime | None


class ListedArea(Unit):
    """A unit with what it came from and what it went to."""

    predecessors: list[str]
    successors: list[str]
    latitude: float | None
    longitude: float | None


class Area(ListedArea):
    """One unit."""

    version: Version
    as_of: date


class Areas(Page):
    """A page of units."""

    items: list[ListedArea]
    version: Version
    as_of: date
