"""What a household is entitled to on a day, until when, and which of several supports counts.

Every norm in force is held against what is known of the household, its place and its members. What
nobody can tell makes no entitlement: the norm is undecided, and names what is missing. Of one
content only the highest support counts, for a member or for the household as a whole.

Law: policy (`support_norms.yaml`); 146/2018/NĐ-CP Art. 8(2), 60/2026/TT-BTC Art. 2(3)b (highest
support only).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from shared.kernel.periods import add_months, earlier
from shared.law.entries import FIRST, LAST, holds
from shared.law.standards import LISTS
from shared.law.support_norms import AGE, STATUS_INPUTS, Facts, Norm, Requirement, SupportNorms

# Of a household on a list: no living standard is told apart.
BELOW = "below"


@dataclass(frozen=True, slots=True)
class Person:
    """A member with the day of birth, None where it is not known."""

    person_id: str
    born: date | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a household on a day; None: not known. `persons`: as last registered."""

    status: str
    living_standard: str | None
    since: date
    until: date | None
    ethnic_group: str | None = None
    area_type: str | None = None
    attributes: frozenset[str] | None = None
    extremely_difficult: bool | None = None
    household_size: int | None = None
    persons: tuple[Person, ...] | None = None

    def facts(self) -> dict[str, Any]:
        """Return what norms ask of it, by input."""
        living = BELOW if self.status in LISTS else self.living_standard
        return {
            "household.status": self.status,
            "household.living_standard": living,
            "household.ethnic_group": self.ethnic_group,
            "household.area_type": self.area_type,
            "area.attributes": self.attributes,
            "area.extremely_difficult": self.extremely_difficult,
        }

    @property
    def size(self) -> int | None:
        """Return how many persons it has, as the last review says, else as registered."""
        if self.household_size is not None:
            return self.household_size
        return None if self.persons is None else len(self.persons)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One norm for a household or some of its members; `until` is the first day after it.

    `missing`: what must be known for it to hold. `counts` is None while something is missing.
    `value_vnd` is what is given for each unit, `own_vnd` what is left to pay of the whole;
    `unknown_value` names the reference that has no known value on the day.
    """

    norm: Norm
    start: date | None
    until: date | None
    missing: tuple[str, ...]
    person_ids: tuple[str, ...] | None
    persons: int | None
    value_vnd: int | None
    own_vnd: int | None
    unknown_value: str | None
    counts: bool | None = None
    superseded_by: str | None = None


@dataclass
class _Case:
    """A norm that may hold of the household, or of one member of it."""

    norm: Norm
    person: Person | None
    missing: frozenset[str]
    start: date | None
    until: date | None
    rank: Fraction = field(default_factory=Fraction)
    superseded_by: str | None = None


def entitlements(norms: SupportNorms, known: Circumstances, day: date) -> tuple[Entitlement, ...]:
    """Return what holds or may hold on a day, in the order of the document."""
    cases = [case for norm in norms.norms for case in _cases(norms, norm, known, day)]
    for content in dict.fromkeys(case.norm.content for case in cases):
        _supersede([c for c in cases if c.norm.content == content and not c.missing], known)
    groups: dict[tuple[Any, ...], list[_Case]] = {}
    for case in cases:
        key = (case.norm.id, case.missing, case.superseded_by, case.start, case.until)
        groups.setdefault(key, []).append(case)
    return tuple(_entitlement(norms, group, known, day) for group in groups.values())


def _cases(norms: SupportNorms, norm: Norm, known: Circumstances, day: date) -> Iterator[_Case]:
    in_force = holds(norm.entry, day)
    if in_force is False:
        return
    unknown = frozenset() if in_force else frozenset(_unknown_days(norm))
    persons: Sequence[Person | None] = [None]
    if norm.of_persons and known.persons is not None:
        persons = known.persons
    for person in persons:
        facts = known.facts() | {AGE: None if person is None else age(person.born, day)}
        missing = _missing(norm, facts)
        if missing is not None:
            start, until = _days(norm, known, person, day)
            case = _Case(norm, person, missing | unknown, start, until)
            case.rank = _rank(norms, norm, day)
            yield case


def _unknown_days(norm: Norm) -> Iterator[str]:
    for name in (FIRST, LAST):
        if norm.entry.get(name) is None and (name == FIRST or not norm.entry.get("open_ended")):
            yield f"norm.{name}"


def ages_asked(norms: SupportNorms) -> tuple[int, ...]:
    """Return every age at which a norm begins or ends, youngest first."""
    ages = {
        years
        for norm in norms.norms
        for requirement in norm.requirements
        if requirement.test == "age"
        for years in (requirement.age_from, requirement.age_below)
        if years
    }
    return tuple(sorted(ages))


def youngest_birth(years: int, day: date) -> date:
    """Return the latest day of birth of who has reached an age on a day."""
    born = add_months(day, -12 * years)
    late = born + timedelta(days=1)
    # Of a common year the 28 February is the birthday of those born on the 29th as well.
    return late if add_months(late, 12 * years) == day else born


def age(born: date | None, day: date) -> int | None:
    """Return the full years of a person on a day; who was born on 29 February is older on the 28th.

    None where the day of birth is not known.
    """
    if born is None:
        return None
    years = day.year - born.year
    return years if add_months(born, 12 * years) <= day else years - 1


def _missing(norm: Norm, facts: Facts) -> frozenset[str] | None:
    """Return what must be known for the norm to hold, None if it does not."""
    own = _all_of(norm.where, facts)
    someone = _any_of(norm, facts)
    if own is None or someone is None:
        return None
    return own | someone | frozenset(norm.needs)


def _any_of(norm: Norm, facts: Facts) -> frozenset[str] | None:
    """Return what is missing for one of the beneficiaries; of several what is missing for any."""
    each = [
        missing | frozenset(beneficiary.needs)
        for beneficiary in norm.beneficiaries
        if (missing := _all_of(beneficiary.where, facts)) is not None
    ]
    if not each:
        return None
    return frozenset() if frozenset() in each else frozenset().union(*each)


def _all_of(requirements: Sequence[Requirement], facts: Facts) -> frozenset[str] | None:
    truths = [(requirement.input, requirement.truth(facts)) for requirement in requirements]
    if any(truth is False for _, truth in truths):
        return None
    return frozenset(name for name, truth in truths if truth is None)


def _days(
    norm: Norm, known: Circumstances, person: Person | None, day: date
) -> tuple[date | None, date | None]:
    """Return the days around `day` on which norm, spell and age last; the end is exclusive."""
    last = norm.entry.get(LAST)
    starts = [norm.entry.get(FIRST)]
    until = None if last is None else last + timedelta(days=1)
    if any(requirement.input in STATUS_INPUTS for requirement in norm.requirements):
        starts.append(known.since)
        until = earlier(until, known.until)
    for requirement in norm.requirements if person is not None and person.born else ():
        if requirement.test == "age" and person is not None and person.born is not None:
            starts.append(add_months(person.born, 12 * requirement.age_from))
            below = requirement.age_below
            ends = None if below is None else add_months(person.born, 12 * below)
            until = earlier(until, ends)
    known_starts = [start for start in starts if start is not None]
    return max(known_starts, default=None), until


def _rank(norms: SupportNorms, norm: Norm, day: date) -> Fraction:
    """Return by what a norm is higher than another of its content; of loans the lower rate is."""
    measure = norm.measure
    if measure.kind == "rate":
        return -(measure.value or Fraction(0))
    if measure.kind != "vnd" or measure.of is None:
        return measure.value or Fraction(0)
    whole = norms.reference(measure.of, day) or Fraction(0)
    return whole * (1 if measure.value is None else measure.value)


def _supersede(cases: Sequence[_Case], known: Circumstances) -> None:
    """Mark what gives way: for each member apart where a norm is of members, else for all.

    A norm of the whole household counts as long as it is the highest for one of them.
    """
    apart = any(case.person is not None for case in cases)
    members: Sequence[Person | None] = (known.persons or ()) if apart else (None,)
    counting, higher = set[int](), dict[int, str]()
    for member in members:
        own = [case for case in cases if case.person in {None, member}]
        if own:
            highest = min(own, key=lambda case: (-case.rank, case.norm.id))
            counting.add(id(highest))
            higher |= {id(case): highest.norm.id for case in own}
    for case in cases:
        case.superseded_by = None if id(case) in counting else higher.get(id(case))


def _entitlement(
    norms: SupportNorms, group: Sequence[_Case], known: Circumstances, day: date
) -> Entitlement:
    case, norm = group[0], group[0].norm
    persons = [each.person for each in group if each.person is not None]
    value, own, unknown = _value(norms, norm, day)
    return Entitlement(
        norm=norm,
        start=case.start,
        until=case.until,
        missing=tuple(sorted(case.missing)),
        person_ids=tuple(person.person_id for person in persons) if persons else None,
        persons=_persons(norm, len(persons), known),
        value_vnd=value,
        own_vnd=own,
        unknown_value=unknown,
        counts=None if case.missing else case.superseded_by is None,
        superseded_by=case.superseded_by,
    )


def _persons(norm: Norm, members: int, known: Circumstances) -> int | None:
    """Return how many persons it is for; of what a household gets as a whole there is none."""
    if not norm.unit.startswith("person"):
        return None
    if norm.of_persons:
        return members or None
    # A pupil, a worker: who of them it is, nobody can tell.
    asks_of_one = any(name.startswith("person.") for name in norm.needs)
    return None if asks_of_one else known.size


def _value(norms: SupportNorms, norm: Norm, day: date) -> tuple[int | None, int | None, str | None]:
    """Return what is given for a unit, what is left to pay, and the reference without a value."""
    measure = norm.measure
    if measure.of is None:
        amount = measure.value if measure.kind == "vnd" else None
        return None if amount is None else int(amount), None, None
    whole = norms.reference(measure.of, day)
    if whole is None:
        return None, None, measure.of
    if measure.kind == "percent":
        share = whole * (measure.value or 0) / 100
        return int(share), int(whole - share), None
    return int(whole * (1 if measure.value is None else measure.value)), None, None
