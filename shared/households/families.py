"""Families: households that go on under another id, or out of which another one came.

A household that `continues` an older one brings along what that one had lived through before the
registration: its times on the lists, its exit window, running or deserved, and what it was
supported with (`shared.money`). What the older one lives through afterwards is its own.

- An older household that lives on (it is reviewed or moves from the registration on) was split:
  its lists stay its own, window and supports are shared.
- Where the older one ends on the very day and in the class in which the younger one begins, the
  family only changed its number: nobody left a list and nobody came on one.

Law: 28/2015/QĐ-TTg Art. 2 ("đã từng là hộ nghèo": what was once granted belongs to the people, not
to the number under which a register keeps them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.households.events import Assessed, Closed, HouseholdEvent, Moved, Registered
from shared.households.spells import Exit, Placement, Spell
from shared.households.timeline import Timeline, timeline
from shared.households.transitions import ALONE, Kinship, ListStay
from shared.kernel.periods import earlier
from shared.law.standards import LISTS, Policy

# The younger household, and the older one that it continues.
Link = tuple[str, str]
Events = Mapping[str, Sequence[HouseholdEvent]]


def timelines(events: Events, household_ids: Sequence[str], policy: Policy) -> dict[str, Timeline]:
    """Fold each wanted household; `events` must also hold all of their families."""
    families = Families.of(events, policy)
    return {
        household: timeline(events.get(household, ()), policy, families.kinship(household))
        for household in household_ids
    }


def older_households(events: Sequence[HouseholdEvent]) -> tuple[tuple[str, date], ...]:
    """Return the older households that a household continues, each with the day of registration."""
    links = {
        (event.continues, event.effective_from)
        for event in events
        if type(event) is Registered and event.continues is not None
    }
    if not links:
        return ()
    end = min((e.effective_from for e in events if isinstance(e, Closed)), default=date.max)
    return tuple(sorted(link for link in links if link[1] < end))


@dataclass(frozen=True, slots=True)
class Families:
    """Who continues whom among some households, and what follows for each of them."""

    events: Events
    policy: Policy
    older: Mapping[str, Sequence[tuple[str, date]]]
    younger: Mapping[str, Sequence[tuple[str, date]]]
    _alone: dict[str, Timeline] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Events, policy: Policy) -> Families:
        """Read the links of these households."""
        older = {name: links for name, own in events.items() if (links := older_households(own))}
        younger: dict[str, list[tuple[str, date]]] = {}
        for name, links in older.items():
            for elder, day in links:
                younger.setdefault(elder, []).append((name, day))
        return cls(events, policy, older, younger)

    def kinship(self, household: str) -> Kinship:
        """Return what a household has of its family."""
        if household not in self.older and household not in self.younger:
            return ALONE
        return Kinship(
            stays=tuple(self._stays(household)),
            exit=self._exit(household),
            came_from=self._came_from(household),
            goes_on=self._goes_on(household),
        )

    def _line(self, household: str) -> Timeline:
        """Return a household's timeline as if it had no family: its lists are never another's."""
        line = self._alone.get(household)
        if line is None:
            line = timeline(self.events.get(household, ()), self.policy)
            self._alone[household] = line
        return line

    # --- lists ------------------------------------------------------------------------------------

    def _stays(self, household: str) -> Iterator[ListStay]:
        """Give the list history of every older household in the chain, each up to its own day."""
        for older, day in self._ancestors(household).items():
            for spell in self._line(older).spells:
                if spell.status in LISTS and spell.start < day:
                    yield ListStay(spell.status, spell.start, earlier(spell.end, day))

    def _ancestors(self, household: str) -> dict[str, date]:
        """Return every older household with the last day up to which any way through leads.

        Circles end, for a day is only ever moved later.
        """
        days: dict[str, date] = {}
        waiting = [(household, date.max)]
        while waiting:
            younger, limit = waiting.pop()
            for older, day in self.older.get(younger, ()):
                until = min(day, limit)
                if older == household or until <= days.get(older, date.min):
                    continue
                if not self._lives_on(older, day):
                    days[older] = until
                    waiting.append((older, until))
        return days

    def _lives_on(self, household: str, day: date) -> bool:
        """Say whether a household is reviewed or moves from a day on."""
        end = self._line(household).closed_on
        return any(
            day <= event.effective_from and (end is None or event.effective_from < end)
            for event in self.events.get(household, ())
            if isinstance(event, Assessed | Moved)
        )

    # --- the exit window --------------------------------------------------------------------------

    def _exit(self, household: str) -> Exit:
        """Return what the older ones leave to the first review of a household."""
        listed, ends = False, list[date]()
        for spells, last, opened in self._once_listed(household):
            first = spells[last + 1].start if last + 1 < len(spells) else opened
            if first is None:
                listed = True
            else:
                ends.append(self.policy.exit_window_end(first))
        return Exit(listed, max(ends, default=None))

    def _once_listed(self, household: str) -> Iterator[tuple[list[Spell], int, date | None]]:
        """Give the nearest older households with a time on a list: spells, the last such, and
        the day on which somebody between them and this one was reviewed and not poor.
        """
        seen = set[tuple[str, date, date | None]]()
        waiting: list[tuple[str, date, date | None]]
        waiting = [(*link, None) for link in self._links(household, self._line(household).spells)]
        while waiting:
            older, before, opened = state = waiting.pop()
            if state in seen or older == household:
                continue
            seen.add(state)
            spells = [spell for spell in self._line(older).spells if spell.start < before]
            last = _last_listed(spells)
            if last is not None:
                yield spells, last, opened
                continue
            opened = spells[0].start if spells else opened
            waiting += [(*link, opened) for link in self._links(older, spells, before)]

    def _links(
        self, household: str, spells: Sequence[Spell], before: date = date.max
    ) -> list[tuple[str, date]]:
        """Return the older households that stand behind the first of these spells."""
        by = spells[0].start if spells else before
        return [(older, day) for older, day in self.older.get(household, ()) if day <= by]

    # --- another number ---------------------------------------------------------------------------

    def _came_from(self, household: str) -> Placement | None:
        """Return where a household lived under the number that it had before, if it had one."""
        before = self._predecessor(household)
        return None if before is None else self._line(before).episodes[-1].placement

    def _goes_on(self, household: str) -> Placement | None:
        """Return where a household lives under the number under which it goes on."""
        after = self._successor(household)
        if after is None or self._predecessor(after) != household:
            return None
        first = self._line(after).spells[0].start
        return next(e.placement for e in self._line(after).episodes if e.start == first)

    def _predecessor(self, household: str) -> str | None:
        """Return the one older household whose number was changed into this one's: the first id."""
        older = {name for name, _ in self.older.get(household, ())}
        return min((name for name in older if self._successor(name) == household), default=None)

    def _successor(self, household: str) -> str | None:
        """Return the one household that begins on a list on the day on which this one leaves it.

        A closure says itself which one (`into`); if it does not, there may be only one.
        """
        line = self._line(household)
        if not line.spells or line.closed_on is None or line.spells[-1].status not in LISTS:
            return None
        day = line.closed_on
        names = {name for name, on in self.younger.get(household, ()) if on == day}
        if line.into is not None:
            names &= {line.into}
        if len(names) != 1:
            return None
        (name,) = names
        first = self._line(name).spells[:1]
        begins = [(spell.start, spell.status) for spell in first]
        return name if begins == [(day, line.spells[-1].status)] else None


def _last_listed(spells: Sequence[Spell]) -> int | None:
    return max((n for n, spell in enumerate(spells) if spell.status in LISTS), default=None)


def leads_to(links: Iterable[Link], household: str, ancestor: str) -> bool:
    """Say whether a household continues another, itself or through others."""
    older: dict[str, list[str]] = {}
    for younger, elder in links:
        older.setdefault(younger, []).append(elder)
    seen, waiting = set[str](), [household]
    while waiting:
        one = waiting.pop()
        if one == ancestor:
            return True
        if one not in seen:
            seen.add(one)
            waiting += older.get(one, ())
    return False
