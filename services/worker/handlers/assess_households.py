"""household-event.recorded → timelines recomputed → household-status.changed.

Recompute, never increment: whatever arrived, in whatever order and however often, the timeline is
folded anew from the set of events and only its difference to what is stored is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.worker import reviewing
from shared.areas.tree import AreaTree
from shared.households import tallies
from shared.households.episodes import Episode
from shared.households.events import Assessed, HouseholdEvent
from shared.households.spells import Spell
from shared.households.store import announcements, households
from shared.households.store import events as household_events
from shared.households.store import tallies as ledger
from shared.households.store import timelines as store
from shared.households.timeline import Timeline
from shared.households.timelines import continued, timelines
from shared.households.transitions import Transition
from shared.kernel import knowledge
from shared.kernel.database import Snapshot, Transaction
from shared.law.standards import Policy
from shared.law.store.seed_cache import POLICY, SeedCache
from shared.messages import HOUSEHOLD_IDS_MAX, HOUSEHOLD_STATUS_CHANGED
from shared.messaging import outbox
from shared.messaging.message import Message

# Per household: the ids of its transitions newly published, and of those retracted.
_Changed = dict[str, tuple[list[str], list[str]]]


@dataclass(frozen=True)
class AssessHouseholds:
    """Recompute the timelines of the households named, and of those that continue them."""

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce: one transaction for the whole batch."""
        loaded = await _load(tx, items)
        areas, policy = await self.seeds.areas(tx), await self.seeds.read(tx, POLICY)
        decided = timelines(loaded.events, loaded.household_ids, policy)
        difference = _difference(loaded, decided, areas, policy)
        at = await knowledge.tick(tx)
        changed = await _save(tx, loaded, difference, at)
        await ledger.append(tx, difference.amounts, at)
        await outbox.append(tx, _announcements(changed, at))
        await self._review(tx, loaded, areas, policy, at)

    async def _review(
        self, tx: Transaction, loaded: _Loaded, areas: AreaTree, policy: Policy, at: datetime
    ) -> None:
        ids = loaded.household_ids
        found = await reviewing.of_households(tx, self.seeds, areas, policy, ids, loaded.events)
        subjects = [reviewing.household_subject(household) for household in ids]
        await reviewing.replace(tx, subjects, found, at)


@dataclass(frozen=True)
class _Loaded:
    household_ids: tuple[str, ...]
    through: datetime
    announced: date
    events: dict[str, list[HouseholdEvent]]
    episodes: set[store.EpisodeRow]
    published: dict[store.TransitionRow, UUID]


async def _load(tx: Transaction, items: Sequence[str]) -> _Loaded:
    heirs = await household_events.descendants(tx, items)
    ids = tuple(sorted({*items, *heirs}))
    through = await households.lock(tx, ids)
    announced = await announcements.through(tx)
    events = await load_events(tx, ids)
    return _Loaded(
        ids,
        through,
        announced,
        events,
        await store.current_episodes(tx, ids),
        await store.published(tx, ids),
    )


async def load_events(
    snapshot: Snapshot, household_ids: Sequence[str]
) -> dict[str, list[HouseholdEvent]]:
    """Return the events of these households, and of the older ones that they continue."""
    events = await household_events.counting(snapshot, household_ids)
    missing = {older for found in events.values() for older in continued(found)} - events.keys()
    while missing:
        older = await household_events.counting(snapshot, sorted(missing))
        events.update({household: older.get(household, []) for household in missing})
        missing = {o for found in older.values() for o in continued(found)} - events.keys()
    return events


@dataclass(frozen=True)
class _Difference:
    closed: list[store.EpisodeRow]
    opened: list[store.EpisodeRow]
    retracted: list[tuple[store.TransitionRow, UUID]]
    published: list[store.TransitionRow]
    amounts: tallies.Amounts


