"""Household events: what the communes send about the steps of each household."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from services.simulate import measures, people
from services.simulate.figures import Churn, People, Profile
from services.simulate.population import Household, Step
from shared.law.standards import LISTS

Dated = tuple[date, dict[str, Any]]  # the effective day, and the item for the door

_SIZES = {1: 7, 2: 13, 3: 20, 4: 27, 5: 19, 6: 9, 7: 5}
_REASONS = ("dissolved", "moved_out", "moved_out", "deceased")
_NO_LABOUR = {"poor": 0.09, "near_poor": 0.03, "non_poor": 0.005}
_RECHECKED = 0.03  # of reviews: decided some days later, after a complaint
_LACKING_UNSTATED = 0.5  # of scored reviews: B2 without the indicators behind it
_LATER_REGISTERED = 0.3  # of households that come after the first lists: sent as `registered`


@dataclass(slots=True)
class _Known:
    """What stays with a household from one review to the next."""

    group: str
    size: int
    merit: bool
    income: int | None = None
    lacking: tuple[str, ...] = ()


class Reviewers:
    """Writes the events of households, one after the other, in the order of their steps."""

    def __init__(
        self, source: str, years: Sequence[int], churn: Churn, profile: Profile, rng: Random
    ) -> None:
        """Write under `source`; the first of the years gives the first lists."""
        self._source = source
        self._first_year, self._last_year = years[0], years[-1]
        self._churn = churn
        self._profile = profile
        self._rng = rng
        self._decisions: dict[tuple[str, int], int] = {}

    def events(self, household: Household, who: People) -> Iterator[Dated]:
        """Yield a household's events with their effective days."""
        rng = self._rng
        urban = household.steps[0].commune.area_type == "urban"
        groups = {g: w * 5 if urban and g == "Kinh" else w for g, w in who.groups.items()}
        known = _Known(
            group=measures.draw(groups, rng),
            size=measures.draw(_SIZES, rng),
            merit=rng.random() < 0.015,
        )
        for position, step in enumerate(household.steps):
            day, item = self._event(household, step, known)
            if position == 0:
                yield from self._registered(household, day, item, known)
            yield day, item

    def _event(self, household: Household, step: Step, known: _Known) -> Dated:
        if step.kind == "moved":
            return self._move(household, step)
        if step.kind == "closed":
            return self._closure(household, step)
        return self._assessment(household, step, known)

    def _registered(
        self, household: Household, day: date, review: Mapping[str, Any], known: _Known
    ) -> Iterator[Dated]:
        """Yield the registration of a household, where one is sent beside its first review."""
        first = household.steps[0].year == self._first_year
        share = self._churn.registered if first else _LATER_REGISTERED
        with_members = self._rng.random() < self._churn.with_members
        if with_members or household.continues or self._rng.random() < share:
            item = self._registration(household, review, known)
            if with_members:
                item["members"] = people.members(
                    household.household_id, known.size, day.year, self._rng
                )
            yield day, item

    def _registration(
        self, household: Household, review: Mapping[str, Any], known: _Known
    ) -> dict[str, Any]:
        item = {
            "type": "registered",
            **self._ids("reg", household),
            "effective_from": review["effective_from"],
            "area_code": review["area_code"],
            "area_type": review["area_type"],
            "ethnic_group": known.group,
        }
        if household.continues:
            item["continues"] = household.continues
        return item

    def _assessment(self, household: Household, step: Step, known: _Known) -> Dated:
        assessed_on, day = self._review_days(step)
        area_type = step.commune.area_type
        known.income = measures.income(step.status, area_type, known.income, self._rng)
        found = measures.lacking(step.status, known.lacking, self._profile, self._rng)
        known.lacking = tuple(found)
        item = {
            "type": "assessed",
            **self._ids(f"{day:%Y-%m}" if step.kind == "regular" else str(step.year), household),
            "assessed_on": assessed_on.isoformat(),
            "effective_from": day.isoformat(),
            "area_code": step.commune.code,
            "area_type": area_type,
            "review": step.kind,
            **self._measured(known, area_type),
            "recognised": self._recognised(step.status),
            # A chairman signs one decision on a day.
            "decision_no": f"{day.timetuple().tm_yday}/QĐ-UBND",
            "ethnic_group": known.group,
            "household_size": known.size,
        }
        return day, item | self._circumstances(step, known)

    def _measured(self, known: _Known, area_type: str) -> dict[str, Any]:
        income = known.income or 0
        if self._rng.random() >= self._churn.by_score:
            return {"income_vnd": income, "deprived": list(known.lacking)}
        scores = {"b1": measures.score(income, area_type), "b2": 10 * len(known.lacking)}
        if self._rng.random() < _LACKING_UNSTATED:
            return scores
        return {**scores, "deprived": list(known.lacking)}

    def _recognised(self, status: str) -> str:
        if self._rng.random() < self._churn.decision_differs:
            return "near_poor" if status == "poor" else "poor"
        return status

    def _circumstances(self, step: Step, known: _Known) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if step.status in LISTS:
            causes = self._profile.causes[step.status]
            drawn = {measures.draw(causes, self._rng) for _ in range(2)}
            found["causes"] = [cause for cause in causes if cause in drawn]
        if self._rng.random() < _NO_LABOUR[step.status]:
            found["no_labour_capacity"] = True
        if known.merit:
            found["merit_member"] = True
        return found

    def _review_days(self, step: Step) -> tuple[date, date]:
        """Return the days of the survey and of the decision that takes effect."""
        rng, year = self._rng, step.year
        if step.kind == "regular":
            month = rng.randrange(2, 5 if year > self._last_year else 9)
            surveyed = date(year, month, rng.randrange(15, 21))
            return surveyed, date(year, month, rng.randrange(23, 29))
        surveyed = date(year, 10, 1) + timedelta(days=rng.randrange(55))
        if year == self._first_year:
            return surveyed, date(year + 1, 1, 1)
        decided = self._decisions.setdefault((step.commune.code, year), rng.randrange(1, 13))
        if rng.random() < _RECHECKED:
            decided = rng.randrange(decided, 15)
        return surveyed, date(year, 12, decided)

    def _move(self, household: Household, step: Step) -> Dated:
        day = date(step.year, 3, 1) + timedelta(days=self._rng.randrange(200))
        place = {"area_code": step.commune.code, "area_type": step.commune.area_type}
        return day, self._plain("moved", f"mov/{step.year}", household, day) | place

    def _closure(self, household: Household, step: Step) -> Dated:
        day = date(step.year, 1, 10) + timedelta(days=self._rng.randrange(320))
        item = self._plain("closed", "end", household, day)
        if step.into is None:
            return day, item | {"reason": self._rng.choice(_REASONS)}
        return day, item | {"reason": "merged", "into": step.into}

    def _plain(self, kind: str, mark: str, household: Household, day: date) -> dict[str, Any]:
        return {
            "type": kind,
            **self._ids(mark, household),
            "effective_from": day.isoformat(),
        }

    def _ids(self, mark: str, household: Household) -> dict[str, str]:
        return {
            "source": self._source,
            "external_id": f"{mark}/{household.number}",
            "household_id": household.household_id,
        }
