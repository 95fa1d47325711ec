"""Timelines as rows: what is stored of a household's episodes and transitions.

Only the difference between what is stored and what the events say is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from shared.areas.tree import AreaTree
from shared.households import tallies
from shared.households.events import Assessed
from shared.households.later_reviews import Standing, extended
from shared.households.spells import Placement, Spell
from shared.households.timeline import Episode, Timeline
from shared.households.transitions import Transition
from shared.kernel.revisions import content_id
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
    renumbered_area: int | None
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
) -> tuple[dict[str, list[EpisodeRow]], list[TransitionRow]]:
    """Return what must be stored of these timelines when days up to `announced` are announced.

    Episodes by household and in order of days.
    """
    terms = _Terms(areas, policy)
    episodes: dict[str, list[EpisodeRow]] = {}
    transitions: list[TransitionRow] = []
    for household, timeline in timelines.items():
        later = {t.on for t in timeline.transitions if t.on > announced}
        episodes[household] = [_episode(household, e, terms, later) for e in timeline.episodes]
        transitions += [
            _transition(household, t, terms) for t in timeline.transitions if t.on <= announced
        ]
    return episodes, transitions


def recognised_rows_of(
    timelines: Mapping[str, Timeline],
    computed: Mapping[str, Sequence[EpisodeRow]],
    areas: AreaTree,
    policy: Policy,
) -> dict[str, list[EpisodeRow]]:
    """Return what must be stored of recognised timelines: of those that differ from computed ones.

    None of their days is announced.
    """
    episodes, _ = rows_of(timelines, areas, policy, date.max)
    return {
        household: rows
        for household, rows in episodes.items()
        if rows != [row._replace(due_on=None) for row in computed[household]]
    }


def replaced(
    stored: Mapping[str, Sequence[EpisodeRow]], episodes: Mapping[str, Sequence[EpisodeRow]]
) -> tuple[list[EpisodeRow], list[EpisodeRow]]:
    """Return the rows to close and those to open, of all households in either."""
    before = {row for rows in stored.values() for row in rows}
    after = {row for rows in episodes.values() for row in rows}
    return sorted(before - after, key=_place), sorted(after - before, key=_place)


def _place(row: EpisodeRow) -> tuple[str, date]:
    return row.household_id, row.valid_from


class Tail(NamedTuple):
    """What stands of a household on a day and behind it: all of the spell that the day lies in.

    `lists` are those that it was ever on before the day. `stood` is the episode of when the year
    began, if it lies before the others: flows are told since then.
    """

    rows: list[EpisodeRow]
    lists: frozenset[str]
    stood: list[EpisodeRow]

    def extensible(self, first: date) -> bool:
        """Say whether reviews from a day on, behind all that was folded, can be added to it.

        Behind the day only the end of a running exit window may stand, which comes by itself.
        """
        before = [row for row in self.rows if row.valid_from < first]
        behind = self.rows[len(before) :]
        if not before or before[-1].status == "closed":
            return False
        last = before[-1]
        if any(row.spell_from != last.spell_from for row in before):
            return False
        if last.status != "recently_exited":
            return not behind
        return [(row.assessment, row.status, row.valid_to) for row in behind] == [
            (last.assessment, "non_poor", None)
        ] and behind[0].valid_from > first


def extended_rows_of(
    tails: Mapping[str, Tail],
    reviews: Mapping[str, Sequence[Assessed]],
    areas: AreaTree,
    policy: Policy,
    announced: date,
) -> tuple[dict[str, list[EpisodeRow]], list[TransitionRow]]:
    """Return the same of households whose reviews are added to what stands, in place of the tails.

    Their episodes begin with what `stood`; transitions are those from the first of the reviews on.
    """
    terms = _Terms(areas, policy)
    episodes: dict[str, list[EpisodeRow]] = {}
    transitions: list[TransitionRow] = []
    for household, tail in tails.items():
        line, rows = _extended(tail, reviews[household], policy)
        later = {t.on for t in line.transitions if t.on > announced}
        rows += [_episode(household, e, terms, later) for e in line.episodes]
        episodes[household] = tail.stood + rows
        transitions += [
            _transition(household, t, terms) for t in line.transitions if t.on <= announced
        ]
    return episodes, transitions


def _extended(
    tail: Tail, reviews: Sequence[Assessed], policy: Policy
) -> tuple[Timeline, list[EpisodeRow]]:
    """Return what reviews add, and the rows before them as they then are."""
    first = min(review.effective_from for review in reviews)
    rows = [row for row in tail.rows if row.valid_from < first]
    last, behind = rows[-1], tail.rows[len(rows) :]
    spell = _spell(last)
    window_end = behind[0].valid_from if behind else None
    standing = Standing(spell, window_end, tail.lists, last.ethnic_group)
    line = extended(standing, reviews, policy)
    if spell is not None:
        rows = [row._replace(spell_to=line.spells[0].end) for row in rows]
    rows[-1] = rows[-1]._replace(valid_to=first)
    return line, rows


def _spell(row: EpisodeRow) -> Spell | None:
    """Return the spell that a row lies in; whether a rule opened it plays no part behind it."""
    start, status, standard, event = row.spell_from, row.status, row.standard, row.spell_event
    if start is None or status is None or standard is None or event is None:
        return None
    return Spell(start, row.spell_to, status, row.living_standard, standard, event)


@dataclass(frozen=True, slots=True)
class _Terms:
    """The ids and codes of one batch, in which most households share places, days and lacks."""

    areas: AreaTree
    policy: Policy
    _area_ids: dict[tuple[str, date], int] = field(default_factory=dict)
    _codes: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = field(default_factory=dict)

    def area_id(self, placement: Placement) -> int:
        """Return the unit that a placement names."""
        key = placement.area_code, placement.reported_on
        area_id = self._area_ids.get(key)
        if area_id is None:
            area_id = self._area_ids[key] = self.areas.on(*key).area_id
        return area_id

    def codes(self, assessed: Assessed, spell: Spell) -> tuple[str, ...]:
        """Return the codes of what is lacking; the door lets callers name them by key too."""
        key = spell.standard, assessed.deprived
        codes = self._codes.get(key)
        if codes is None:
            standard = self.policy.standards.named(spell.standard, assessed.effective_from)
            codes = tuple(sorted(standard.indicator_code(name) for name in assessed.deprived))
            self._codes[key] = codes
        return codes


def _episode(
    household: str, episode: Episode, terms: _Terms, later: Collection[date]
) -> EpisodeRow:
    # By position and not by name: a row is made for every episode of every household of a batch.
    spell, placement, assessed = episode.spell, episode.placement, episode.assessment
    return EpisodeRow(
        household,
        episode.start,
        episode.end,
        episode.status,
        spell.living_standard if spell else None,
        spell.standard if spell else None,
        spell.start if spell else None,
        spell.end if spell else None,
        spell.event if spell else None,
        assessed.event_id if assessed else None,
        terms.area_id(placement) if placement else None,
        placement.area_type if placement else None,
        episode.ethnic_group,
        terms.codes(assessed, spell) if assessed and spell else None,
        episode.entry,
        terms.area_id(episode.renumbered) if episode.renumbered else None,
        episode.start if episode.start in later else None,
    )


def _transition(household: str, transition: Transition, terms: _Terms) -> TransitionRow:
    placement = transition.placement
    unit = None
    if placement is not None:
        reported = terms.areas.by_id(terms.area_id(placement))
        unit = terms.areas.current(reported, transition.on)
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


@dataclass(frozen=True)
class Difference:
    """Rows to close and to open, transitions to take back and to publish, amounts to add."""

    closed: list[EpisodeRow]
    opened: list[EpisodeRow]
    retracted: list[tuple[TransitionRow, UUID]]
    published: list[TransitionRow]
    amounts: tallies.Amounts


def difference_of(
    stored: Mapping[str, Sequence[EpisodeRow]],
    standing: Mapping[TransitionRow, UUID],
    episodes: Mapping[str, Sequence[EpisodeRow]],
    transitions: Sequence[TransitionRow],
) -> Difference:
    """Compare the stored episodes and published transitions with those that are to stand.

    Of each household from the first episode that differs: what begins alike is looked at no more.
    """
    due = set(transitions)
    difference = Difference(
        closed=[],
        opened=[],
        retracted=[pair for pair in standing.items() if pair[0] not in due],
        published=[row for row in transitions if row not in standing],
        amounts={},
    )
    for household, rows in episodes.items():
        _compare(difference, stored.get(household, ()), rows)
    return difference


def _compare(
    difference: Difference, stored: Sequence[EpisodeRow], rows: Sequence[EpisodeRow]
) -> None:
    alike = 0
    for one, other in zip(stored, rows, strict=False):
        if one != other:
            break
        alike += 1
    earlier, old, new = stored[:alike], stored[alike:], rows[alike:]
    difference.closed.extend(row for row in old if row not in new)
    difference.opened.extend(row for row in new if row not in old)
    tallies.add(difference.amounts, earlier, old, -1)
    tallies.add(difference.amounts, earlier, new, 1)
