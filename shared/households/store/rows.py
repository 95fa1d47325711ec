"""Timelines as rows: what is stored of a household's episodes and transitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from shared.areas.tree import AreaTree
from shared.households.episodes import Episode
from shared.households.events import Assessed
from shared.households.spells import Spell
from shared.households.timeline import Timeline
from shared.households.transitions import Transition
from shared.kernel.ids import content_id
from shared.law.standards import Policy


class EpisodeRow(NamedTuple):
    """One episode as stored, without its system time."""

    household_id: str
    valid_from: date
    valid_to: date | None
    status: str | None
    living_standard: str | None
    standard: str | None
    spell_from: date | None
    spell_to: date | None
    spell_event: UUID | None
    assessment: UUID | None
    area_id: int | None
    area_type: str | None
    ethnic_group: str | None
    deprived: tuple[str, ...] | None
    entry: str | None
    due_on: date | None


class TransitionRow(NamedTuple):
    """One published transition, without its id and system time."""

    household_id: str
    area_id: int | None
    area_code: str | None
    on_date: date
    from_status: str | None
    to_status: str
    movements: tuple[str, ...]
    standard_changed: bool
    cause_event: UUID | None

    def identity(self, at: datetime) -> UUID:
        """Return the id of this assertion: asserted again after a retraction, it gets another."""
        what = f"{self.household_id}|{self.on_date}|{self.from_status}|{self.to_status}"
        return content_id(f"urn:poverty-registry:transition:{what}|{at.isoformat()}")


def rows_of(
    timelines: Mapping[str, Timeline], areas: AreaTree, policy: Policy, announced: date
) -> tuple[list[EpisodeRow], list[TransitionRow]]:
    """Return what must be stored of these timelines when days up to `announced` are announced."""
    episodes: list[EpisodeRow] = []
    transitions: list[TransitionRow] = []
    for household, timeline in timelines.items():
        later = {t.on for t in timeline.transitions if t.on > announced}
        episodes += [_episode(household, e, areas, policy, later) for e in timeline.episodes]
        transitions += [
            _transition(household, t, areas) for t in timeline.transitions if t.on <= announced
        ]
    return episodes, transitions


def _episode(
    household: str, episode: Episode, areas: AreaTree, policy: Policy, later: Iterable[date]
) -> EpisodeRow:
    spell, placement, assessed = episode.spell, episode.placement, episode.assessment
    area = None
    if placement is not None:
        area = areas.on(placement.area_code, placement.reported_on).area_id
    return EpisodeRow(
        household_id=household,
        valid_from=episode.start,
        valid_to=episode.end,
        status=episode.status,
        living_standard=spell.living_standard if spell else None,
        standard=spell.standard if spell else None,
        spell_from=spell.start if spell else None,
        spell_to=spell.end if spell else None,
        spell_event=spell.event if spell else None,
        assessment=assessed.event_id if assessed else None,
        area_id=area,
        area_type=placement.area_type if placement else None,
        ethnic_group=episode.ethnic_group,
        deprived=_codes(assessed, spell, policy),
        entry=episode.entry,
        due_on=episode.start if episode.start in later else None,
    )


def _codes(
    assessed: Assessed | None, spell: Spell | None, policy: Policy
) -> tuple[str, ...] | None:
    """Return the indicator codes of an assessment; the door lets callers name them by key too."""
    if assessed is None or spell is None:
        return None
    standard = policy.standards.named(spell.standard, assessed.effective_from)
    return tuple(sorted(standard.indicator_code(name) for name in assessed.deprived))


def _transition(household: str, transition: Transition, areas: AreaTree) -> TransitionRow:
    placement = transition.placement
    unit = None
    if placement is not None:
        reported = areas.on(placement.area_code, placement.reported_on)
        unit = areas.current(reported, transition.on)
    return TransitionRow(
        household_id=household,
        area_id=unit.area_id if unit else None,
        area_code=unit.code if unit else None,
        on_date=transition.on,
        from_status=transition.before,
        to_status=transition.after,
        movements=tuple(f"{m.list}:{m.kind}" for m in transition.movements),
        standard_changed=transition.standard_changed,
        cause_event=transition.event,
    )
