"""Spells: uninterrupted times in one status, from the assessments that count; placements: where.

Law: 28/2015/QĐ-TTg Art. 2, 02/2021/QĐ-TTg (hộ mới thoát nghèo: how long is the policy's to say),
07/2021/NĐ-CP Art. 3 (rural or urban is where the household lives).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.households.events import Assessed, Closed, HouseholdEvent, Moved, Registered
from shared.kernel.periods import earlier
from shared.law.standards import LISTS, Classification, Policy, Standard


@dataclass(frozen=True, slots=True)
class Spell:
    """An unbroken stretch in one status, living standard and poverty standard; `end` exclusive.

    `event` is the assessment that opened it; for the non-poor spell after an exit window it is the
    assessment then in force, and `by_rule` is set.
    """

    start: date
    end: date | None
    status: str
    living_standard: str | None
    standard: str
    event: UUID
    by_rule: bool = False


@dataclass(frozen=True, slots=True)
class Exit:
    """What a household has left of the lists on which it is no more, or which it is about to leave.

    `listed`: on one until now, so that the next non-poor review opens the window; else the first
    day after the window that runs, if one does.
    """

    listed: bool = False
    window_end: date | None = None


NO_EXIT = Exit()


def counting_assessments(events: Sequence[HouseholdEvent]) -> tuple[Assessed, ...]:
    """Return the assessments that count, in order: of one effective date only the last."""
    assessments = [event for event in events if isinstance(event, Assessed)]
    if len(assessments) > 1:
        assessments.sort(key=lambda e: (e.effective_from, e.assessed_on, e.external_id, e.source))
    return tuple({event.effective_from: event for event in assessments}.values())


def spells_of(
    assessments: Sequence[Assessed],
    policy: Policy,
    closed_on: date | None,
    brought: Exit = NO_EXIT,
) -> tuple[Spell, ...]:
    """Return the spells of a household: contiguous, half-open, merged where nothing differs.

    `brought` is what older households of the family leave to the first review.
    """
    pieces: list[Spell] = []
    window_end, was_listed = brought.window_end, brought.listed
    if window_end is not None and assessments and window_end <= assessments[0].effective_from:
        window_end = None
    for position, event in enumerate(assessments):
        later = assessments[position + 1 : position + 2]
        end = later[0].effective_from if later else closed_on
        standard = standard_of(event, policy)
        verdict = verdict_of(event, standard)
        start = event.effective_from
        if verdict.status in LISTS:
            window_end, was_listed = None, True
            pieces.append(Spell(start, end, verdict.status, None, standard.id, event.event_id))
            continue
        if was_listed:
            window_end, was_listed = policy.exit_window_end(start), False
        pieces += _non_poor(event, verdict.living_standard, standard.id, end, window_end)
    return merged(pieces)


def standard_of(event: Assessed, policy: Policy) -> Standard:
    """Return the standard that an assessment names, else the one in force on its first day."""
    if event.standard is None:
        return policy.standards.on(event.effective_from)
    return policy.standards.named(event.standard, event.effective_from)


def verdict_of(event: Assessed, standard: Standard) -> Classification:
    """Return the class of an assessment: as decided if a decision is to count, else as computed.

    A decision says nothing of the living standard; the computed one holds where both are non-poor.
    """
    computed = standard.classify(event.area_type, event.measure, event.value, event.lacking)
    if event.decided is None or event.decided == computed.status:
        return computed
    return Classification(event.decided, None, None)


def _non_poor(
    event: Assessed,
    living: str | None,
    standard: str,
    end: date | None,
    window_end: date | None,
) -> list[Spell]:
    """Split a non-poor stretch where the exit window ends inside it."""
    start, event_id = event.effective_from, event.event_id
    if window_end is None or window_end < start:
        return [Spell(start, end, "non_poor", living, standard, event_id)]
    after = Spell(window_end, end, "non_poor", living, standard, event_id, by_rule=True)
    if window_end == start:
        return [after]
    recent = Spell(start, earlier(window_end, end), "recently_exited", living, standard, event_id)
    return [recent] if end is not None and end <= window_end else [recent, after]


def merged(pieces: Sequence[Spell]) -> tuple[Spell, ...]:
    """Return the pieces with those made one that follow one another and differ in nothing."""
    spells: list[Spell] = []
    for piece in pieces:
        last = spells[-1] if spells else None
        if last is not None and _same(last, piece):
            spells[-1] = Spell(
                last.start,
                piece.end,
                last.status,
                last.living_standard,
                last.standard,
                last.event,
                last.by_rule,
            )
        else:
            spells.append(piece)
    return tuple(spells)


def _same(one: Spell, other: Spell) -> bool:
    return (
        one.status == other.status
        and one.living_standard == other.living_standard
        and one.standard == other.standard
    )


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the household lives from `start` on, as reported in that event."""

    start: date
    area_code: str
    area_type: str
    reported_on: date


PLACING_RANK = {Moved: 0, Registered: 1, Assessed: 2}


def placements_of(events: Sequence[HouseholdEvent]) -> tuple[Placement, ...]:
    """Return where the household lives: on one day moved, registered, assessed; the last wins."""
    by_day: dict[date, Placement] = {}
    for event in in_placing_order(events):
        day = event.effective_from
        by_day[day] = Placement(day, event.area_code, event.area_type, day)
    return tuple(by_day.values())


def in_placing_order(
    events: Sequence[HouseholdEvent],
) -> list[Assessed | Registered | Moved]:
    """Return the events that say where, in the order in which the last one of a day wins."""
    placing = [e for e in events if not isinstance(e, Closed)]
    if len(placing) > 1:
        placing.sort(
            key=lambda e: (e.effective_from, PLACING_RANK[type(e)], e.external_id, e.source)
        )
    return placing


def placement_on(placements: Sequence[Placement], day: date) -> Placement | None:
    """Return the placement in force on a day, None before the first."""
    latest = None
    for placement in placements:
        if placement.start > day:
            break
        latest = placement
    return latest