def _difference(
    loaded: _Loaded, decided: dict[str, Timeline], areas: AreaTree, policy: Policy
) -> _Difference:
    episodes, transitions = rows(decided, areas, policy, loaded.announced)
    wanted = set(episodes)
    due = set(transitions)
    return _Difference(
        closed=sorted(loaded.episodes - wanted, key=lambda r: (r.household_id, r.valid_from)),
        opened=[row for row in episodes if row not in loaded.episodes],
        retracted=[pair for pair in loaded.published.items() if pair[0] not in due],
        published=[row for row in transitions if row not in loaded.published],
        amounts=_amounts(loaded.episodes, episodes, areas),
    )


def _amounts(
    stored: Iterable[store.EpisodeRow], decided: Iterable[store.EpisodeRow], areas: AreaTree
) -> tallies.Amounts:
    before: dict[str, list[store.EpisodeRow]] = {}
    for row in stored:
        before.setdefault(row.household_id, []).append(row)
    after: dict[str, list[store.EpisodeRow]] = {}
    for row in decided:
        after.setdefault(row.household_id, []).append(row)
    amounts: tallies.Amounts = {}
    for household in before.keys() | after.keys():
        old = sorted(before.get(household, ()), key=_day)
        tallies.add_changes(amounts, old, after.get(household, []), areas.provinces)
    return amounts


def _day(row: store.EpisodeRow) -> date:
    return row.valid_from


def rows(
    decided: dict[str, Timeline], areas: AreaTree, policy: Policy, announced: date
) -> tuple[list[store.EpisodeRow], list[store.TransitionRow]]:
    """Return what must be stored of these timelines when days up to `announced` are announced."""
    episodes: list[store.EpisodeRow] = []
    transitions: list[store.TransitionRow] = []
    for household, folded in decided.items():
        later = {t.on for t in folded.transitions if t.on > announced}
        episodes += [_episode(household, e, areas, policy, later) for e in folded.episodes]
        transitions += [
            _transition(household, t, areas) for t in folded.transitions if t.on <= announced
        ]
    return episodes, transitions


def _episode(
    household: str, episode: Episode, areas: AreaTree, policy: Policy, later: Iterable[date]
) -> store.EpisodeRow:
    spell, placement, assessed = episode.spell, episode.placement, episode.assessment
    area = None
    if placement is not None:
        area = areas.on(placement.area_code, placement.reported_on).area_id
    return store.EpisodeRow(
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


def _transition(household: str, transition: Transition, areas: AreaTree) -> store.TransitionRow:
    placement = transition.placement
    unit = None
    if placement is not None:
        reported = areas.on(placement.area_code, placement.reported_on)
        unit = areas.current(reported, transition.on)
    return store.TransitionRow(
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


async def _save(
    tx: Transaction, loaded: _Loaded, difference: _Difference, at: datetime
) -> _Changed:
    if difference.closed:
        await store.close_episodes(tx, difference.closed, at)
    if difference.opened:
        await store.open_episodes(tx, difference.opened, at)
    changed: _Changed = {}
    if difference.retracted:
        ids = await store.retract(tx, difference.retracted, at)
        for (row, _), transition_id in zip(difference.retracted, ids, strict=True):
            changed.setdefault(row.household_id, ([], []))[1].append(str(transition_id))
    if difference.published:
        ids = await store.publish(tx, difference.published, at)
        for row, transition_id in zip(difference.published, ids, strict=True):
            changed.setdefault(row.household_id, ([], []))[0].append(str(transition_id))
    await households.folded(tx, loaded.household_ids, loaded.through)
    return changed


def _announcements(changed: _Changed, at: datetime) -> list[Message]:
    ids = sorted(changed)
    chunks = [ids[n : n + HOUSEHOLD_IDS_MAX] for n in range(0, len(ids), HOUSEHOLD_IDS_MAX)]
    return [
        Message.new(
            HOUSEHOLD_STATUS_CHANGED,
            at,
            {
                "household_ids": chunk,
                "transition_ids": [i for h in chunk for i in changed[h][0]],
                "retracted_ids": [i for h in chunk for i in changed[h][1]],
            },
        )
        for chunk in chunks
    ]
