"""Items of the feed of transitions, as they are told: in answers, in streams and by webhooks."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared.households.store import feed
from shared.households.transitions import EXIT_WINDOW_ENDED, MovementKind
from shared.http.schemas import Instant
from shared.law.standards import ListName, Status


class Movement(Struct, frozen=True):
    """A household leaves or enters one of the two lists."""

    list: Annotated[ListName, Meta(description="The list.")]
    kind: Annotated[
        MovementKind, Meta(description="It left, came back within the law's time, or is new.")
    ]


class TransitionCause(Struct, frozen=True):
    """What made a change: an event, or else a rule."""

    event_id: Annotated[UUID, Meta(description="The event that made it.")] | UnsetType = UNSET
    rule: (
        Annotated[
            Literal["exit_window_ended"],
            Meta(description="The rule that made it: the time as recently exited is over."),
        ]
        | UnsetType
    ) = UNSET


class Transition(Struct, frozen=True):
    """A published change of status."""

    transition_id: Annotated[UUID, Meta(description="Id of the transition.")]
    household_id: Annotated[str, Meta(description="Id of the household.")]
    area_code: Annotated[
        str | None, Meta(description="Where it lived on the day, as reported; null: not known.")
    ]
    on: Annotated[date, Meta(description="The day of the change.")]
    from_: Annotated[Status | None, Meta(description="The class before; null: none yet.")] = (
        msgspec.field(name="from")
    )
    to: Annotated[Status, Meta(description="The class from the day on.")]
    movements: Annotated[
        list[Movement], Meta(description="What it means for the two lists; may be nothing.")
    ]
    standard_changed: Annotated[
        bool, Meta(description="The class before was measured by another poverty standard.")
    ]
    cause: Annotated[TransitionCause, Meta(description="What made the change.")]
    recorded_at: Annotated[Instant, Meta(description="When it was committed.")]

    @classmethod
    def of(cls, row: feed.Transition, **place: Any) -> Self:
        """Return a transition as callers see it."""
        event = row.cause_event
        return cls(
            transition_id=row.transition_id,
            household_id=row.household_id,
            area_code=row.area_code,
            on=row.on,
            from_=row.from_status,
            to=row.to_status,
            movements=[_movement(stored) for stored in row.movements],
            standard_changed=row.standard_changed,
            cause=TransitionCause(rule=EXIT_WINDOW_ENDED)
            if event is None
            else TransitionCause(event_id=event),
            recorded_at=row.recorded_at,
            **place,
        )


def _movement(stored: str) -> Movement:
    name, _, kind = stored.partition(":")
    return msgspec.convert({"list": name, "kind": kind}, Movement)


Seq = Annotated[int, Meta(description="Its place in the feed.")]


class FeedTransition(Transition, frozen=True):
    """A transition at its place in the feed."""

    seq: Seq


class Retraction(Struct, frozen=True):
    """A correction undid a transition."""

    seq: Seq
    retracts: Annotated[UUID, Meta(description="Id of the transition that no longer holds.")]


def item(row: feed.Transition) -> FeedTransition | Retraction:
    """Return a transition or a retraction as callers see it."""
    if row.retracts is not None:
        return Retraction(row.seq, row.retracts)
    return FeedTransition.of(row, seq=row.seq)
