"""What the register is held against besides the standards: acts, the calendar of reviews, words.

Law: policy (each entry of `register_checks.yaml` cites its act).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from shared.kernel.errors import PolicyError
from shared.kernel.periods import add_months
from shared.law.entries import FIRST, Entry, holds

_FIELDS = {"id", "vi", "en", "legal_basis", "confidence"}


@dataclass(frozen=True, slots=True)
class ReviewDays:
    """Days on which a review is made, both included; `also` are days that a decision may name."""

    first: date
    last: date
    also: tuple[date, ...] = ()

    def hold(self, assessed_on: date, effective_from: date) -> bool:
        """Say whether the interview and its decision fall on these days."""
        decided = self.first <= effective_from <= self.last or effective_from in self.also
        return self.first <= assessed_on <= self.last and decided


@dataclass(frozen=True, slots=True)
class Calendar:
    """When reviews are made under one act: months and days as (month, day)."""

    entry: Entry
    annual_from: tuple[int, int]
    annual_to: tuple[int, int]
    takes_effect_on: tuple[tuple[int, int], ...]
    regular_from_day: int
    regular_within_days: int

    def annual(self, day: date) -> ReviewDays:
        """Return the days of the yearly review of the year of a day."""
        first, last = (date(day.year, *part) for part in (self.annual_from, self.annual_to))
        also = tuple(date(last.year + 1, *each) for each in self.takes_effect_on)
        return ReviewDays(first, last, also)

    def regular(self, day: date) -> ReviewDays:
        """Return the days of the monthly review that began last on or before a day."""
        first = day.replace(day=self.regular_from_day)
        first = first if first <= day else add_months(first, -1)
        return ReviewDays(first, first + timedelta(days=self.regular_within_days))


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of recognition; `form` None: its number was not found."""

    vi: str
    en: str
    form: str | None
    legal_basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchRule:
    """Points for one thing that is at least, or below, a bound."""

    id: str
    measure: str
    at_least: int | None
    below: int | None
    points: int
    vi: str
    en: str

    def holds(self, value: int) -> bool:
        """Say whether the rule holds of a value of its measure."""
        over = self.at_least is None or value >= self.at_least
        return over and (self.below is None or value < self.below)


@dataclass(frozen=True, slots=True)
class RelapseWatch:
    """The published score: its rules, and the months within which a household is held to it."""

    within_months: int
    rules: tuple[WatchRule, ...]
    legal_basis: tuple[str, ...]


@dataclass(frozen=True)
class RegisterChecks:
    """One version of the document."""

    legal_basis: Mapping[str, tuple[str, ...]]
    calendars: tuple[Calendar, ...]
    heads: frozenset[str]
    # The forms that a year-end book follows; older versions of the document name none.
    year_end_basis: tuple[str, ...] = ()
    # Lists and certificates by id; older versions of the document name none.
    papers: Mapping[str, Paper] = field(default_factory=dict)
    relapse_watch: RelapseWatch = RelapseWatch(0, (), ())

    def calendar_on(self, day: date) -> Calendar | None:
        """Return the calendar in force on a day; None where no act is known."""
        return next((each for each in self.calendars if holds(each.entry, day)), None)

    def is_head(self, relation: str | None) -> bool:
        """Say whether a relation is that of the head of a household."""
        return relation is not None and " ".join(relation.casefold().split()) in self.heads


def read_register_checks(document: Mapping[str, Any]) -> RegisterChecks:
    """Build it from its document (`seeds/policy/register_checks.yaml`)."""
    for entry in document["findings"]:
        if missing := _FIELDS - entry.keys():
            detail = f"finding {entry.get('id')} has no {', '.join(sorted(missing))}"
            raise PolicyError("entry_incomplete", detail)
    return RegisterChecks(
        {entry["id"]: tuple(entry["legal_basis"]) for entry in document["findings"]},
        _calendars(document["review_calendars"]),
        frozenset(document["head_of_household"]),
        tuple(document.get("year_end_book", {}).get("legal_basis", ())),
        {
            entry["id"]: Paper(entry["vi"], entry["en"], entry["form"], tuple(entry["legal_basis"]))
            for entry in document.get("papers", ())
        },
        _relapse_watch(document.get("relapse_watch")),
    )


def _relapse_watch(entry: Entry | None) -> RelapseWatch:
    if entry is None:
        return RelapseWatch(0, (), ())
    rules = (
        WatchRule(
            rule["id"],
            rule["measure"],
            rule.get("at_least"),
            rule.get("below"),
            rule["points"],
            rule["vi"],
            rule["en"],
        )
        for rule in entry["rules"]
    )
    return RelapseWatch(entry["within_months"], tuple(rules), tuple(entry["legal_basis"]))


def _calendars(entries: Sequence[Entry]) -> tuple[Calendar, ...]:
    calendars = [
        Calendar(
            entry,
            _month_and_day(entry["annual"]["from"]),
            _month_and_day(entry["annual"]["to"]),
            tuple(_month_and_day(each) for each in entry["annual"]["takes_effect_on"]),
            entry["regular"]["from_day"],
            entry["regular"]["within_days"],
        )
        for entry in entries
    ]
    return tuple(sorted(calendars, key=lambda calendar: calendar.entry[FIRST]))


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
