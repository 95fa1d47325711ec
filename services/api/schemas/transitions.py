"""Shapes of transitions and of their feed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from shared.law.standards import ListName, Status


class Movement(BaseModel):
    """A household leaves or enters one of the two lists."""

    list: ListName
    kind: Literal["left", "relapsed", "newly_arisen"]


class EventCause(BaseModel):
    """The event that made the change."""

    event_id: UUID


class RuleCause(BaseModel):
    """The rule that made the change."""

    rule: Literal["exit_window_ended"]


class Transition(BaseModel):
    """A published change of status."""

    transition_id: UUID
    household_id: str
    area_code: str | None
    on: date
    from_: Annotated[Status | None, Field(alias="from")]
    to: Status
    movements: list[Movement]
    standard_changed: bool
    cause: EventCause | RuleCause
    recorded_at: datetime


class FeedTransition(Transition):
    """A transition at its place in the feed."""

    seq: int


class Retraction(BaseModel):
    """A correction undid a transition."""

    seq: int
    retracts: UUID


class Feed(BaseModel):
    """A page of the feed."""

    items: list[FeedTransition | Retraction]
    next_cursor: Annotated[str, Field(description="Never null: the feed has no end.")]
