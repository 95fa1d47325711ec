"""What the reviews and members of a household do not agree in, with the calendar and with others.

Law: 24/2021/QĐ-TTg Art. 4, 5 (when reviews are made); policy (`register_checks.yaml` has the days,
and what a head of a household is called).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.households.events import Assessed
from shared.kernel.texts import day
from shared.law.register_checks import RegisterChecks
from shared.law.standards import Policy
from shared.money import sentences
from shared.money.register_findings import (
    PERSON_IN_TWO_HOUSEHOLDS,
    REVIEW_OUTSIDE_CALENDAR,
    TWO_HEADS,
    RegisterFinding,
)

# A number that so many households have is nobody's: a form was filled in with it.
HOUSEHOLDS_OF_ONE_MAX = 10


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A member of a household: its place among the registered ones and those posted, from 1.

    `numbers` are digests: who has no key cannot tell whose they are.
    """

    place: int
    person_id: str
    relation: str | None
    numbers: frozenset[bytes]
    # Whose list tells of it.
    source: str = ""


@dataclass(frozen=True, slots=True)
class Roll:
    """Who belongs to a household that exists, and the unit that it was placed in last."""

    household_id: str
    area_id: int | None
    persons: tuple[Enrolled, ...]

    @property
    def numbers(self) -> frozenset[bytes]:
        """Return every personal number in it."""
        return frozenset[bytes]().union(*(person.numbers for person in self.persons))


def outside_calendar(
    event: Assessed, checks: RegisterChecks, policy: Policy
) -> RegisterFinding | None:
    """Return a review that was not made or decided on the days of its kind, if it was not so.

    The decision may also name the first day of a standard: the review before it gives two results.
    """
    calendar = checks.calendar_on(event.assessed_on)
    if calendar is None or event.review is None:
        return None
    days_of = calendar.annual if event.review == "annual" else calendar.regular
    days = days_of(event.assessed_on)
    if any(event.effective_from == each.start for each in policy.standards.items):
        holds = days.hold(event.assessed_on, days.last)
    else:
        holds = days.hold(event.assessed_on, event.effective_from)
    if holds:
        return None
    text = sentences.OUTSIDE_CALENDAR.filled(
        review=sentences.REVIEWS[event.review],
        assessed=day(event.assessed_on),
        decided=day(event.effective_from),
        first=day(days.first),
        last=day(days.last),
    )
    about: dict[str, Any] = {
        "event_id": str(event.event_id),
        "on": event.effective_from.isoformat(),
        "review": event.review,
    }
    expected = f"{days.first}/{days.last}"
    stated = event.effective_from.isoformat()
    return RegisterFinding(REVIEW_OUTSIDE_CALENDAR, stated, expected, None, *text, about)


def two_heads(persons: Sequence[Enrolled], checks: RegisterChecks) -> RegisterFinding | None:
    """Return that one source has several members as the head, if it does."""
    by_source: dict[str, list[tuple[int, str]]] = {}
    for person in sorted(persons, key=lambda person: person.place):
        if checks.is_head(person.relation):
            by_source.setdefault(person.source, []).append((person.place, person.person_id))
    heads = max(by_source.values(), key=len, default=[])
    if len(heads) < 2:
        return None
    places = ", ".join(str(place) for place, _ in heads)
    text = sentences.TWO_HEADS.filled(number=len(heads), members=places)
    about = {"person_ids": [person_id for _, person_id in heads]}
    return RegisterFinding(TWO_HEADS, len(heads), 1, "members", *text, about)


def by_number(rolls: Iterable[Roll]) -> dict[bytes, list[Roll]]:
    """Return the households that have each personal number."""
    having: dict[bytes, list[Roll]] = {}
    for roll in rolls:
        for number in roll.numbers:
            having.setdefault(number, []).append(roll)
    return having


def in_two_households(
    roll: Roll, having: Mapping[bytes, Sequence[Roll]]
) -> Iterator[RegisterFinding]:
    """Find the members whose personal number is that of a member of another household too.

    Neither text nor body says the number, and the text names no household: who reads of this one
    may not see the others.
    """
    for person in sorted(roll.persons, key=lambda person: person.place):
        elsewhere = _elsewhere(person, roll, having)
        if elsewhere:
            text = sentences.IN_TWO_HOUSEHOLDS.filled(members=person.place, others=len(elsewhere))
            about = {"person_ids": [person.person_id], "households": elsewhere}
            stated = 1 + len(elsewhere)
            yield RegisterFinding(PERSON_IN_TWO_HOUSEHOLDS, stated, 1, "households", *text, about)


def _elsewhere(
    person: Enrolled, roll: Roll, having: Mapping[bytes, Sequence[Roll]]
) -> list[dict[str, Any]]:
    others = {r.household_id: r for number in person.numbers for r in having.get(number, ())}
    return [
        {"household_id": household_id, "area_id": others[household_id].area_id}
        for household_id in sorted(others)
        if household_id != roll.household_id
    ]
