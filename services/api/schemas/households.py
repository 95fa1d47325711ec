"""Shapes of answers about households."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.api.schemas.common import AreaType, Known, LivingStandard, OnDay, Page, Unit
from services.api.schemas.transitions import Transition
from shared.law.standards import Status


class Reason(BaseModel):
    """One sentence of a decision, as a code with numbers and in two languages."""

    code: str
    parameters: dict[str, Any]
    text_en: str
    text_vi: str


class Household(OnDay):
    """What holds of a household on a day."""

    household_id: str
    status: Annotated[Status | None, Field(description="Null before the first assessment.")]
    living_standard: LivingStandard | None
    since: Annotated[date | None, Field(description="First day of the spell, or of the closure.")]
    until: Annotated[date | None, Field(description="First day after the spell; null: open.")]
    area: Annotated[Unit | None, Field(description="The unit in force on the day.")]
    area_type: AreaType | None
    ethnic_group: str | None
    standard: str | None
    event_id: Annotated[UUID | None, Field(description="The assessment that opened the spell.")]
    reasons: list[Reason]


class Listed(BaseModel):
    """A household in a list."""

    household_id: str
    status: Status | None
    living_standard: LivingStandard | None
    since: date | None
    area_code: str | None
    area_type: AreaType | None
    standard: str | None
    reviewed_on: Annotated[date | None, Field(description="When the assessment took effect.")]


class Households(OnDay, Page):
    """A page of households."""

    items: list[Listed]


class Spell(BaseModel):
    """An unbroken stretch in one status; `to` is the first day after it."""

    from_: Annotated[date, Field(alias="from")]
    to: date | None
    status: Status
    living_standard: LivingStandard | None
    standard: str
    event_id: UUID


class Timeline(Known):
    """A household over time."""

    household_id: str
    spells: list[Spell]
    closed_on: date | None
    transitions: list[Transition]


class Event(BaseModel):
    """A revision as received; further fields as posted, by type."""

    model_config = ConfigDict(extra="allow")

    event_id: UUID
    type: str
    source: str
    external_id: str
    revision: int
    withdrawn: bool
    recorded_at: datetime


class Events(Known, Page):
    """A page of a household's events."""

    items: list[Event]


class Change(BaseModel):
    """A change of one input, by itself, that gives another class."""

    input: str
    change: int
    value: int
    to_status: Status
    text_en: str
    text_vi: str


class Window(BaseModel):
    """The time in which the household counts as recently exited; `end` is the first day after."""

    start: date
    end: date
    months: int
    legal_basis: list[str]


class Explanation(OnDay):
    """Why a household has its status."""

    household_id: str
    status: Status | None
    status_en: str
    status_vi: str
    living_standard: LivingStandard | None
    event_id: UUID | None
    policy_digest: str
    reasons: list[Reason]
    standard: str | None
    legal_basis: list[str]
    rule: Annotated[
        dict[str, Any] | None, Field(description="The rule that fired, with its bounds.")
    ]
    inputs: Annotated[
        list[dict[str, Any]] | None, Field(description="Each input and whether it counted.")
    ]
    smallest_changes: list[Change]
    exit_window: Window | None
