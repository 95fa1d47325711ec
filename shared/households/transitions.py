"""Transitions: the changes between spells, and the movements on the two lists that they make.

Law: 17/2016/TT-BLĐTBXH form 3 (left, relapsed, newly arisen); no act limits how far back
a time on the list makes a relapse, so the look-back is the policy's `relapse_lookback_months`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from shared.households.events import Closed
from shared.households.spells import NO_EXIT, Exit, Placement, Spell, placement_on
from shared.kernel.periods import add_months
from shared.law.standards import LISTS, Policy

EXIT_WINDOW_ENDED: Final = "exit_window_ended"
MovementKind = Literal["left", "relapsed", "newly_arisen"]


@dataclass(frozen=True, slots=True)
class Movement:
    """A household enters or leaves one of the two lists (hộ nghèo, hộ cận nghèo)."""

    list: str
    kind: str


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of status on a day; `before` None: first known, `after` "closed": the end.

    `renumbered`: where the family lived under its old number, or lives under its new one, if all
    that changes on this day is the number; then no list is left or entered.
    """

    on: date
    before: str | None
    after: str
    movements: tuple[Movement, ...]
    standard_changed: bool
    event: UUID | None
    placement: Placement | None
    renumbered: Placement | None = None


@dataclass(frozen=True, slots=True)
class ListStay:
    """A time on a list, as remembered for telling relapses from new arrivals."""

    list: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Kinship:
    """What a household has of the others of its family.

    `came_from` and `goes_on`: where it lived under the number that it had before its first review,
    and where it lives under the one under which it goes on after its closure.
    """

    stays: tuple[ListStay, ...] = ()
    exit: Exit = NO_EXIT
    came_from: Placement | None = None
    goes_on: Placement | None = None


ALONE = Kinship()


def transitions_of(
    spells: Sequence[Spell],
    placements: Sequence[Placement],
    policy: Policy,
    kin: Kinship,
    closure: Closed | None,
    before: Spell | None = None,
) -> tuple[Transition, ...]:
    """Return one transition per change of status, and one at the closure, in order of days.

    `before` is the spell that the first one follows, if it follows one.
    """
    transitions: list[Transition] = []
    stays = list(kin.stays)
    for spell in spells:
        if before is None or spell.status != before.status:
            renumbered = kin.came_from if before is None else None
            transitions.append(
                Transition(
                    on=spell.start,
                    before=before.status if before else None,
                    after=spell.status,
                    movements=() if renumbered else _movements(before, spell, stays, policy),
                    standard_changed=before is not None and before.standard != spell.standard,
                    event=None if spell.by_rule else spell.event,
                    placement=placement_on(placements, spell.start),
                    renumbered=renumbered,
                )
            )
        if spell.status in LISTS:
            stays.append(ListStay(spell.status, spell.start, spell.end))
        before = spell
    if closure is not None:
        transitions.append(_closing(before, closure, placements, kin.goes_on))
    return tuple(transitions)


def _closing(
    last: Spell | None,
    closure: Closed,
    placements: Sequence[Placement],
    goes_on: Placement | None,
) -> Transition:
    leaves = last is not None and last.status in LISTS and goes_on is None
    left = (Movement(last.status, "left"),) if last is not None and leaves else ()
    return Transition(
        on=closure.effective_from,
        before=last.status if last else None,
        after="closed",
        movements=left,
        standard_changed=False,
        event=closure.event_id,
        placement=placement_on(placements, closure.effective_from),
        renumbered=goes_on,
    )


def _movements(
    before: Spell | None, after: Spell, stays: Sequence[ListStay], policy: Policy
) -> tuple[Movement, ...]:
    moves = []
    if before is not None and before.status in LISTS:
        moves.append(Movement(before.status, "left"))
    if after.status in LISTS:
        moves.append(Movement(after.status, _entry(after, stays, policy)))
    return tuple(moves)


def _entry(spell: Spell, stays: Sequence[ListStay], policy: Policy) -> str:
    """Tell a relapse (tái nghèo) from a new arrival (phát sinh mới)."""
    for stay in stays:
        if stay.list != spell.status or stay.start >= spell.start:
            continue
        months = policy.relapse_lookback_months
        if months is None or stay.end is None or add_months(stay.end, months) > spell.start:
            return "relapsed"
    return "newly_arisen"
